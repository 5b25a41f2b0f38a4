"""A cover request: somebody asks others to take a stretch of their shift.

The first who accepts has it. Until then it can be declined by those asked and
withdrawn by who asked; without an answer it expires when the stretch begins.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core.errors import ConflictError, ForbiddenError
from handrail.core.ids import CoverId, Slug

SHORT_NOTICE = timedelta(minutes=30)
"""What begins sooner than this can be accepted this long all the same."""


@unique
class CoverState(StrEnum):
    """Where a cover request stands; all but open are final."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRequest:
    """A stretch of somebody's shift that others are asked to take.

    Attributes:
        schedule: Whose shift it is part of.
        asker: On call then, by the plan.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        asked: Who may accept it.
        note: What the asker says about it, or "".
        expires_at: When nobody has taken it.
        declined: Those asked who said no.
        covered_by: Who accepted, or none.
        covered_from: From when on they are on call; later than ``starts_at`` where it
            was accepted after that.
        override: Name of the override it became, or none.
        closed_at: When it was settled, one way or the other.
        sequence: Counts its changes, from 1.
    """

    id: CoverId
    number: int
    schedule: Slug
    asker: Slug
    starts_at: datetime
    ends_at: datetime
    asked: tuple[Slug, ...]
    created_at: datetime
    expires_at: datetime
    note: str = ""
    state: CoverState = CoverState.OPEN
    declined: tuple[Slug, ...] = ()
    covered_by: Slug | None = None
    covered_from: datetime | None = None
    override: Slug | None = None
    closed_at: datetime | None = None
    sequence: int = 1

    @property
    def name(self) -> str:
        """Return what people call it: ``COV-7``."""
        return f"COV-{self.number}"

    @property
    def due_at(self) -> datetime | None:
        """Return when something is to be done about it, or none."""
        return self.expires_at if self.state is CoverState.OPEN else None

    @property
    def undecided(self) -> tuple[Slug, ...]:
        """Return those asked who have not said no."""
        return tuple(user for user in self.asked if user not in self.declined)


def expiry(starts_at: datetime, ends_at: datetime, *, now: datetime) -> datetime:
    """Return until when a request made now can be accepted: at its start.

    Where that is less than ``SHORT_NOTICE`` away, that long, at most to its end.
    """
    return min(max(starts_at, now + SHORT_NOTICE), ends_at)


def accepted(request: CoverRequest, by: Slug, *, now: datetime) -> CoverRequest:
    """Return the request once somebody has taken it.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: They were not asked.
    """
    _require_asked(request, by)
    _require_open(request, now)
    return replace(
        request,
        state=CoverState.ACCEPTED,
        covered_by=by,
        covered_from=max(request.starts_at, now.replace(microsecond=0)),
        closed_at=now,
        sequence=request.sequence + 1,
    )


def settled(request: CoverRequest, override: Slug) -> CoverRequest:
    """Return the accepted request with the override that it became."""
    assert request.state is CoverState.ACCEPTED, "only what was accepted becomes one"
    return replace(request, override=override)


def declined(request: CoverRequest, by: Slug, *, now: datetime) -> CoverRequest:
    """Return the request once somebody has said no; the last one settles it.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: They were not asked.
    """
    _require_asked(request, by)
    _require_open(request, now)
    if by in request.declined:
        return request
    after = replace(
        request,
        declined=(*request.declined, by),
        sequence=request.sequence + 1,
    )
    if after.undecided:
        return after
    return replace(after, state=CoverState.DECLINED, closed_at=now)


def withdrawn(request: CoverRequest, by: Slug, *, now: datetime) -> CoverRequest:
    """Return the request once who asked takes it back.

    Raises:
        ConflictError: It is settled.
        ForbiddenError: Somebody else asked.
    """
    if by != request.asker:
        msg = f"{request.name} is {request.asker}'s to withdraw"
        raise ForbiddenError(msg)
    _require_open(request, now)
    return _closed(request, CoverState.WITHDRAWN, now)


def expired(request: CoverRequest, *, now: datetime) -> CoverRequest:
    """Return the request once its time has run out; an open one only."""
    assert request.state is CoverState.OPEN, "a settled request does not expire"
    return _closed(request, CoverState.EXPIRED, now)


def standing(request: CoverRequest) -> str:
    """Return in words how a settled request ended."""
    match request.state:
        case CoverState.OPEN:
            return "is open"
        case CoverState.ACCEPTED:
            return f"was taken by {request.covered_by}"
        case CoverState.DECLINED:
            return "was declined by everybody asked"
        case CoverState.WITHDRAWN:
            return f"was withdrawn by {request.asker}"
        case CoverState.EXPIRED:
            return "expired; nobody took it"


def _closed(request: CoverRequest, state: CoverState, now: datetime) -> CoverRequest:
    return replace(request, state=state, closed_at=now, sequence=request.sequence + 1)


def _require_asked(request: CoverRequest, by: Slug) -> None:
    if by in request.asked:
        return
    if by == request.asker:
        msg = f"{request.name} is your own request; withdraw it to keep the shift"
        raise ConflictError(msg)
    asked = ", ".join(request.asked)
    msg = f"{request.name} asks {asked}; nobody else can answer it"
    raise ForbiddenError(msg)


def _require_open(request: CoverRequest, now: datetime) -> None:
    if request.state is not CoverState.OPEN:
        msg = f"{request.name} {standing(request)}"
        raise ConflictError(msg)
    if now >= request.expires_at:
        msg = f"{request.name} is over: its time has come and nobody took it"
        raise ConflictError(msg)
