import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.site import Site

from handrail.api.app import OUTSIDE_V1, route_handlers
from handrail.api.authentication import declared
from handrail.api.openapi import PATH

Operation = tuple[str, str, dict[str, Any]]


def _operations(home: Site) -> list[Operation]:
    return list(_each(home.get(PATH).json()))


def _each(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def test_the_document_is_openapi_3_1(home: Site) -> None:
    document = home.get(PATH).json()

    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == "0.0.test"


def test_the_document_has_exactly_the_routes_of_the_api(home: Site) -> None:
    outside = {re.sub(r":\w+", "", p) for h in OUTSIDE_V1 for p in h.paths}
    routes = {
        (method, path)
        for method, path, _ in route_handlers(home.app.framework)
        if path.startswith("/api/v1") or path in outside
    }

    described = {(method, path) for method, path, _ in _operations(home)}

    mounted = {
        (method, mount.path) for mount in home.app.mounts for method in mount.operations
    }
    assert described == (routes - {("GET", PATH)}) | mounted


def test_every_operation_says_what_it_asks(home: Site) -> None:
    verbs = {
        (method, mount.path): str(mount.verb)
        for mount in home.app.mounts
        for method in mount.operations
    } | {
        (method, path): str(declared(handler))
        for method, path, handler in route_handlers(home.app.framework)
    }

    for method, path, operation in _operations(home):
        assert operation["x-verb"] == verbs[method, path]
        assert (operation["security"] == []) == (operation["x-verb"] == "public")


def test_every_operation_of_ours_describes_its_refusals(home: Site) -> None:
    ours = [o for _, _, o in _operations(home) if not o["x-verb"].startswith("signal.")]

    for operation in ours:
        default = operation["responses"]["default"]
        assert set(default["content"]) == {"application/problem+json"}


def test_operations_have_names_of_their_own(home: Site) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(home)]

    assert len(names) == len(set(names))
    assert "acknowledge" in names


def test_no_schema_is_named_after_a_module(home: Site) -> None:
    schemas = home.get(PATH).json()["components"]["schemas"]

    assert not [name for name in schemas if "_" in name or "handrail" in name]


@pytest.mark.parametrize("who", ["", "cleo"])
def test_anybody_may_read_the_document(home: Site, who: str) -> None:
    assert home.get(PATH, who).status == 200
