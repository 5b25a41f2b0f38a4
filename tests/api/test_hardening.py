from pathlib import Path

import pytest
from tests.api.site import Site, site

from handrail.api.hardening import HEADERS

PAGES = [
    "/",
    "/alerts",
    "/alerts?show=all",
    "/oncall",
    "/oncall/simulate?service=checkout",
    "/configuration",
    "/configuration/plan",
    "/settings/tokens",
    "/held",
    "/sign-in",
    "/sign-in/x",
    "/nope",
    "/static/console.css",
    "/api/v1/pages",
    "/api/v1/nope",
    "/health/live",
    "/a/forged",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(home: Site, path: str) -> None:
    answer = home.look(path, "ana")

    for name in HEADERS:
        assert answer.header(name.lower()), f"{path} lacks {name}"
    policy = answer.header("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("strict-transport-security")


def test_no_transport_header_is_sent_over_plain_http(tmp_path: Path) -> None:
    with site(tmp_path, base_url="http://localhost:8080") as home:
        answer = home.get("/health/live")

    assert answer.header("strict-transport-security") == ""


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "other"])
def test_another_site_cannot_press_our_buttons(home: Site, origin: str) -> None:
    home.signal()
    page = home.page()

    answer = home.press(f"/pages/{page.id}/acknowledge", "ana", origin=origin)

    assert answer.status == 403
    assert home.reread(page.id).state == "open"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8080", 303),
        ("http://evil.test", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_over_plain_http_the_origin_decides(
    tmp_path: Path, origin: str | None, status: int
) -> None:
    with site(tmp_path, base_url="http://localhost:8080") as home:
        home.signal()
        headers = home.browser("ana")
        if origin:
            headers["origin"] = origin

        answer = home.ask(
            "POST", f"/pages/{home.page().id}/acknowledge", headers=headers
        )

    assert answer.status == status


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_forged_json_post_with_a_cookie_is_refused(home: Site, kind: str) -> None:
    headers = {
        **home.browser("ana"),
        "content-type": kind,
        "sec-fetch-site": "cross-site",
    }
    body = b'{"name": "evil", "role": "admin"}'

    answer = home.ask("POST", "/api/v1/tokens", headers=headers, body=body)

    assert answer.status == 403


def test_with_a_bearer_the_cookie_is_ignored(home: Site) -> None:
    headers = {**home.browser("ana"), "authorization": "Bearer wrong"}

    assert home.ask("GET", "/api/v1/pages", headers=headers).status == 401


def test_another_scheme_lets_nobody_in(home: Site) -> None:
    headers = {**home.browser("ana"), "authorization": "Basic YW5hOmFuYQ=="}

    assert home.ask("GET", "/api/v1/pages", headers=headers).status == 401


def test_links_never_come_from_the_host_header(home: Site) -> None:
    headers = {**home.as_("ana"), "host": "evil.test", "x-forwarded-host": "evil.test"}

    answer = home.ask("POST", "/api/v1/users/ben/link", headers=headers)

    assert answer.json()["url"].startswith("https://handrail.test/sign-in/")
