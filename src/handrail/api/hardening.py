"""What every answer and every unsafe request is held to: headers and same origin."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from handrail.api.authentication import Connection
from handrail.core.errors import ForbiddenError

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CAPABILITY = "capability"
"""A route whose address is itself the permission, and which reads no cookie, says so
in ``opt`` under this name; it then works from any mail program's browser."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types handrail"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: under that, browsers send "Origin: null" with our own forms,
    # which plain http installations need for the same-origin check below.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000"
_ENCODED = tuple(
    (name.lower().encode(), value.encode()) for name, value in HEADERS.items()
)
_WITH_STRICT_TRANSPORT = (
    *_ENCODED,
    (b"strict-transport-security", STRICT_TRANSPORT.encode()),
)


def secured(send: Send, *, is_https: bool) -> Send:
    """Return a ``send`` that adds the headers an answer does not set itself."""
    wanted = _WITH_STRICT_TRANSPORT if is_https else _ENCODED

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            present = {name.lower() for name, _ in headers}
            headers += [pair for pair in wanted if pair[0] not in present]
            message["headers"] = headers
        await send(message)

    return send_secured


class Hardened:
    """Wraps the whole application, so that errors carry the headers as well."""

    def __init__(self, inner: ASGIApp, *, is_https: bool) -> None:
        self._inner = inner
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == ScopeType.HTTP:
            send = secured(send, is_https=self._is_https)
        await self._inner(scope, receive, send)


class SameOrigin(ASGIMiddleware):
    """Refuses unsafe requests that another site makes a browser send.

    ``Sec-Fetch-Site`` decides where the browser sends it; over plain http it does
    not, and then ``Origin`` must be ours. A request with a bearer token is no
    browser's doing; one with neither header nor cookie has nothing to abuse.
    """

    def __init__(self, *, base_url: str) -> None:
        self._base = urlsplit(base_url)

    @override
    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        """Check, then pass on.

        Raises:
            ForbiddenError: The request comes from another site.
        """
        connection: Connection = ASGIConnection(scope)
        if not self._is_ours(connection):
            msg = "This came from another site. Open Handrail itself and try again."
            raise ForbiddenError(msg)
        await next_app(scope, receive, send)

    def _is_ours(self, connection: Connection) -> bool:
        scope: Any = connection.scope
        is_safe = scope["method"] not in UNSAFE
        is_capability = bool(connection.route_handler.opt.get(CAPABILITY))
        if is_safe or is_capability or "authorization" in connection.headers:
            return True
        site = connection.headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = connection.headers.get("origin")
        if origin is None:
            return "cookie" not in connection.headers
        return self._is_own_origin(origin, connection.headers.get("host", ""))

    def _is_own_origin(self, origin: str, host: str) -> bool:
        """Compare with the address people use, and with the host this came to."""
        theirs = urlsplit(origin)
        return theirs.netloc != "" and theirs.netloc in {self._base.netloc, host}
