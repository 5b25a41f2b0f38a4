"""An agreement: shifts change hands once those who must consent have.

A cover request and a swap are its two kinds. Somebody proposes it, others answer, until
a shift of it begins; agreed upon, what it moves becomes overrides, all at once.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import ClassVar, Self

from handrail.core.cover.new_override import NewOverride
from handrail.core.errors import ConflictError, ForbiddenError
from handrail.core.ids import AgreementId, Slug


@unique
class AgreementState(StrEnum):
    """Where an agreement stands; all but open are final.

    Agreed upon, a cover request is *accepted* and a swap is *done*.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A stretch on call ``[starts_at, ends_at)``, UTC, that goes to another.

    Attributes:
        gives: On call then, by the plan.
        takes: Who is instead; the giver themselves until somebody is found.
    """

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
class Agreement(ABC):
    """What cover requests and swaps have in common.

    Attributes:
        PREFIX: Of its name, such as ``COV``.
        STREAM: Of its events and their kinds, such as ``cover``.
        YES: What a consent is called in the record.
        note: What who proposes it says about it, or "".
        expires_at: When it is too late to answer.
        closed_at: When it was settled, one way or the other.
        sequence: Counts its changes, from 1.
    """

    PREFIX: ClassVar[str]
    STREAM: ClassVar[str]
    YES: ClassVar[str]

    id: AgreementId
    number: int
    created_at: datetime
    expires_at: datetime
    note: str = ""
    state: AgreementState = AgreementState.OPEN
    closed_at: datetime | None = None
    sequence: int = 1

    @property
    def name(self) -> str:
        """Return what people call it: ``COV-7``."""
        return f"{self.PREFIX}-{self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether it can be answered, or expires."""
        return self.state is AgreementState.OPEN

    @property
    def is_agreed(self) -> bool:
        """Return whether all who must consent have."""
        return self.state in {AgreementState.ACCEPTED, AgreementState.DONE}

    @property
    def due_at(self) -> datetime | None:
        """Return when something is to be done about it, or none."""
        return self.expires_at if self.is_open else None

    @property
    def proposed_by(self) -> Slug:
        """Return who began it, and may withdraw it: whom the first leg frees."""
        return self.moves[0].gives

    @property
    @abstractmethod
    def moves(self) -> tuple[Leg, ...]:
        """What changes hands."""

    @property
    @abstractmethod
    def awaits(self) -> tuple[Slug, ...]:
        """Who has been asked and has not answered."""

    @property
    @abstractmethod
    def consenting(self) -> tuple[Slug, ...]:
        """Who has agreed."""

    @property
    @abstractmethod
    def standing(self) -> str:
        """Where it stands in words, as in ``was declined by ben``."""

    @abstractmethod
    def after_yes(self, by: Slug, *, now: datetime) -> Self:
        """Return it once somebody has consented; agreed, where that is enough.

        Raises:
            ConflictError: It is settled, or too late.
            ForbiddenError: They are not asked.
        """

    @abstractmethod
    def after_no(self, by: Slug, *, now: datetime) -> Self:
        """Return it once somebody has said no; it raises as ``after_yes`` does."""

    @abstractmethod
    def with_overrides(self, names: tuple[Slug, ...]) -> Self:
        """Return what is agreed upon with the overrides that it became."""

    def withdrawn(self, by: Slug, *, now: datetime) -> Self:
        """Return it once who proposed it takes it back.

        Raises:
            ConflictError: It is settled, or too late.
            ForbiddenError: Somebody else proposed it.
        """
        if by != self.proposed_by:
            msg = f"{self.name} is {self.proposed_by}'s to withdraw; you can decline it"
            raise ForbiddenError(msg)
        self.require_open(now)
        return self.closed(AgreementState.WITHDRAWN, now=now)

    def expired(self, *, now: datetime) -> Self:
        """Return it once its time has run out; an open one only."""
        assert self.is_open, "what is settled does not expire"
        return self.closed(AgreementState.EXPIRED, now=now)

    def closed(self, state: AgreementState, *, now: datetime) -> Self:
        """Return it settled so."""
        sequence = self.sequence + 1
        return replace(self, state=state, closed_at=now, sequence=sequence)

    def require_open(self, now: datetime) -> None:
        """Return if it can be answered now.

        Raises:
            ConflictError: It is settled, or too late.
        """
        is_late = self.is_open and now >= self.expires_at
        stands = replace(self, state=AgreementState.EXPIRED) if is_late else self
        if not stands.is_open:
            msg = f"{self.name} {stands.standing}"
            raise ConflictError(msg)
