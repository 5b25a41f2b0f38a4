"""The OpenAPI 3.1 document: made from the routes, raw ones included."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from handrail.api.authentication import declared
from handrail.api.mount import Mount
from handrail.api.problem import MEDIA_TYPE
from handrail.core.access.permission import Verb

PATH = "/api/v1/openapi.json"
Json = dict[str, Any]
BODY = "body"
"""A handler that reads its body itself says in ``opt`` under this name how it looks."""
GIVEN = ("deps", "actor")
"""What handlers are given by name, beside the request's own parts."""

_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "integration_key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An integration's key: as a bearer, in the path, or in the "
        "body, where the sender's own protocol has it.",
    },
}
_REFUSALS = {
    "401": "Nobody is signed in, or the token does not hold.",
    "403": "The role may not do this.",
    "404": "There is no such thing.",
    "409": "The thing is in a state that does not allow this.",
    "413": "The body is too large.",
    "422": "The input is wrong; `errors` names the fields.",
    "503": "The database is not reachable; `Retry-After` says when to try again.",
}


def document(
    handlers: Sequence[ControllerRouterHandler],
    *,
    mounts: Sequence[Mount],
    version: str,
) -> Json:
    """Return the document of these handlers and raw routes."""
    config = OpenAPIConfig(
        title="Handrail",
        version=version,
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: handler.handler_name,
    )
    shadow = Litestar(
        route_handlers=handlers,
        dependencies={name: _stand_in(name) for name in GIVEN},
        openapi_config=config,
        logging_config=None,
    )
    found: Json = shadow.openapi_schema.to_schema()
    found["servers"] = [{"url": "/"}]
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["securitySchemes"] = _SCHEMES
    verbs = _verbs(shadow)
    bodies = _bodies(shadow)
    paths: Json = {
        path: item
        for path, item in found["paths"].items()
        if any((path, method) in verbs for method in item)
    }
    for path, item in paths.items():
        for method, operation in item.items():
            _finish(operation, verbs[path, method])
            if (path, method) in bodies:
                operation["requestBody"] = bodies[path, method]
    for mount in mounts:
        paths[mount.path] = _mounted(mount)
    found["paths"] = dict(sorted(paths.items()))
    return found


def _stand_in(name: str) -> Provide:
    """Return a provider of nothing: these handlers are looked at, never called."""
    return Provide(lambda: name, sync_to_thread=False)


def _verbs(shadow: Litestar) -> dict[tuple[str, str], Verb]:
    found = {place: declared(handler) for place, handler in _handlers(shadow)}
    return {place: verb for place, verb in found.items() if verb is not None}


def _bodies(shadow: Litestar) -> dict[tuple[str, str], Json]:
    found = _handlers(shadow)
    return {place: handler.opt[BODY] for place, handler in found if BODY in handler.opt}


def _handlers(shadow: Litestar) -> list[tuple[tuple[str, str], HTTPRouteHandler]]:
    return [
        ((route.path_format, str(method).lower()), handler)
        for route in shadow.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
    ]


def _finish(operation: Json, verb: Verb) -> None:
    """Add what every operation has in common: verb, security, refusals."""
    operation["x-verb"] = str(verb)
    operation["security"] = [] if verb is Verb.PUBLIC else [{"bearer": []}]
    responses = operation["responses"]
    # The framework describes its own shape of a 400; ours is the problem below.
    responses.pop("400", None)
    if verb is not Verb.PUBLIC:
        for status, words in _REFUSALS.items():
            responses.setdefault(status, _refusal(words))
    responses["default"] = _refusal("Any other refusal or failure.")


def _refusal(words: str) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {MEDIA_TYPE: {"schema": schema}}}


def _mounted(mount: Mount) -> Mapping[str, Any]:
    item: Json = {}
    for method, operation in mount.operations.items():
        is_public = mount.verb is Verb.PUBLIC
        item[method.lower()] = {
            "operationId": f"{method.lower()}_{_words(mount.path)}",
            "tags": ["ingest"],
            "x-verb": str(mount.verb),
            "security": [] if is_public else [{"integration_key": []}],
            **operation,
        }
    return item


def _words(path: str) -> str:
    """Return a path as one name: ``i_key_api_v2_alerts``."""
    return "_".join(re.findall(r"\w+", path))
