"""What lets somebody in: tokens, sessions and one-time links."""

from dataclasses import dataclass
from datetime import datetime

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
