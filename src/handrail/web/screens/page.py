"""Pages: who is sought, since when, what happens next, and the evidence of it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from handrail.core import wall_clock
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.instants import parse_rfc3339
from handrail.core.paging.delivery import Attempt, Delivery
from handrail.core.paging.page import Page, PageState
from handrail.usecases.explain import PageStory
from handrail.web.screens.ack import entry_mark
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import NextLine, name_of, names, next_lines, person

FORECAST_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a screen is made: in which zone, with what standing, and when."""

    actor: Actor
    zone: str
    now: datetime
    snapshot: Snapshot

    @property
    def place(self) -> tzinfo:
        """Return the reader's zone itself."""
        return wall_clock.zone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCard:
    """One page at a glance, with what the reader may do about it.

    Attributes:
        headline: What the page is doing, such as ``Seeking Ana Berger``.
        entry: Names the level entry shown, so that nobody passes it on twice.
        is_mine: The reader is among those sought.
        is_stale: The alert's sender fell silent.
    """

    id: str
    severity: str
    title: str
    service: str
    state: str
    headline: str
    since: Moment
    next: NextLine | None
    entry: str
    can_acknowledge: bool
    can_escalate: bool
    can_resolve: bool
    is_mine: bool
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One thing that happened to a page."""

    at: Moment
    actor: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """One try: when it ended, what came of it, what the provider said."""

    at: Moment
    outcome: str
    detail: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One debt to one person over one contact method, and every try at it.

    Attributes:
        via: The contact method; the address is hidden from those who may not see it.
        why: How the policy led to this person.
        is_owed: It is still to be sent.
    """

    recipient: str
    via: str
    why: str
    state: str
    reason: str
    due: Moment
    is_owed: bool
    attempts: tuple[AttemptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScreen:
    """One page whole: the card, what comes, what happened, what was sent."""

    card: PageCard
    about_href: str
    about: str
    policy: str
    coming: tuple[NextLine, ...]
    timeline: tuple[TimelineLine, ...]
    deliveries: tuple[DeliveryLine, ...]
    can_declare: bool


def page_card(
    page: Page, deliveries: Sequence[Delivery], *, reader: Reader
) -> PageCard:
    """Return one page at a glance."""
    entry = [d.recipient for d in deliveries if d.entry_id == page.entry_id]
    sought = tuple(dict.fromkeys(entry))
    everybody = {d.recipient for d in deliveries}
    coming = _coming(page, reader, limit=1)
    is_at_rest = page.state is PageState.RESOLVED
    takeable = page.state in {PageState.OPEN, PageState.EXHAUSTED}
    may = reader.actor.may
    return PageCard(
        id=page.id,
        severity=page.severity,
        title=page.title or "(no title)",
        service=page.service or "no service",
        state=page.state,
        headline=_headline(page, sought, reader),
        since=moment(page.opened_at, zone=reader.zone, now=reader.now),
        next=coming[0] if coming else None,
        entry=entry_mark(page),
        can_acknowledge=takeable and may(Verb.PAGE_ACKNOWLEDGE),
        can_escalate=page.is_seeking and may(Verb.PAGE_ESCALATE),
        can_resolve=not is_at_rest and may(Verb.PAGE_RESOLVE),
        is_mine=page.is_seeking and f"user:{reader.actor.user}" in everybody,
        is_stale=page.alert_expired,
    )


def page_screen(story: PageStory, *, reader: Reader) -> PageScreen:
    """Return one page whole."""
    page = story.page
    policy = page.policy
    return PageScreen(
        can_declare=page.alert_id is not None
        and page.state is not PageState.RESOLVED
        and reader.actor.may(Verb.INCIDENT_DECLARE),
        card=page_card(page, story.deliveries, reader=reader),
        about_href=(
            f"/incidents/{page.incident_id}"
            if page.incident_id
            else f"/alerts/{page.alert_id}"
        ),
        about="incident" if page.incident_id else "alert",
        policy=f"{policy.name} v{policy.version}" if policy else "no policy",
        coming=_coming(page, reader, limit=FORECAST_SHOWN),
        timeline=tuple(
            TimelineLine(
                at=moment(parse_rfc3339(e.at), zone=reader.zone, now=reader.now),
                actor=name_of(e.actor, reader.snapshot),
                what=e.what,
            )
            for e in story.entries
        ),
        deliveries=tuple(
            _delivery_line(d, story.attempts, reader=reader) for d in story.deliveries
        ),
    )


def _coming(page: Page, reader: Reader, *, limit: int) -> tuple[NextLine, ...]:
    if page.state is not PageState.OPEN:
        return ()
    return next_lines(
        page, snapshot=reader.snapshot, zone=reader.zone, now=reader.now, limit=limit
    )


def _headline(page: Page, sought: tuple[str, ...], reader: Reader) -> str:
    snapshot = reader.snapshot
    match page.state:
        case PageState.OPEN:
            return f"Seeking {names(sought, snapshot) or 'somebody'}"
        case PageState.EXHAUSTED:
            return "Nobody answered; nobody is left to tell"
        case PageState.ACKNOWLEDGED:
            who = person(page.acknowledged_by, snapshot, otherwise="The sender")
            at = page.acknowledged_at or reader.now
            shown = moment(at, zone=reader.zone, now=reader.now).shown
            return f"{who} has it since {shown}"
        case PageState.RESOLVED:
            at = page.closed_at or reader.now
            return f"Resolved {moment(at, zone=reader.zone, now=reader.now).shown}"


def _delivery_line(
    delivery: Delivery, attempts: Sequence[Attempt], *, reader: Reader
) -> DeliveryLine:
    hidden = not reader.actor.may(Verb.CONTACT_READ)
    address = "(address hidden)" if hidden else delivery.address
    return DeliveryLine(
        recipient=name_of(delivery.recipient, reader.snapshot),
        via=f"{delivery.kind} {address}".strip(),
        why=delivery.why,
        state=delivery.state.replace("_", " "),
        reason=delivery.reason,
        due=moment(delivery.due_at, zone=reader.zone, now=reader.now),
        is_owed=delivery.closed_at is None,
        attempts=tuple(
            AttemptLine(
                at=moment(a.ended_at, zone=reader.zone, now=reader.now),
                outcome=a.outcome,
                detail="" if hidden else a.detail,
                reference=a.reference,
            )
            for a in attempts
            if a.delivery_id == delivery.id
        ),
    )
