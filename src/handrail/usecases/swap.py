"""Finding and proposing swaps; what becomes of one is in ``usecases.agreement``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration.node import Json
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover.agreement import Leg
from handrail.core.cover.fit import eligible, fit
from handrail.core.cover.settlement import objections, obstacles
from handrail.core.cover.swap import Swap, is_ring
from handrail.core.cover.swap_search import Search, WholeShift, search, whole_shifts
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import AgreementId, Slug
from handrail.ports.store import Transaction
from handrail.usecases.agreement import (
    ask_people,
    in_place_of,
    leg_words,
    person,
    record,
)
from handrail.usecases.cover_plea import cleaned
from handrail.usecases.desk import Desk
from handrail.usecases.override import find_schedule

INSTANT = timedelta(microseconds=1)
WEEKS_DEFAULT = 6
WEEKS_MAX = 26
OPEN_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What can be done about a shift.

    Attributes:
        wanted: The shift its person wants to be free of.
        until: Shifts up to then were looked at.
    """

    wanted: WholeShift
    until: datetime
    result: Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A swap that was proposed.

    Attributes:
        notes: What the proposer should know, a sentence each.
    """

    swap: Swap
    notes: tuple[str, ...]


def find_swaps(
    tx: Transaction,
    user: Slug,
    schedule: Slug,
    *,
    at: datetime | None,
    weeks: int = WEEKS_DEFAULT,
) -> Found:
    """Return the swaps that would free somebody of a shift.

    Args:
        tx: Only read from.
        user: Who wants to be free.
        schedule: Of the shift.
        at: Any instant within the shift; none for the next that has not begun.
        weeks: How far ahead of now other shifts may lie.

    Raises:
        InvalidError: They have no whole shift then that has not begun, or it is more
            than ``WEEKS_MAX`` weeks ahead.
        NotFoundError: There is no such schedule.
    """
    snapshot = tx.configuration.snapshot()
    own = find_schedule(snapshot, schedule)
    if not 1 <= weeks <= WEEKS_MAX:
        msg = f"look 1 to {WEEKS_MAX} weeks ahead"
        raise InvalidError(msg, fields={"weeks": f"1 to {WEEKS_MAX}"})
    soon = tx.now + INSTANT
    until = tx.now + timedelta(weeks=weeks)
    if at is not None and not tx.now <= at <= tx.now + timedelta(weeks=WEEKS_MAX):
        msg = f"ask about a shift that is to come, at most {WEEKS_MAX} weeks ahead"
        raise InvalidError(msg, fields={"at": f"is not 0 to {WEEKS_MAX} weeks ahead"})
    if at is not None:
        until = max(until, at + timedelta(weeks=1))
    mine = [s for s in whole_shifts([own], soon, until) if s.user == user]
    wanted = next(
        (s for s in mine if at is None or s.starts_at <= at < s.ends_at), None
    )
    if wanted is None:
        msg = _no_shift(user, own.name, mine, own.time_zone)
        raise InvalidError(msg, fields={"at": "lies in no such shift"})
    found = _search(snapshot, wanted, soon=soon, until=until)
    return Found(wanted=wanted, until=until, result=found)


def propose(
    desk: Desk, legs: Sequence[Leg], *, note: str = "", proposer: Slug | None = None
) -> Proposed:
    """Propose an exchange of whole shifts; the proposer consents by that.

    Args:
        desk: Who acts.
        legs: A ring of two or three.
        note: Anything to say about it.
        proposer: Whom it frees; none for the actor.

    Raises:
        ConflictError: The plan does not allow it, or it is proposed already.
        ForbiddenError: It moves somebody else, and the actor does not direct both
            schedules.
        InvalidError: It is no ring of two or three, or frees the proposer of nothing.
    """
    tx = desk.tx
    snapshot = tx.configuration.snapshot()
    legs = _ring_from(legs, proposer or person(desk))
    # What they give is the first, what they take the last.
    concerned = [find_schedule(snapshot, leg.schedule).name for leg in legs]
    by = in_place_of(
        desk,
        proposer,
        (concerned[0], concerned[-1]),
        snapshot,
        what="Proposing a swap",
    )
    for leg in legs:
        _require_whole(snapshot, leg, now=tx.now)
    against = obstacles(snapshot, legs, now=tx.now)
    if against:
        msg = f"this cannot be swapped: {'; '.join(against)}"
        raise ConflictError(msg)
    for one in tx.agreement.newest(Swap, open_only=True, limit=OPEN_MAX):
        if one.proposer == by and set(one.legs) == set(legs):
            msg = f"{one.name} proposes it already"
            raise ConflictError(msg)
    swap = Swap(
        id=AgreementId(desk.ids.new_id()),
        number=tx.agreement.next_number(Swap),
        proposer=by,
        legs=legs,
        created_at=tx.now,
        expires_at=min(leg.starts_at for leg in legs),
        note=cleaned(note),
        consents=(by,),
    )
    tx.agreement.add(swap)
    record(desk, swap, "proposed", {"by": by, "legs": _as_json(legs)})
    doubts = (f"Then {one.why}." for one in objections(snapshot, legs))
    return Proposed(swap=swap, notes=(*doubts, *_ask(desk, swap, snapshot)))


def _search(
    snapshot: Snapshot, wanted: WholeShift, *, soon: datetime, until: datetime
) -> Search:
    pools = {
        name: frozenset(eligible(snapshot, schedule))
        for name, schedule in snapshot.schedules.items()
    }
    takers = pools[wanted.schedule] | {wanted.user}
    # Anybody in a ring of three takes what another of it gives: all who might.
    near = [s for s in snapshot.schedules.values() if takers & pools[s.name]]
    people = frozenset[Slug]().union(*(pools[s.name] for s in near), takers)
    known = fit(snapshot, people, soon, until)
    others = [s for s in whole_shifts(near, soon, until) if s.user in people]
    return search(
        wanted,
        others,
        known,
        may_take=lambda user, schedule: user in pools[schedule],
    )


def _no_shift(user: Slug, schedule: Slug, mine: Sequence[WholeShift], zone: str) -> str:
    known = "; ".join(stretch.words(s.starts_at, s.ends_at, zone) for s in mine[:3])
    said = f"the next are: {known}" if known else "ask for cover of a part instead"
    return (
        f"{user} has no whole shift on {schedule} then that has not begun and ends "
        f"within the weeks looked at; {said}"
    )


def _ring_from(legs: Sequence[Leg], by: Slug) -> tuple[Leg, ...]:
    """Return the legs with the one that frees the proposer first."""
    if not is_ring(legs):
        msg = "a swap is two or three shifts: everybody gives one and takes one"
        raise InvalidError(msg, fields={"legs": "are no ring of two or three"})
    place = next((n for n, leg in enumerate(legs) if leg.gives == by), None)
    if place is None:
        msg = "propose a swap that frees you of a shift of your own"
        raise InvalidError(msg, fields={"legs": "free you of nothing"})
    return (*legs[place:], *legs[:place])


def _require_whole(snapshot: Snapshot, leg: Leg, *, now: datetime) -> None:
    schedule = find_schedule(snapshot, leg.schedule)
    # The search goes no farther either; an endless window would take for ever.
    farthest = now + timedelta(weeks=WEEKS_MAX + 1)
    is_near = now < leg.starts_at < leg.ends_at <= farthest
    is_whole = is_near and any(
        s.user == leg.gives and (s.starts_at, s.ends_at) == (leg.starts_at, leg.ends_at)
        for s in whole_shifts([schedule], leg.starts_at, leg.ends_at)
    )
    if not is_whole:
        span = stretch.words(leg.starts_at, leg.ends_at, schedule.time_zone)
        msg = (
            f"{span} is no whole shift of {leg.gives} on {leg.schedule} that has not "
            f"begun and ends within {WEEKS_MAX + 1} weeks; for a part, ask for cover"
        )
        raise InvalidError(msg, fields={"legs": "are no whole shifts"})


def _ask(desk: Desk, swap: Swap, snapshot: Snapshot) -> tuple[str, ...]:
    lines = [
        f"{swap.proposer} proposes to swap:",
        *(f"- {leg_words(leg, snapshot)}." for leg in swap.legs),
        swap.note,
        "It is done when everybody has agreed.",
    ]
    return ask_people(desk, swap, f"will you swap with {swap.proposer}?", lines)


def _as_json(legs: Sequence[Leg]) -> list[Json]:
    return [
        {
            "schedule": leg.schedule,
            "gives": leg.gives,
            "takes": leg.takes,
            "from": leg.starts_at.isoformat(),
            "until": leg.ends_at.isoformat(),
        }
        for leg in legs
    ]
