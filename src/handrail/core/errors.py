"""Refusals: what Handrail declines to do, with a stable machine code."""

from collections.abc import Mapping
from enum import StrEnum, unique


@unique
class ErrorCode(StrEnum):
    """Stable machine codes of refusals; each maps to one HTTP status and exit code."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A refusal that a person or program caused and can mend.

    Attributes:
        code: The stable machine code.
        message: A sentence that names the place and the remedy.
        fields: Field name to what is wrong with it, where fields are to blame.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields: Mapping[str, str] = dict(fields or {})


class InvalidError(DomainError):
    """The input is wrong; mend the named fields and send again."""

    def __init__(
        self, message: str, *, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(ErrorCode.INVALID, message, fields=fields)


class NotFoundError(DomainError):
    """The named thing does not exist, or the asker may not see it."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.NOT_FOUND, message)


class ConflictError(DomainError):
    """The thing is in a state that does not allow this; look at it again."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.CONFLICT, message)


class LostRaceError(ConflictError):
    """Somebody else wrote first; the store runs the transaction again."""


class ForbiddenError(DomainError):
    """The asker is known but may not do this."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.FORBIDDEN, message)


class UnauthenticatedError(DomainError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.UNAUTHENTICATED, message)


class ThrottledError(DomainError):
    """The asker asked too often in vain; ask again after the given time."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(ErrorCode.THROTTLED, message)
        self.retry_after_seconds = retry_after_seconds


class OverloadedError(DomainError):
    """The bounded admission queue is full; send again after the given time."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(ErrorCode.OVERLOADED, message)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(DomainError):
    """The database cannot be reached or written; nothing was accepted."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.UNAVAILABLE, message)
