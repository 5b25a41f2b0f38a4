"""Errors on the wire: RFC 9457 problem details, one shape for all of them."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException

from handrail.core.access.actor import Actor
from handrail.core.errors import DomainError, ErrorCode, OverloadedError, ThrottledError

MEDIA_TYPE = "application/problem+json"
INTERNAL = 500
MALFORMED = 400
_log = structlog.get_logger()

STATUS: Mapping[ErrorCode, int] = {
    ErrorCode.INVALID: 422,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.THROTTLED: 429,
    ErrorCode.OVERLOADED: 503,
    ErrorCode.UNAVAILABLE: 503,
}
"""The one place where refusals become HTTP statuses."""

_TITLES = {
    "invalid": "The input is wrong",
    "not_found": "There is no such thing",
    "conflict": "The thing is in another state",
    "unauthenticated": "Nobody is signed in",
    "forbidden": "This is not allowed",
    "throttled": "Too often",
    "overloaded": "Too much at once",
    "unavailable": "The database is not reachable",
    "malformed": "The body cannot be read",
    "method_not_allowed": "The method does not fit",
    "too_large": "The body is too large",
    "unsupported_media_type": "The content type does not fit",
    "internal": "Handrail failed",
}
_HTTP_CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    503: "unavailable",
}
_DETAILS = {
    "not_found": "Nothing lives at this address. See /api/v1/openapi.json.",
    "method_not_allowed": "Use a method that the Allow header names.",
    "too_large": "Send less at once.",
    "malformed": "Send well-formed JSON in UTF-8.",
    "internal": "The failure is in the server's log. Nothing was changed.",
}

MACHINE_PATHS = ("/api/", "/health", "/ical/", "/metrics")
"""Programs ask here; everywhere else a person reads the answer."""

AnyRequest = Request[Actor, None, State]


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details. Source: RFC 9457 §3; ``code`` and ``errors`` are extensions."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] = ()


def make(
    code: str, status: int, detail: str, *, fields: Mapping[str, str] | None = None
) -> Problem:
    """Return the problem for a machine code."""
    return Problem(
        type=f"urn:handrail:problem:{code}",
        title=_TITLES[code],
        status=status,
        detail=detail or _DETAILS.get(code, _TITLES[code]),
        code=code,
        errors=tuple(
            FieldError(field=field, message=message)
            for field, message in (fields or {}).items()
        ),
    )


def of_refusal(error: DomainError) -> Problem:
    """Return the problem for a refusal of the domain."""
    return make(error.code, STATUS[error.code], error.message, fields=error.fields)


def of_http(error: HTTPException) -> Problem:
    """Return the problem for a refusal of the HTTP edge itself.

    Only validation says what is wrong in detail; other texts of the framework may
    hold names of our modules.
    """
    if isinstance(error, ValidationException):
        detail = "The input does not have the documented shape; mend the named fields."
        return make("invalid", 422, detail, fields=_named(error))
    code = _HTTP_CODES.get(error.status_code, "internal")
    return make(code, error.status_code, _DETAILS.get(code, ""))


def answer(
    problem: Problem, *, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Return the response that carries the problem."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def _named(error: ValidationException) -> dict[str, str]:
    extra = error.extra if isinstance(error.extra, list) else []
    named: dict[str, str] = {}
    for item in extra:
        if isinstance(item, dict):
            key = str(item.get("key") or item.get("source") or "body")
            named[key] = str(item.get("message", "is wrong"))
    return named


def headers_of(error: DomainError) -> dict[str, str]:
    """Return the headers that go with a refusal."""
    if isinstance(error, (OverloadedError, ThrottledError)):
        return {"Retry-After": str(error.retry_after_seconds)}
    if error.code is ErrorCode.UNAVAILABLE:
        return {"Retry-After": "2"}
    if error.code is ErrorCode.UNAUTHENTICATED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


class ErrorPage(Protocol):
    """How the console shows a refusal to a person."""

    def __call__(
        self, request: AnyRequest, *, status: int, title: str, detail: str
    ) -> Response[Any]:
        """Return the page."""
        ...


ExceptionHandlers = dict[int | type[Exception], Callable[[Any, Any], Response[Any]]]


class Refusals:
    """Answers every exception: programs get a problem, people a page."""

    def __init__(self, error_page: ErrorPage | None) -> None:
        self._error_page = error_page

    def handlers(self) -> ExceptionHandlers:
        """Return the handler of each kind of exception."""
        return {
            DomainError: self.on_refusal,
            HTTPException: self.on_http,
            UnicodeDecodeError: self.on_bytes,
            Exception: self.on_failure,
        }

    def on_refusal(self, request: AnyRequest, error: DomainError) -> Response[Any]:
        """Answer a refusal of the domain."""
        return self._answer(request, of_refusal(error), headers_of(error))

    def on_http(self, request: AnyRequest, error: HTTPException) -> Response[Any]:
        """Answer a refusal of the HTTP edge; a fault of the framework is a failure."""
        if error.status_code >= INTERNAL:
            return self.on_failure(request, error)
        return self._answer(request, of_http(error), error.headers or {})

    def on_bytes(
        self, request: AnyRequest, _error: UnicodeDecodeError
    ) -> Response[Any]:
        """Answer a body whose text is not UTF-8.

        The decoder raises this of it, beside its own errors; nothing else here reads
        bytes as text.
        """
        return self._answer(request, make("malformed", MALFORMED, ""), {})

    def on_failure(self, request: AnyRequest, error: Exception) -> Response[Any]:
        """Log an unexpected failure, and answer without telling its insides."""
        handler = request.scope.get("route_handler")
        _log.error(
            "request_failed",
            method=request.method,
            route=getattr(handler, "handler_name", ""),
            exc_info=error,
        )
        return self._answer(request, make("internal", INTERNAL, ""), {})

    def _answer(
        self, request: AnyRequest, problem: Problem, headers: Mapping[str, str]
    ) -> Response[Any]:
        path = request.scope["path"]
        if self._error_page is None or path.startswith(MACHINE_PATHS):
            return answer(problem, headers=headers)
        page = self._error_page(
            request, status=problem.status, title=problem.title, detail=problem.detail
        )
        page.headers.update(headers)
        return page
