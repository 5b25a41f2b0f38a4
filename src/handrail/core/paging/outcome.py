"""What one attempt at a delivery came to."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique


@unique
class Scope(StrEnum):
    """What a permanent failure condemns."""

    MESSAGE = "message"
    METHOD = "method"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took it over; its own reference, or ""."""

    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retryable:
    """It failed for now; ``after`` is the provider's wish, or none."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """It will never work this way; another contact method must be used now."""

    reason: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No answer: it may have arrived. Tried again under the same idempotency key."""

    reason: str


Outcome = Accepted | Retryable | Permanent | Unknown
