"""Raw ASGI routes beside the framework: ingest at speed, declared all the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from handrail.api import problem
from handrail.core.access.permission import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One raw ASGI route. It checks its own credential, by the declared verb.

    Attributes:
        path: Literal, or with ``{name}`` for one path segment each; the segments are
            handed over in ``scope["path_params"]``.
        verb: What the route asks, as in the table of permissions.
        operations: Per method in capitals, its OpenAPI operation object. The methods
            it lists are the methods the route has.
    """

    path: str
    verb: Verb
    app: ASGIApp
    operations: Mapping[str, Mapping[str, Any]]


class Mounts:
    """Finds the mount of a path; literal paths cost one look-up."""

    def __init__(self, mounts: tuple[Mount, ...]) -> None:
        self.all = mounts
        self._literal = {m.path: m for m in mounts if "{" not in m.path}
        self._patterns = [(_pattern(m.path), m) for m in mounts if "{" in m.path]

    def find(self, path: str) -> tuple[Mount, dict[str, str]] | None:
        """Return the mount and the named segments, or none."""
        mount = self._literal.get(path)
        if mount is not None:
            return mount, {}
        for pattern, candidate in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                return candidate, match.groupdict()
        return None


class Edge:
    """The outermost application: mounts first, everything else to the framework."""

    def __init__(self, mounts: tuple[Mount, ...], inner: ASGIApp) -> None:
        self.mounts = Mounts(mounts)
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        found = self.mounts.find(scope["path"])
        if found is None:
            await self._inner(*_as_get(scope, receive, send))
            return
        mount, segments = found
        if scope["method"] not in mount.operations:
            await _refuse_method(mount, send)
            return
        inside: Any = {**scope, "path_params": segments}
        await mount.app(inside, receive, send)


def _as_get(
    scope: HTTPScope, receive: Receive, send: Send
) -> tuple[Scope, Receive, Send]:
    """Answer HEAD as GET without the body, for every route alike."""
    if scope["method"] != "HEAD":
        return scope, receive, send

    async def without_body(message: Any) -> None:  # noqa: ANN401 - any ASGI message
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    inside: Any = {**scope, "method": "GET"}
    return inside, receive, without_body


async def _refuse_method(mount: Mount, send: Send) -> None:
    found = problem.make("method_not_allowed", 405, "")
    allow = ", ".join(sorted(mount.operations)).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 405,
            "headers": [
                (b"content-type", problem.MEDIA_TYPE.encode()),
                (b"allow", allow),
            ],
        }
    )
    body = msgspec.json.encode(found)
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(
            f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
    )
