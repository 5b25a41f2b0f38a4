"""What people do about swaps: find one, propose it, consent, decline, take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration.node import Json
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover import swap as rules
from handrail.core.cover.fit import eligible, fit
from handrail.core.cover.settlement import around, as_shift, obstacles
from handrail.core.cover.swap import Leg, Swap, SwapState
from handrail.core.cover.swap_search import Search, WholeShift, search, whole_shifts
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug, SwapId
from handrail.core.paging.bulletin import BulletinKind
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import override_record
from handrail.usecases.agreement_record import number_of, record
from handrail.usecases.cover_plea import cleaned, person
from handrail.usecases.desk import Desk
from handrail.usecases.oncall_news import News, tell
from handrail.usecases.override import find_schedule

ENGINE = "engine"
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


def propose(desk: Desk, legs: Sequence[Leg], *, note: str = "") -> Proposed:
    """Propose an exchange of whole shifts; the proposer consents by that.

    Raises:
        ConflictError: The plan does not allow it, or it is proposed already.
        InvalidError: It is no ring of two or three, or frees the proposer of nothing.
    """
    tx, by = desk.tx, person(desk)
    legs = _ring_from(legs, by)
    snapshot = tx.configuration.snapshot()
    for leg in legs:
        _require_whole(snapshot, leg, now=tx.now)
    against = obstacles(snapshot, legs, now=tx.now)
    if against:
        msg = f"this cannot be swapped: {'; '.join(against)}"
        raise ConflictError(msg)
    for one in tx.cover.swaps(open_only=True, limit=OPEN_MAX):
        if one.proposer == by and set(one.legs) == set(legs):
            msg = f"{one.name} proposes it already"
            raise ConflictError(msg)
    swap = Swap(
        id=SwapId(desk.ids.new_id()),
        number=tx.cover.next_swap(),
        proposer=by,
        legs=legs,
        created_at=tx.now,
        expires_at=min(leg.starts_at for leg in legs),
        note=cleaned(note),
        consents=(by,),
    )
    tx.cover.add_swap(swap)
    _record(desk, swap, "swap_proposed", {"by": by, "legs": _as_json(legs)})
    return Proposed(swap=swap, notes=(*_doubts(snapshot, legs), *_ask(desk, swap)))


def consent(desk: Desk, name: str) -> Swap:
    """Agree; the last one who does makes it so, if the plan still allows it.

    Raises:
        ConflictError: It is settled, too late, or the plan does not allow it any more.
        ForbiddenError: It moves no shift of theirs.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.consented(before, by, now=tx.now)
    if after == before:
        return before
    snapshot = tx.configuration.snapshot()
    against = obstacles(snapshot, after.legs, now=tx.now)
    if against:
        msg = (
            f"the plan has changed since {after.name} was proposed, and it cannot be "
            f"any more: {'; '.join(against)}"
        )
        raise ConflictError(msg)
    _record(desk, after, "swap_consented", {"by": by})
    if not after.awaits:
        made = override_record.put(
            tx,
            [leg.override() for leg in after.legs],
            decided_on=snapshot,
            by=str(desk.actor),
            because=after.name,
            ids=desk.ids,
        )
        after = rules.done(after, [one.name for one in made], now=tx.now)
        _record(desk, after, "swap_done", {"overrides": list(after.overrides)})
        _tell(tx, after, "it is done", after.people, ids=desk.ids)
    tx.cover.save_swap(after, expected_sequence=before.sequence)
    return after


def decline(desk: Desk, name: str) -> Swap:
    """Say no, which ends it; the others are told.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: It moves no shift of theirs.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.declined(before, by, now=tx.now)
    tx.cover.save_swap(after, expected_sequence=before.sequence)
    _record(desk, after, f"swap_{after.state}", {"by": by})
    others = [one for one in after.consents if one != by]
    _tell(tx, after, f"{by} declines", others, ids=desk.ids)
    return after


def withdraw(desk: Desk, name: str) -> Swap:
    """Take a proposal back; those who had consented are told.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: Somebody else proposed it.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.withdrawn(before, by, now=tx.now)
    tx.cover.save_swap(after, expected_sequence=before.sequence)
    _record(desk, after, "swap_withdrawn", {"by": by})
    others = [one for one in after.consents if one != by]
    _tell(tx, after, "it is withdrawn", others, ids=desk.ids)
    return after


def expire(tx: Transaction, swap: Swap, *, ids: IdSource) -> None:
    """Close a proposal whose first shift begins, and tell who had consented."""
    after = rules.expired(swap, now=tx.now)
    tx.cover.save_swap(after, expected_sequence=swap.sequence)
    payload: dict[str, Json] = {"name": swap.name, "awaits": list(swap.awaits)}
    record(tx, f"swap:{swap.id}", "swap_expired", payload, actor=ENGINE, ids=ids)
    _tell(tx, after, "it came to nothing", after.consents, ids=ids)


def find(tx: Transaction, name: str, *, lock: bool = False) -> Swap:
    """Return the swap that people call so: ``SWAP-3`` or ``3``.

    Raises:
        NotFoundError: There is none.
    """
    found = tx.cover.swap(number_of(name, "SWAP"), lock=lock)
    if found is None:
        msg = f"there is no swap {name!r}; list them"
        raise NotFoundError(msg)
    return found


def path(swap: Swap) -> str:
    """Return where the swap is looked at on this server."""
    return f"/oncall/swaps/{swap.name}"


def leg_words(leg: Leg, snapshot: Snapshot) -> str:
    """Return ``ben takes ana's shift on web: Mon … to …`` in the schedule's zone."""
    schedule = snapshot.schedules.get(leg.schedule)
    zone, title = ("UTC", str(leg.schedule))
    if schedule is not None:
        zone, title = schedule.time_zone, schedule.title
    span = stretch.words(leg.starts_at, leg.ends_at, zone)
    return f"{leg.takes} takes {leg.gives}'s shift on {title}: {span}"


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
    if not rules.is_ring(legs):
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


def _doubts(snapshot: Snapshot, legs: Sequence[Leg]) -> tuple[str, ...]:
    known = around(snapshot, legs)
    found = []
    for taker in dict.fromkeys(leg.takes for leg in legs):
        against = known.objections(
            taker,
            takes=[as_shift(leg) for leg in legs if leg.takes == taker],
            gives=[as_shift(leg) for leg in legs if leg.gives == taker],
        )
        found += [f"Then {one.why}." for one in against]
    return tuple(found)


def _ask(desk: Desk, swap: Swap) -> tuple[str, ...]:
    snapshot = desk.tx.configuration.snapshot()
    lines = [
        f"{swap.proposer} proposes to swap:",
        *(f"- {leg_words(leg, snapshot)}." for leg in swap.legs),
        *([swap.note] if swap.note else []),
        "It is done when everybody has agreed.",
    ]
    news = News(
        kind=BulletinKind.SWAP,
        about=swap.name,
        title=f"{swap.name}: will you swap with {swap.proposer}?",
        text="\n".join(lines),
        link=path(swap),
        begins_at=swap.expires_at,
        until=swap.expires_at,
    )
    unreached = tell(desk.tx, news, swap.awaits, ids=desk.ids)
    if not unreached:
        return ()
    names = ", ".join(unreached)
    return (f"Asked but not told, for want of a contact method: {names}.",)


def _tell(
    tx: Transaction, swap: Swap, what: str, users: Sequence[Slug], *, ids: IdSource
) -> None:
    snapshot = tx.configuration.snapshot()
    lines = [f"- {leg_words(leg, snapshot)}." for leg in swap.legs]
    is_done = swap.state is SwapState.DONE
    stays = "This holds now:" if is_done else "Your shifts stay as they were. It was:"
    news = News(
        kind=BulletinKind.ONCALL,
        about=swap.name,
        title=f"{swap.name}: {what}",
        text="\n".join([stays, *lines]),
        link=path(swap),
        begins_at=swap.expires_at,
    )
    if users:
        tell(tx, news, users, ids=ids)


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


def _record(desk: Desk, swap: Swap, kind: str, payload: Mapping[str, Json]) -> None:
    whole = {"name": swap.name, **payload}
    stream = f"swap:{swap.id}"
    record(desk.tx, stream, kind, whole, actor=str(desk.actor), ids=desk.ids)
