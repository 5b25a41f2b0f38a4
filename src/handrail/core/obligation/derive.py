"""Which promises a change of severity creates, moves and lifts.

A deadline is the moment the demanding severity took effect plus its limit. Raising
never moves a deadline that is already nearer; lowering lifts what is unmet and not yet
missed. What was met is not owed again, but for the next update, which recurs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.obligation.demand import Demand
from handrail.core.obligation.obligation import OWNER, Obligation, ObligationKind

AFTERWARDS = frozenset({ObligationKind.POSTMORTEM_PUBLISHED})
"""Owed from the resolution on, not while the response runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What is owed anew, and the ids of what is not owed any more."""

    added: tuple[Obligation, ...]
    cancelled: tuple[str, ...]


def derive(
    owed: Sequence[Obligation], demand: Demand, *, is_raised: bool, now: datetime
) -> Derived:
    """Return what follows from a severity that takes effect now.

    Args:
        owed: Every obligation of the incident so far.
        demand: Of the severity.
        is_raised: It is worse than the one before, or the first.
        now: When it takes effect.
    """
    added: list[Obligation] = []
    cancelled: list[str] = []
    open_now = {o.kind: o for o in owed if o.is_open}
    for kind, owing in open_now.items():
        if kind in AFTERWARDS or _is_missed(owing, now):
            continue
        limit = demand.within.get(kind)
        is_nearer = limit is not None and is_raised and owing.due_at <= now + limit
        if not is_nearer:
            cancelled.append(owing.id)
    ever_met = {o.kind for o in owed if o.met_at is not None}
    for kind, limit in demand.within.items():
        still_owed = kind in open_now and open_now[kind].id not in cancelled
        if kind in AFTERWARDS or still_owed or _waits_for_a_word(kind, open_now):
            continue
        if kind in ever_met and kind is not ObligationKind.NEXT_UPDATE:
            continue
        added.append(demanded(kind, owed, since=now, due_at=now + limit))
    return Derived(added=tuple(added), cancelled=tuple(cancelled))


def demanded(
    kind: ObligationKind,
    owed: Sequence[Obligation],
    *,
    since: datetime,
    due_at: datetime,
) -> Obligation:
    """Return a new obligation with the next id of its kind."""
    count = sum(o.kind is kind for o in owed)
    return Obligation(
        id=f"{kind}.{count + 1}",
        kind=kind,
        owner=OWNER[kind],
        since=since,
        due_at=due_at,
    )


def _is_missed(owing: Obligation, now: datetime) -> bool:
    return owing.due_at < now


def _waits_for_a_word(
    kind: ObligationKind, open_now: dict[ObligationKind, Obligation]
) -> bool:
    """Return whether the next update is not yet owed: nobody was told anything."""
    return kind is ObligationKind.NEXT_UPDATE and kind not in open_now
