"""A swap: two or three people give each other whole shifts, once all have consented."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.cover.new_override import NewOverride
from handrail.core.errors import ConflictError, ForbiddenError
from handrail.core.ids import Slug, SwapId


@unique
class SwapState(StrEnum):
    """Where a swap stands; all but open are final."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One shift ``[starts_at, ends_at)``, UTC, that goes from one to another."""

    schedule: Slug
    starts_at: datetime
    ends_at: datetime
    gives: Slug
    takes: Slug

    def override(self) -> NewOverride:
        """Return what it becomes once it is agreed upon."""
        return NewOverride(
            schedule=self.schedule,
            user=self.takes,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            instead_of=self.gives,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A proposal that some people exchange shifts.

    Attributes:
        proposer: Wants to be free of the first leg's shift; has consented.
        legs: In the order of the exchange: each takes the shift of the one before.
        note: What the proposer says about it, or "".
        expires_at: When the first of the shifts begins.
        consents: Who has agreed.
        declined_by: Who said no, or none.
        overrides: What it became.
        closed_at: When it was settled, one way or the other.
        sequence: Counts its changes, from 1.
    """

    id: SwapId
    number: int
    proposer: Slug
    legs: tuple[Leg, ...]
    created_at: datetime
    expires_at: datetime
    note: str = ""
    state: SwapState = SwapState.OPEN
    consents: tuple[Slug, ...] = ()
    declined_by: Slug | None = None
    overrides: tuple[Slug, ...] = ()
    closed_at: datetime | None = None
    sequence: int = 1

    @property
    def name(self) -> str:
        """Return what people call it: ``SWAP-3``."""
        return f"SWAP-{self.number}"

    @property
    def due_at(self) -> datetime | None:
        """Return when something is to be done about it, or none."""
        return self.expires_at if self.state is SwapState.OPEN else None

    @property
    def people(self) -> tuple[Slug, ...]:
        """Return everybody it moves, the proposer first."""
        return people(self.legs)

    @property
    def awaits(self) -> tuple[Slug, ...]:
        """Return whose consent is still wanting."""
        return tuple(one for one in self.people if one not in self.consents)


def people(legs: Sequence[Leg]) -> tuple[Slug, ...]:
    """Return everybody the legs move, each once, in their order."""
    return tuple(dict.fromkeys(leg.gives for leg in legs))


def is_ring(legs: Sequence[Leg]) -> bool:
    """Return whether two or three people give one shift each and get one each."""
    givers = [leg.gives for leg in legs]
    takers = {leg.takes for leg in legs}
    alone = any(leg.gives == leg.takes for leg in legs)
    is_whole = len(set(givers)) == len(givers) and takers == set(givers)
    return len(legs) in {2, 3} and is_whole and not alone


def consented(swap: Swap, by: Slug, *, now: datetime) -> Swap:
    """Return the swap once one more has agreed; still open, even where all have.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: It moves no shift of theirs.
    """
    _require_concerned(swap, by)
    _require_open(swap, now)
    if by in swap.consents:
        return swap
    return replace(swap, consents=(*swap.consents, by), sequence=swap.sequence + 1)


def done(swap: Swap, overrides: Sequence[Slug], *, now: datetime) -> Swap:
    """Return the swap once its overrides are made."""
    assert not swap.awaits, "a swap is done with the consent of all"
    return replace(
        swap, state=SwapState.DONE, overrides=tuple(overrides), closed_at=now
    )


def declined(swap: Swap, by: Slug, *, now: datetime) -> Swap:
    """Return the swap once somebody has said no, which ends it.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: It moves no shift of theirs.
    """
    _require_concerned(swap, by)
    if by == swap.proposer:
        return withdrawn(swap, by, now=now)
    _require_open(swap, now)
    return replace(_closed(swap, SwapState.DECLINED, now), declined_by=by)


def withdrawn(swap: Swap, by: Slug, *, now: datetime) -> Swap:
    """Return the swap once its proposer takes it back.

    Raises:
        ConflictError: It is settled.
        ForbiddenError: Somebody else proposed it.
    """
    if by != swap.proposer:
        msg = f"{swap.name} is {swap.proposer}'s to withdraw; you can decline it"
        raise ForbiddenError(msg)
    _require_open(swap, now)
    return _closed(swap, SwapState.WITHDRAWN, now)


def expired(swap: Swap, *, now: datetime) -> Swap:
    """Return the swap once its time has run out; an open one only."""
    assert swap.state is SwapState.OPEN, "a settled swap does not expire"
    return _closed(swap, SwapState.EXPIRED, now)


def standing(swap: Swap) -> str:
    """Return in words where a swap stands."""
    match swap.state:
        case SwapState.OPEN:
            return f"waits for {', '.join(swap.awaits)}"
        case SwapState.DONE:
            return "is done"
        case SwapState.DECLINED:
            return f"was declined by {swap.declined_by}"
        case SwapState.WITHDRAWN:
            return f"was withdrawn by {swap.proposer}"
        case SwapState.EXPIRED:
            return "expired without the consent of all"


def _closed(swap: Swap, state: SwapState, now: datetime) -> Swap:
    return replace(swap, state=state, closed_at=now, sequence=swap.sequence + 1)


def _require_concerned(swap: Swap, by: Slug) -> None:
    if by not in swap.people:
        msg = f"{swap.name} moves no shift of yours"
        raise ForbiddenError(msg)


def _require_open(swap: Swap, now: datetime) -> None:
    if swap.state is not SwapState.OPEN:
        msg = f"{swap.name} {standing(swap)}"
        raise ConflictError(msg)
    if now >= swap.expires_at:
        msg = f"{swap.name} is over: a shift of it has begun"
        raise ConflictError(msg)
