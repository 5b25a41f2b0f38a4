"""A swap: two or three people give each other whole shifts, once all have consented."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self

from typing_extensions import override

from handrail.core.cover.agreement import Agreement, AgreementState, Leg
from handrail.core.errors import ForbiddenError
from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap(Agreement):
    """A proposal that some people exchange shifts; it expires when one begins.

    Attributes:
        proposer: Wants to be free of the first leg's shift; has consented.
        legs: In the order of the exchange: each takes the shift of the one before.
        consents: Who has agreed.
        declined_by: Who said no, or none.
        overrides: What it became.
    """

    PREFIX: ClassVar[str] = "SWAP"
    STREAM: ClassVar[str] = "swap"
    YES: ClassVar[str] = "consented"

    proposer: Slug
    legs: tuple[Leg, ...]
    consents: tuple[Slug, ...] = ()
    declined_by: Slug | None = None
    overrides: tuple[Slug, ...] = ()

    @property
    def people(self) -> tuple[Slug, ...]:
        """Return everybody it moves, the proposer first."""
        return tuple(dict.fromkeys(leg.gives for leg in self.legs))

    @property
    @override
    def awaits(self) -> tuple[Slug, ...]:
        return tuple(one for one in self.people if one not in self.consents)

    @property
    @override
    def consenting(self) -> tuple[Slug, ...]:
        return self.consents

    @property
    @override
    def moves(self) -> tuple[Leg, ...]:
        return self.legs

    @property
    @override
    def standing(self) -> str:
        return {
            AgreementState.OPEN: f"waits for {', '.join(self.awaits)}",
            AgreementState.DONE: "is done",
            AgreementState.DECLINED: f"was declined by {self.declined_by}",
            AgreementState.WITHDRAWN: f"was withdrawn by {self.proposer}",
        }.get(self.state, "is over: a shift of it has begun, and not all agreed")

    @override
    def after_yes(self, by: Slug, *, now: datetime) -> Self:
        self._require_concerned(by)
        self.require_open(now)
        if by in self.consents:
            return self
        after = replace(self, consents=(*self.consents, by))
        if not after.awaits:
            return after.closed(AgreementState.DONE, now=now)
        return replace(after, sequence=self.sequence + 1)

    @override
    def after_no(self, by: Slug, *, now: datetime) -> Self:
        self._require_concerned(by)
        if by == self.proposer:
            return self.withdrawn(by, now=now)
        self.require_open(now)
        declined = replace(self, declined_by=by)
        return declined.closed(AgreementState.DECLINED, now=now)

    @override
    def with_overrides(self, names: tuple[Slug, ...]) -> Self:
        return replace(self, overrides=names)

    def _require_concerned(self, by: Slug) -> None:
        if by not in self.people:
            msg = f"{self.name} moves no shift of yours"
            raise ForbiddenError(msg)


def is_ring(legs: Sequence[Leg]) -> bool:
    """Return whether two or three people give one shift each and get one each."""
    givers = [leg.gives for leg in legs]
    takers = {leg.takes for leg in legs}
    alone = any(leg.gives == leg.takes for leg in legs)
    is_whole = len(set(givers)) == len(givers) and takers == set(givers)
    return len(legs) in {2, 3} and is_whole and not alone
