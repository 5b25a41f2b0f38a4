"""The acknowledge screen: one page, one button, and what happens without it."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.paging.page import Page, PageState
from handrail.core.paging.wording import one_line
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import NextLine, next_lines, person

TITLE_CHARS_MAX = 140
SERVICE_CHARS_MAX = 60
NEWS_CHARS_MAX = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class AckScreen:
    """A page as the holder of its link sees it, in at most 3 KB.

    Attributes:
        news: What the press of a button just did or could not do, or "".
        since: When the page began.
        state: What the page is now, in words; "" while it seeks somebody.
        button: What the large button says, or "" where there is nothing to take.
        can_pass_on: Whether the page can be passed on to the next level.
        entry: Names the level entry the buttons were shown for, so that a second tap
            does not pass the page on twice.
        incident: The incident it is about, such as ``INC-42``, or "".
        offers_command: Who takes it is offered command of that incident.
        is_stale: The alert's sender fell silent.
    """

    title: str
    severity: str
    service: str
    news: str
    since: Moment
    state: str
    button: str
    can_pass_on: bool
    entry: str
    next: NextLine | None
    incident: str
    offers_command: bool
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AckRefusedScreen:
    """A link that grants nothing: why, and what to do instead."""

    why: str


def ack_screen(
    page: Page,
    *,
    incident: Incident | None,
    holder: Slug | None,
    snapshot: Snapshot,
    news: str,
    now: datetime,
) -> AckScreen:
    """Return the screen for the person the link was made for."""
    purpose = incident.pages.get(page.id) if incident else None
    zone = zone_of(holder, snapshot)
    coming = next_lines(page, snapshot=snapshot, zone=zone, now=now, limit=1)
    takeable = page.state in {PageState.OPEN, PageState.EXHAUSTED}
    return AckScreen(
        title=one_line(page.title, limit=TITLE_CHARS_MAX) or "(no title)",
        severity=page.severity,
        service=one_line(page.service or "no service", limit=SERVICE_CHARS_MAX),
        news=one_line(news, limit=NEWS_CHARS_MAX),
        since=moment(page.opened_at, zone=zone, now=now),
        state=_state(page, holder=holder, snapshot=snapshot, zone=zone, now=now),
        button="I have it" if takeable else "",
        can_pass_on=page.state is PageState.OPEN,
        entry=entry_mark(page),
        next=coming[0] if coming and page.state is PageState.OPEN else None,
        incident=incident.name if incident else "",
        offers_command=takeable and purpose is PagePurpose.COMMAND,
        is_stale=page.alert_expired,
    )


def entry_mark(page: Page) -> str:
    """Return what tells one level entry of a page from its others."""
    return (page.entry_id or "").rpartition(".")[2]


def zone_of(slug: Slug | None, snapshot: Snapshot) -> str:
    """Return the time zone of a user, UTC for everybody else."""
    user = snapshot.users.get(slug) if slug is not None else None
    return user.time_zone if user is not None else "UTC"


def _state(
    page: Page, *, holder: Slug | None, snapshot: Snapshot, zone: str, now: datetime
) -> str:
    match page.state:
        case PageState.OPEN:
            return ""
        case PageState.EXHAUSTED:
            return "Nobody answered, and nobody is left to tell. You can still take it."
        case PageState.ACKNOWLEDGED:
            who = person(page.acknowledged_by, snapshot, otherwise="the sender")
            if holder is not None and page.acknowledged_by == holder:
                who = "You"
            at = moment(page.acknowledged_at or now, zone=zone, now=now).shown
            has = "have" if who == "You" else "has"
            return f"{who} {has} it since {at}."
        case PageState.RESOLVED:
            at = moment(page.closed_at or now, zone=zone, now=now).shown
            return f"Resolved at {at}. Nothing is left to do."
