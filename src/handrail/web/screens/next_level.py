"""Who is told next, in words and with the time."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.paging.forecast import forecast
from handrail.core.paging.page import Page
from handrail.core.paging.wording import one_line, safely
from handrail.web.screens.moment import Moment, moment

NAME_CHARS_MAX = 40
NAMES_SHOWN_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLine:
    """One thing that happens if nobody answers.

    Attributes:
        who: Names of people, or "" where nobody is left.
        what: ``level 2``, ``last resort`` and so on.
        at: When.
    """

    who: str
    what: str
    at: Moment


def next_lines(
    page: Page, *, snapshot: Snapshot, zone: str, now: datetime, limit: int
) -> tuple[NextLine, ...]:
    """Return what happens next to an open page, soonest first.

    A fault in the forecast costs the forecast, never the button beside it.
    """
    coming = safely(
        lambda: forecast(page, snapshot=snapshot, limit=limit), otherwise=lambda: ()
    )
    return tuple(
        NextLine(
            who=names(step.who, snapshot),
            what=step.what,
            at=moment(step.at, zone=zone, now=now),
        )
        for step in coming
    )


def names(recipients: tuple[str, ...], snapshot: Snapshot) -> str:
    """Return ``Ana, Ben and 2 more`` for recipients such as ``user:ana``."""
    shown = [name_of(recipient, snapshot) for recipient in recipients]
    more = len(shown) - NAMES_SHOWN_MAX
    if more > 0:
        return f"{', '.join(shown[:NAMES_SHOWN_MAX])} and {more} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def name_of(recipient: str, snapshot: Snapshot) -> str:
    """Return the full name behind ``user:ana``; other recipients as they are."""
    kind, _, slug = recipient.partition(":")
    user = snapshot.users.get(Slug(slug)) if kind == "user" else None
    return one_line(user.full_name if user else recipient, limit=NAME_CHARS_MAX)


def person(slug: Slug | None, snapshot: Snapshot, *, otherwise: str) -> str:
    """Return a user's full name, the slug of one who left, or ``otherwise``."""
    if slug is None:
        return otherwise
    if slug not in snapshot.users:
        return one_line(slug, limit=NAME_CHARS_MAX)
    return name_of(f"user:{slug}", snapshot)
