"""Every ingest route: path, methods, permission, and what it does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from handrail.api.ingest import alertmanager_state as state
from handrail.api.ingest.admission_queue import AdmissionQueue
from handrail.api.ingest.alertmanager_state import StateEndpoint
from handrail.api.ingest.answer import json_answer, send_answer, with_headers
from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.dialect import Dialect, Refusal
from handrail.api.ingest.dialects import (
    AlertmanagerApi,
    AlertmanagerWebhook,
    Generic,
    PagerDuty,
)
from handrail.api.ingest.endpoint import SignalEndpoint
from handrail.api.ingest.key_ring import KeyRing

SEND = "signal.send"
READ = "signal.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRoute:
    """One raw ASGI route, which checks the integration key itself.

    Attributes:
        path: With ``{key}`` for the segment that is the integration's key.
        permission: The verb it asks for.
        operations: For each method in capitals its OpenAPI operation object.
    """

    path: str
    permission: str
    app: ASGIApp
    operations: Mapping[str, Mapping[str, Any]]


_AT_BOTH: tuple[tuple[str, Dialect, state.View | None], ...] = (
    ("/api/v2/alerts", AlertmanagerApi(), state.alerts),
    ("/api/v2/alerts/groups", AlertmanagerApi(), state.groups),
    ("/api/v2/receivers", AlertmanagerApi(), state.receivers),
    ("/api/v2/silences", AlertmanagerApi(), state.silences),
    ("/api/v2/status", AlertmanagerApi(), state.status),
    ("/v2/enqueue", PagerDuty(), None),
)
"""Vendors' own paths; they stand bare and under ``/i/{key}``."""
_ONCE: tuple[tuple[str, Dialect], ...] = (
    ("/api/v1/signals", Generic()),
    ("/i/{key}/generic", Generic()),
    ("/api/v1/signals/alertmanager", AlertmanagerWebhook()),
    ("/i/{key}/alertmanager", AlertmanagerWebhook()),
)


def ingest_routes(deps: IngestDeps) -> tuple[IngestRoute, ...]:
    """Return every ingest route; those under ``/i/{key}`` carry the key themselves."""
    make = _Maker(deps)
    routes = [make.route(path, dialect, None) for path, dialect in _ONCE]
    for path, dialect, view in _AT_BOTH:
        routes.append(make.route(path, dialect, view))
        routes.append(make.route(f"/i/{{key}}{path}", dialect, view))
    return tuple(routes)


def ingest_app(routes: Sequence[IngestRoute]) -> ASGIApp:
    """Return an ASGI application of these routes alone."""
    patterns = [
        (re.compile(route.path.replace("{key}", "[^/]+")), route) for route in routes
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP, "only HTTP comes in here"
        for pattern, route in patterns:
            if pattern.fullmatch(scope["path"]):
                await route.app(scope, receive, send)
                return
        await send_answer(send, json_answer(404, "nothing lives at this address"))

    return app


class _Maker:
    """Makes routes that share the keys and the queue of admission."""

    def __init__(self, deps: IngestDeps) -> None:
        self._deps = deps
        self._keys = KeyRing(deps.store, deps.clock)
        self._queue = AdmissionQueue(deps.store, deps.ids)
        deps.on_queue(lambda: self._queue.depth)

    def route(
        self, path: str, dialect: Dialect, view: state.View | None
    ) -> IngestRoute:
        takes_signals = view is None or view is state.alerts
        by_method: dict[str, ASGIApp] = {}
        operations: dict[str, Mapping[str, Any]] = {}
        if takes_signals:
            by_method["POST"] = SignalEndpoint(
                dialect, self._deps, self._keys, self._queue
            )
            operations["POST"] = _operation(path, f"Take signals ({dialect.source})")
        if view is not None:
            by_method["GET"] = StateEndpoint(view, self._deps, self._keys)
            operations["GET"] = _operation(path, "Show what Alertmanager would")
        if view is state.silences:
            by_method["POST"] = StateEndpoint(
                state.no_silence, self._deps, self._keys, status=400
            )
            operations["POST"] = _operation(path, "Refuse a silence: none are kept yet")
        return IngestRoute(
            path=path,
            permission=SEND if takes_signals else READ,
            app=_by_method(by_method, dialect),
            operations=operations,
        )


def _by_method(by_method: Mapping[str, ASGIApp], dialect: Dialect) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP, "only HTTP comes in here"
        endpoint = by_method.get(scope["method"])
        if endpoint is not None:
            await endpoint(scope, receive, send)
            return
        refused = dialect.refused(Refusal.METHOD)
        allowed = ", ".join(sorted(by_method))
        await send_answer(send, with_headers(refused, allow=allowed))

    return app


def _operation(path: str, summary: str) -> Mapping[str, Any]:
    """Return the OpenAPI operation object of a route."""
    key = {
        "name": "key",
        "in": "path",
        "required": True,
        "description": "The integration's key.",
        "schema": {"type": "string"},
    }
    return {
        "summary": summary,
        "description": "Answers are those of the sender's own protocol.",
        "tags": ["signals"],
        "parameters": [key] if "{key}" in path else [],
        "responses": {
            "2XX": {"description": "Accepted and stored, or shown."},
            "4XX": {"description": "Refused; the body says why in the dialect."},
            "503": {"description": "Not stored; send again after Retry-After."},
        },
    }
