"""What a cover request asks for: which stretch, of whose shift, and who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover.agreement import Leg
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.fit import eligible, fit
from handrail.core.cover.settlement import is_on_call
from handrail.core.cover.span_text import SpanText
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.rest_book import PersonShift
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction

LOOK_AHEAD = timedelta(weeks=12)
OPEN_MAX = 500
"""Open requests that are looked through; more is no team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plea:
    """A cover request as somebody makes it.

    Attributes:
        span: When; all left out, the asker's present or next shift, or what is left.
        whom: Who is asked; empty for everybody eligible.
        asker: Whose shift it is; none for who asks.
    """

    schedule: Slug
    span: SpanText
    whom: tuple[Slug, ...] = ()
    note: str = ""
    asker: Slug | None = None


def stretch_of(
    tx: Transaction, plea: Plea, schedule: Schedule, asker: Slug
) -> tuple[datetime, datetime, tuple[str, ...]]:
    """Return the stretch that is asked for, and what to note about it."""
    now = tx.now.replace(microsecond=0)
    if plea.span == SpanText():
        starts_at, ends_at = _next_shift(schedule, asker, now)
        return starts_at, ends_at, ()
    begins, ends_at = plea.span.read(schedule.time_zone, now=now)
    notes: tuple[str, ...] = ()
    starts_at = (begins or now).replace(microsecond=0)
    if starts_at < now:
        notes = ("The past stays as it was: cover is asked for from now on.",)
        starts_at = now
    ends_at = ends_at.replace(microsecond=0)
    if ends_at <= starts_at:
        msg = "the end is not after the beginning, or lies in the past"
        raise InvalidError(msg, fields={"until": "is not after the beginning"})
    if ends_at - now > LOOK_AHEAD * 4:
        msg = "nobody knows so far ahead; ask for something within the year"
        raise InvalidError(msg, fields={"until": "is too far away"})
    if not is_on_call(schedule, asker, starts_at, ends_at):
        own = _own_shifts(schedule, asker, now)
        zone = schedule.time_zone
        known = "; ".join(stretch.words(*one, zone) for one in own[:3]) or "none"
        span = stretch.words(starts_at, ends_at, zone)
        msg = (
            f"{asker} is not on call on {schedule.name} throughout {span}; "
            f"the next shifts are: {known}"
        )
        raise InvalidError(msg, fields={"from": "is no part of the shift"})
    return starts_at, ends_at, notes


def _own_shifts(
    schedule: Schedule, user: Slug, now: datetime
) -> list[tuple[datetime, datetime]]:
    return [
        (max(one.starts_at, now), one.ends_at)
        for one in shifts(schedule, now, now + LOOK_AHEAD)
        if one.user == user and not one.is_shadow
    ]


def _next_shift(
    schedule: Schedule, asker: Slug, now: datetime
) -> tuple[datetime, datetime]:
    own = _own_shifts(schedule, asker, now)
    if not own:
        weeks = LOOK_AHEAD.days // 7
        msg = f"{asker} has no shift on {schedule.name} in the next {weeks} weeks"
        raise InvalidError(msg, fields={"schedule": "has no shift of theirs"})
    if own[0][1] >= now + LOOK_AHEAD:
        msg = f"{asker}'s shift on {schedule.name} has no end in sight; say until when"
        raise InvalidError(msg, fields={"until": "is required here"})
    return own[0]


def require_unasked(
    tx: Transaction,
    schedule: Schedule,
    asker: Slug,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Return if the same person asks for nothing then yet.

    Raises:
        ConflictError: They do.
    """
    for one in tx.agreement.newest(CoverRequest, open_only=True, limit=OPEN_MAX):
        is_same = one.asker == asker and one.schedule == schedule.name
        if is_same and one.starts_at < ends_at and one.ends_at > starts_at:
            msg = f"{one.name} asks for cover then already; withdraw it first"
            raise ConflictError(msg)


def invited(
    snapshot: Snapshot, schedule: Schedule, leg: Leg, whom: Sequence[Slug]
) -> tuple[tuple[Slug, ...], tuple[tuple[Slug, str], ...], tuple[str, ...]]:
    """Return who is asked, who is left out and why, and doubts about those asked."""
    unknown = [user for user in whom if user not in snapshot.users]
    if unknown:
        msg = f"there is no user {unknown[0]!r}"
        raise InvalidError(msg, fields={"whom": "no such user"})
    pool = whom or eligible(snapshot, schedule)
    known = fit(snapshot, pool, leg.starts_at, leg.ends_at)
    taken = PersonShift(leg.schedule, leg.starts_at, leg.ends_at)
    asked: list[Slug] = []
    left_out: list[tuple[Slug, str]] = []
    doubts: list[str] = []
    for user in dict.fromkeys(pool):
        if user == leg.gives:
            continue
        against = known.objections(user, takes=[taken])
        final = [one.why for one in against if one.is_final]
        if final:
            left_out.append((user, final[0]))
        else:
            asked.append(user)
            doubts += [f"If {user} takes it: {one.why}." for one in against]
    if not asked:
        why = "; ".join(why for _, why in left_out) or "there is nobody else"
        msg = f"nobody can be asked: {why}"
        raise InvalidError(msg, fields={"whom": "nobody can take it"})
    return tuple(asked), tuple(left_out), tuple(doubts)


def cleaned(text: str) -> str:
    """Return a note without blanks around it.

    Raises:
        InvalidError: It is too long.
    """
    note = text.strip()
    if len(note) > limits.UPDATE_CHARS_MAX:
        msg = f"a note has {limits.UPDATE_CHARS_MAX} characters at most"
        raise InvalidError(msg, fields={"note": "is too long"})
    return note
