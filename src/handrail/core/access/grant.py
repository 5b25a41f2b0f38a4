"""What lets somebody in: tokens, sessions, one-time links and calendar feeds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.access.role import Role
from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A bearer token for programs; only its SHA-256 is kept.

    Attributes:
        id: Public part, shown in lists.
        name: What it is for.
        owner: The user it acts as, or none for the operator.
        expires_at: After which it is refused, or none.
    """

    id: str
    name: str
    digest: str
    role: Role
    owner: Slug | None
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser; the cookie's SHA-256 is the key."""

    digest: str
    owner: Slug | None
    role: Role
    created_at: datetime
    last_used_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """A sign-in link that works once; only its SHA-256 is kept."""

    digest: str
    owner: Slug | None
    role: Role
    created_at: datetime
    expires_at: datetime


@unique
class FeedSubject(StrEnum):
    """Whose shifts a calendar feed has."""

    SCHEDULE = "schedule"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """Shifts for a calendar application, at an address that is itself the permission.

    Such applications cannot sign in. Of the address only the SHA-256 is kept.

    Attributes:
        id: Public part, shown in lists.
        subject: Whether it is a schedule's or a person's.
        name: The schedule or user.
        owner: Who made it, or none for the operator; it ends with that account.
        token: Id of the API token it was made with; it ends when that is revoked.
        last_used_at: When it was last read, to the hour; none before it was.
    """

    id: str
    digest: str
    subject: FeedSubject
    name: Slug
    owner: Slug | None
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    token: str | None = None
