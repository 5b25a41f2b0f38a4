"""The application: routes, who may use them, and the shape of every refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler

from handrail.api import (
    action_item,
    alert,
    change,
    configuration,
    cover,
    coverage,
    evidence,
    feed,
    health,
    incident,
    incident_act,
    incident_stream,
    metrics,
    mitigation,
    notice,
    oncall,
    oncall_load,
    openapi,
    operation,
    override,
    page,
    postmortem,
    story,
    swap,
    ticket,
    timeline,
    token,
    whatif,
)
from handrail.api.authentication import Authentication, guard
from handrail.api.deps import Deps
from handrail.api.hardening import Hardened, SameOrigin
from handrail.api.mount import Edge, Mount
from handrail.api.problem import AnyRequest, ErrorPage, Refusals
from handrail.api.query import refuse_unknown
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.limits import SIGNAL_BODY_BYTES_MAX

V1: tuple[HTTPRouteHandler, ...] = (
    *alert.HANDLERS,
    *page.HANDLERS,
    *oncall.HANDLERS,
    *coverage.HANDLERS,
    *oncall_load.HANDLERS,
    *feed.V1_HANDLERS,
    *override.HANDLERS,
    *cover.HANDLERS,
    *swap.HANDLERS,
    *notice.HANDLERS,
    *story.HANDLERS,
    *whatif.HANDLERS,
    *token.HANDLERS,
    *configuration.HANDLERS,
    *operation.HANDLERS,
    *incident.HANDLERS,
    *incident_act.HANDLERS,
    *timeline.HANDLERS,
    *incident_stream.HANDLERS,
    *change.HANDLERS,
    *mitigation.HANDLERS,
    *evidence.HANDLERS,
    *postmortem.HANDLERS,
    *action_item.HANDLERS,
    *ticket.HANDLERS,
)
OUTSIDE_V1: tuple[HTTPRouteHandler, ...] = (
    *health.HANDLERS,
    *metrics.HANDLERS,
    *feed.HANDLERS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The ASGI application, and what tests must be able to walk.

    Attributes:
        asgi: What the server runs.
        framework: The framework's own application: its routes can be listed.
        mounts: The raw routes beside it.
    """

    asgi: ASGIApp
    framework: Litestar
    mounts: tuple[Mount, ...]


def create_app(
    deps: Deps,
    *,
    mounts: Sequence[Mount] = (),
    handlers: Sequence[ControllerRouterHandler] = (),
    error_page: ErrorPage | None = None,
) -> Application:
    """Build the application.

    Args:
        deps: What it works with.
        mounts: Raw ASGI routes, such as the ingest of each source.
        handlers: The console's route handlers.
        error_page: How the console shows a refusal to a person; without it everybody
            gets problem details.
    """
    v1 = Router("/api/v1", route_handlers=V1, guards=[refuse_unknown])
    described: list[ControllerRouterHandler] = [v1, *OUTSIDE_V1]
    framework = Litestar(
        route_handlers=[*described, _described(deps, mounts, described), *handlers],
        dependencies={
            "deps": Provide(lambda: deps, sync_to_thread=False),
            "actor": Provide(_actor, sync_to_thread=False),
        },
        guards=[guard],
        middleware=[Authentication(deps), SameOrigin(base_url=deps.base_url)],
        exception_handlers=Refusals(error_page).handlers(),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=SIGNAL_BODY_BYTES_MAX,
    )
    edge = Edge(tuple(mounts), framework)
    return Application(
        asgi=Hardened(edge, is_https=deps.is_https),
        framework=framework,
        mounts=tuple(mounts),
    )


def _described(
    deps: Deps, mounts: Sequence[Mount], handlers: Sequence[ControllerRouterHandler]
) -> HTTPRouteHandler:
    """Return the handler of the OpenAPI document, which is made when first asked."""

    @lru_cache(maxsize=1)
    def made() -> bytes:
        found = openapi.document(handlers, mounts=mounts, version=deps.version)
        return msgspec.json.encode(found)

    @get(openapi.PATH, opt={"verb": Verb.PUBLIC}, sync_to_thread=True)
    def describe() -> Response[bytes]:
        return Response(made(), media_type="application/vnd.oai.openapi+json")

    return describe


def route_handlers(framework: Litestar) -> list[tuple[str, str, HTTPRouteHandler]]:
    """Return every route as (method, path, handler), without the automatic OPTIONS."""
    found = []
    for route in framework.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                found += [
                    (str(method), route.path_format or "/", handler)
                    for method in sorted(handler.http_methods)
                    if method != "OPTIONS"
                ]
    return found


def _actor(request: AnyRequest) -> Actor:
    return request.user
