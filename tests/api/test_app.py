"""Every route, raw ones included, against every role: the table, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import get
from litestar.types import Receive, Scope, Send
from tests.api.site import Answer, Site, site

from handrail.api.app import create_app, route_handlers
from handrail.api.authentication import declared
from handrail.api.hardening import CAPABILITY, UNSAFE
from handrail.api.mount import Mount
from handrail.core.access.permission import Outsider, Standing, Verb, may
from handrail.core.access.role import Role

WHO: dict[Standing, str] = {
    Role.ADMIN: "ana",
    Role.RESPONDER: "ben",
    Role.OBSERVER: "cleo",
    Outsider.ANONYMOUS: "",
}
REFUSED = {401, 403}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made


def _routes() -> list[tuple[str, str, Verb | None]]:
    with site(Path(), configuration="") as made:
        return [
            (method, path, declared(handler))
            for method, path, handler in route_handlers(made.app.framework)
        ]


ROUTES = _routes()


def _ask(home: Site, method: str, path: str, who: str, *, by: str) -> Answer:
    filled = path.replace("{", "x").replace("}", "x")
    if by == "token":
        headers = home.as_(who)
    else:
        headers = {**home.browser(who), "sec-fetch-site": "same-origin"}
    body = b"{}" if method in UNSAFE and path.startswith("/api/") else b""
    headers["content-type"] = (
        "application/json" if body else "application/x-www-form-urlencoded"
    )
    return home.ask(method, filled, headers=headers, body=body)


@pytest.mark.parametrize(("method", "path", "verb"), ROUTES)
def test_every_route_declares_what_it_asks(
    method: str, path: str, verb: Verb | None
) -> None:
    assert verb is not None, f"{method} {path} declares no verb"


@pytest.mark.parametrize("standing", WHO)
@pytest.mark.parametrize(("method", "path", "verb"), ROUTES)
@pytest.mark.parametrize("by", ["token", "cookie"])
def test_the_answer_is_as_the_table_says(
    shared: Site, *, method: str, path: str, verb: Verb, standing: Standing, by: str
) -> None:
    answer = _ask(shared, method, path, WHO[standing], by=by)

    if may(standing, verb):
        assert answer.status not in REFUSED
        assert answer.status < 500
    elif standing is Outsider.ANONYMOUS:
        sent_to = answer.header("location")
        assert answer.status == 401 or (answer.status, sent_to) == (303, "/sign-in")
    else:
        assert answer.status == 403


@pytest.mark.parametrize(("method", "path", "verb"), ROUTES)
def test_an_integration_key_opens_nothing_but_ingest(
    shared: Site, method: str, path: str, verb: Verb
) -> None:
    issued = shared.post("/api/v1/integrations/prom/key", who="operator").json()
    key = {"authorization": f"Bearer {issued['key']}"}

    answer = shared.ask(method, path.replace("{", "x").replace("}", "x"), headers=key)

    if verb is not Verb.PUBLIC:
        sent_to = answer.header("location")
        assert answer.status == 401 or (answer.status, sent_to) == (303, "/sign-in")


def _mounted() -> list[tuple[str, str]]:
    with site(Path(), configuration="") as made:
        return [(m.path, method) for m in made.app.mounts for method in m.operations]


@pytest.mark.parametrize(("path", "method"), _mounted())
@pytest.mark.parametrize("standing", WHO)
def test_nobody_without_a_key_gets_through_a_raw_route(
    shared: Site, path: str, method: str, standing: Standing
) -> None:
    answer = _ask(shared, method, path, WHO[standing], by="token")

    # PagerDuty's own protocol has 400 for a key it does not know.
    assert answer.status in {400, 401, 403, 404}
    assert shared.store.read(lambda tx: tx.alert.search(open_only=False, limit=1)) == []


def test_every_raw_route_is_for_integrations_alone(shared: Site) -> None:
    verbs = {mount.verb for mount in shared.app.mounts}

    assert verbs == {Verb.SIGNAL_SEND, Verb.SIGNAL_READ}


def test_what_is_public_is_only_this() -> None:
    public = {(method, path) for method, path, verb in ROUTES if verb is Verb.PUBLIC}

    assert public == {
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/ical/{file}"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/static/console.css"),
        ("GET", "/static/live.js"),
        ("GET", "/status"),
        ("GET", "/status/{path}"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-in/{secret}"),
        ("POST", "/sign-in/{secret}"),
        ("GET", "/a/{token}"),
        ("POST", "/a/{token}"),
    }


def test_only_acknowledge_links_are_their_own_permission(shared: Site) -> None:
    exempt = {
        path
        for _, path, handler in route_handlers(shared.app.framework)
        if handler.opt.get(CAPABILITY)
    }

    assert exempt == {"/a/{token}"}


def test_a_route_that_declares_nothing_lets_nobody_in(home: Site) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "open"

    asgi = create_app(home.deps, handlers=[forgotten]).asgi
    home.app = type(home.app)(asgi=asgi, framework=home.app.framework, mounts=())

    answer = home.get("/forgotten", "operator")

    assert answer.status == 500
    assert b"open" not in answer.body


@pytest.mark.parametrize("path", ["/api/v1/nope", "/api/v2", "/nope", "/static/../x"])
@pytest.mark.parametrize("who", ["", "ana"])
def test_an_unknown_address_is_not_found(shared: Site, path: str, who: str) -> None:
    assert shared.get(path, who).status == 404


@pytest.mark.parametrize("path", ["/", "/api/v1/pages", "/health/live"])
def test_options_tells_nothing(shared: Site, path: str) -> None:
    assert shared.ask("OPTIONS", path).status == 405


def test_a_wrong_method_is_named(shared: Site) -> None:
    answer = shared.ask("DELETE", "/api/v1/pages", headers=shared.as_("ana"))

    assert answer.status == 405
    assert answer.json()["code"] == "method_not_allowed"


def test_head_answers_as_get_without_a_body(shared: Site) -> None:
    answer = shared.ask("HEAD", "/health/live")

    assert (answer.status, answer.body) == (200, b"")


class TestMounts:
    @pytest.fixture
    def mounted(self, tmp_path: Path) -> Iterator[Site]:
        async def ingest(scope: Scope, _receive: Receive, send: Send) -> None:
            body = json.dumps(scope["path_params"]).encode()
            await send({"type": "http.response.start", "status": 202, "headers": []})
            await send({"type": "http.response.body", "body": body, "more_body": False})

        operation = {"summary": "Send", "responses": {"202": {"description": "Kept"}}}
        mounts = (
            Mount(
                path="/ingest/fixed",
                verb=Verb.SIGNAL_SEND,
                app=ingest,
                operations={"POST": operation},
            ),
            Mount(
                path="/ingest/{key}/api/v2/alerts",
                verb=Verb.SIGNAL_SEND,
                app=ingest,
                operations={"POST": operation, "GET": operation},
            ),
        )
        with site(tmp_path, mounts=mounts) as made:
            yield made

    def test_a_mount_gets_the_segments_of_its_path(self, mounted: Site) -> None:
        answer = mounted.post("/ingest/s3cret/api/v2/alerts")

        assert (answer.status, answer.json()) == (202, {"key": "s3cret"})

    def test_a_literal_mount_is_found(self, mounted: Site) -> None:
        assert mounted.post("/ingest/fixed").status == 202

    def test_a_mount_has_only_its_methods(self, mounted: Site) -> None:
        answer = mounted.get("/ingest/fixed")

        assert (answer.status, answer.header("allow")) == (405, "POST")
        assert answer.json()["code"] == "method_not_allowed"

    def test_a_mount_declares_its_verb_and_is_described(self, mounted: Site) -> None:
        paths = mounted.get("/api/v1/openapi.json").json()["paths"]

        found = paths["/ingest/{key}/api/v2/alerts"]

        assert set(found) == {"post", "get"}
        assert found["post"]["x-verb"] == "signal.send"
        assert found["post"]["security"] == [{"integration_key": []}]

    def test_answers_of_mounts_are_not_sniffed(self, mounted: Site) -> None:
        answer = mounted.post("/ingest/fixed")

        assert answer.header("x-content-type-options") == "nosniff"
