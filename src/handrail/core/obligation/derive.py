"""Which promises a change of severity creates, moves and lifts.

A deadline is the moment the demanding severity took effect plus its limit. Raising
moves a deadline nearer or leaves it, and lifts nothing; lowering lifts what is unmet
and not yet missed. What is done is not owed again, but for the next update, which
recurs; a time that people were promised for it stands whatever the severity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.obligation.demand import Demand
from handrail.core.obligation.obligation import OWNER, Obligation, ObligationKind

AFTERWARDS = frozenset({ObligationKind.POSTMORTEM_PUBLISHED})
"""Owed from the resolution on, not while the response runs."""


@unique
class Turn(StrEnum):
    """How the severity came to be what it is.

    ASSESSED: It was to be assessed before, so that nobody made it worse or better.
    """

    ASSESSED = "assessed"
    RAISED = "raised"
    LOWERED = "lowered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the response stands when the severity takes effect.

    Attributes:
        done: What is done already, whether or not it was owed before.
        is_word_awaited: Somebody was told and waits for the next word.
        promised_at: When that was promised, where a time was named.
    """

    done: frozenset[ObligationKind] = frozenset()
    is_word_awaited: bool = False
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What is owed anew, and the ids of what is not owed any more."""

    added: tuple[Obligation, ...]
    cancelled: tuple[str, ...]


def derive(
    owed: Sequence[Obligation],
    demand: Demand,
    *,
    turn: Turn,
    standing: Standing,
    now: datetime,
) -> Derived:
    """Return what follows from a severity that takes effect now.

    Args:
        owed: Every obligation of the incident so far.
        demand: Of the severity.
        turn: Whether it is worse than the one before.
        standing: How the response stands.
        now: When it takes effect.
    """
    added: list[Obligation] = []
    cancelled: list[str] = []
    open_now = {o.kind: o for o in owed if o.is_open}
    for kind in ObligationKind:
        owing = open_now.get(kind)
        is_settled = owing.due_at < now if owing else _is_done(kind, standing)
        if kind in AFTERWARDS or is_settled:
            continue
        due_at = _due_at(kind, owing, demand, turn, standing, now)
        if owing is not None and due_at == owing.due_at:
            continue
        if owing is not None:
            cancelled.append(owing.id)
        if due_at is not None:
            added.append(demanded(kind, owed, since=now, due_at=due_at))
    return Derived(added=tuple(added), cancelled=tuple(cancelled))


def _is_done(kind: ObligationKind, standing: Standing) -> bool:
    if kind is ObligationKind.NEXT_UPDATE:
        return not standing.is_word_awaited
    return kind in standing.done


def _due_at(
    kind: ObligationKind,
    owing: Obligation | None,
    demand: Demand,
    turn: Turn,
    standing: Standing,
    now: datetime,
) -> datetime | None:
    """Return the deadline from now on, or none where it is not owed any more."""
    limit = demand.within.get(kind)
    wanted = None if limit is None else now + limit
    is_promised = kind is ObligationKind.NEXT_UPDATE and standing.promised_at
    match turn:
        case Turn.LOWERED:
            return standing.promised_at if is_promised else wanted
        case Turn.ASSESSED if wanted is None:
            return standing.promised_at if is_promised else None
        case _:
            before = None if owing is None else owing.due_at
            return min((at for at in (wanted, before) if at is not None), default=None)


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
