import pytest
from litestar import get
from tests.api.site import Site

from handrail.api.problem import MACHINE_PATHS, MEDIA_TYPE, STATUS
from handrail.core.errors import ErrorCode
from handrail.core.limits import CONFIGURATION_BODY_BYTES_MAX, SIGNAL_BODY_BYTES_MAX

SHAPE = {"type", "title", "status", "detail", "code", "errors"}
BAD_PAGE = "/api/v1/pages/x"


def test_every_code_has_one_status() -> None:
    assert set(STATUS) == set(ErrorCode)


@pytest.mark.parametrize(
    ("method", "path", "who", "body", "status", "code"),
    [
        ("GET", "/api/v1/pages", "", b"", 401, "unauthenticated"),
        ("GET", "/api/v1/config", "cleo", b"", 403, "forbidden"),
        ("GET", BAD_PAGE, "ana", b"", 404, "not_found"),
        ("GET", "/api/v1/nope", "ana", b"", 404, "not_found"),
        ("PUT", "/api/v1/pages", "ana", b"", 405, "method_not_allowed"),
        ("POST", "/api/v1/tokens", "ana", b"{", 400, "malformed"),
        ("POST", "/api/v1/tokens", "ana", b'{"name": "\xce"}', 400, "malformed"),
        ("POST", "/api/v1/tokens", "ana", b"[]", 422, "invalid"),
        ("POST", "/api/v1/tokens", "ana", b'{"name": 1, "role": "x"}', 422, "invalid"),
        ("GET", "/api/v1/alerts?limit=0", "ana", b"", 422, "invalid"),
        ("GET", "/api/v1/oncall?at=soon", "ana", b"", 422, "invalid"),
        ("GET", "/health/nope", "", b"", 404, "not_found"),
    ],
)
def test_every_refusal_has_one_shape(  # noqa: PLR0913  (a column each)
    home: Site, *, method: str, path: str, who: str, body: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json", **home.as_(who)}

    answer = home.ask(method, path, headers=headers, body=body)

    problem = answer.json()
    assert answer.status == problem["status"] == status
    assert answer.header("content-type") == MEDIA_TYPE
    assert set(problem) == SHAPE
    assert problem["code"] == code
    assert problem["type"] == f"urn:handrail:problem:{code}"
    assert problem["detail"]


def test_unknown_fields_are_refused_and_named(home: Site) -> None:
    data = {"name": "ci", "role": "observer", "colour": "red"}

    answer = home.post("/api/v1/tokens", data, who="ana")

    assert answer.status == 422
    assert "colour" in answer.text


def test_a_refusal_of_the_domain_names_its_fields(home: Site) -> None:
    answer = home.get("/api/v1/oncall?at=soon", "ana")

    assert [error["field"] for error in answer.json()["errors"]] == ["at"]


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/incidents", SIGNAL_BODY_BYTES_MAX),
        ("/api/v1/config/check", CONFIGURATION_BODY_BYTES_MAX),
    ],
)
def test_a_body_over_the_limit_is_refused(home: Site, path: str, limit: int) -> None:
    answer = home.post(path, {"title": "x" * limit}, who="ana")

    assert (answer.status, answer.json()["code"]) == (413, "too_large")


def test_an_unauthenticated_program_is_told_how(home: Site) -> None:
    assert home.get("/api/v1/pages").header("www-authenticate") == "Bearer"


def test_a_failure_tells_nothing_of_its_insides(home: Site) -> None:
    @get("/api/v1/broken", opt={"verb": "public"}, sync_to_thread=False)
    def broken() -> str:
        secret = "canary-4711"
        raise RuntimeError(secret)

    home.app.framework.register(broken)

    answer = home.get("/api/v1/broken")

    assert answer.status == 500
    assert set(answer.json()) == SHAPE
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/nope", "/pages/x", "/alerts/x"])
def test_people_get_a_page_instead(home: Site, path: str) -> None:
    answer = home.look(path, "ana")

    assert answer.status == 404
    assert answer.header("content-type").startswith("text/html")
    assert not path.startswith(MACHINE_PATHS)
