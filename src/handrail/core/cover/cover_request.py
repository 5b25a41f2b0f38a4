"""A cover request: somebody asks others to take a stretch of their shift.

The first who accepts has it. Until then it can be declined by those asked and
withdrawn by who asked; without an answer it expires when the stretch begins.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from typing_extensions import override as overriding

from handrail.core.cover.agreement import Agreement, AgreementState, Leg
from handrail.core.errors import ConflictError, ForbiddenError
from handrail.core.ids import Slug

SHORT_NOTICE = timedelta(minutes=30)
"""What begins sooner than this can be accepted this long all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRequest(Agreement):
    """A stretch of somebody's shift that others are asked to take.

    Attributes:
        schedule: Whose shift it is part of.
        asker: On call then, by the plan.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        asked: Who may accept it.
        declined: Those asked who said no.
        covered_by: Who accepted, or none.
        covered_from: From when on they are on call; later than ``starts_at`` where it
            was accepted after that.
        override: Name of the override it became, or none.
    """

    PREFIX: ClassVar[str] = "COV"
    STREAM: ClassVar[str] = "cover"
    YES: ClassVar[str] = "accepted"

    schedule: Slug
    asker: Slug
    starts_at: datetime
    ends_at: datetime
    asked: tuple[Slug, ...]
    declined: tuple[Slug, ...] = ()
    covered_by: Slug | None = None
    covered_from: datetime | None = None
    override: Slug | None = None

    @property
    @overriding
    def awaits(self) -> tuple[Slug, ...]:
        return tuple(user for user in self.asked if user not in self.declined)

    @property
    @overriding
    def consenting(self) -> tuple[Slug, ...]:
        return (self.asker, self.covered_by) if self.covered_by else (self.asker,)

    @property
    @overriding
    def moves(self) -> tuple[Leg, ...]:
        leg = Leg(
            schedule=self.schedule,
            starts_at=self.covered_from or self.starts_at,
            ends_at=self.ends_at,
            gives=self.asker,
            takes=self.covered_by or self.asker,
        )
        return (leg,)

    @property
    @overriding
    def standing(self) -> str:
        return {
            AgreementState.OPEN: "is open",
            AgreementState.ACCEPTED: f"was taken by {self.covered_by}",
            AgreementState.DECLINED: "was declined by everybody asked",
            AgreementState.WITHDRAWN: f"was withdrawn by {self.asker}",
        }.get(self.state, "is over: nobody took it")

    @overriding
    def after_yes(self, by: Slug, *, now: datetime) -> Self:
        self._require_asked(by)
        self.require_open(now)
        since = max(self.starts_at, now.replace(microsecond=0))
        taken = replace(self, covered_by=by, covered_from=since)
        return taken.closed(AgreementState.ACCEPTED, now=now)

    @overriding
    def after_no(self, by: Slug, *, now: datetime) -> Self:
        self._require_asked(by)
        self.require_open(now)
        if by in self.declined:
            return self
        after = replace(self, declined=(*self.declined, by))
        if not after.awaits:
            return after.closed(AgreementState.DECLINED, now=now)
        return replace(after, sequence=self.sequence + 1)

    @overriding
    def with_overrides(self, names: tuple[Slug, ...]) -> Self:
        (name,) = names
        return replace(self, override=name)

    def _require_asked(self, by: Slug) -> None:
        if by in self.asked:
            return
        if by == self.asker:
            msg = f"{self.name} is your own request; withdraw it to keep the shift"
            raise ConflictError(msg)
        msg = f"{self.name} asks {', '.join(self.asked)}; nobody else can answer it"
        raise ForbiddenError(msg)


def expiry(starts_at: datetime, ends_at: datetime, *, now: datetime) -> datetime:
    """Return until when a request made now can be accepted: at its start.

    Where that is less than ``SHORT_NOTICE`` away, that long, at most to its end.
    """
    return min(max(starts_at, now + SHORT_NOTICE), ends_at)
