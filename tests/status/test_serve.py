"""The server hands out the published files, and nothing else."""

import pytest
from tests.api.site import Site

from handrail.status.files import publish
from handrail.usecases.notice import public_view


@pytest.fixture
def published(home: Site) -> Site:
    view = home.store.read(public_view)
    publish(view, home.status_folder, base_url=home.base_url)
    return home


def test_the_door_leads_to_the_first_page(published: Site) -> None:
    front = published.look("/status")

    page = published.look(front.header("location"))

    assert front.status == 307
    assert page.status == 200
    assert "All Systems Operational" in page.text
    assert page.header("content-type") == "text/html; charset=utf-8"


def test_a_page_carries_its_own_policy_as_a_header(published: Site) -> None:
    policy = published.look("/status/index.html").header("content-security-policy")

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("api/v2/summary.json", "application/json"),
        ("api/v2/incidents/unresolved.json", "application/json"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
    ],
)
def test_programs_anywhere_may_read_it(
    published: Site, path: str, media_type: str
) -> None:
    answer = published.look(f"/status/{path}")

    assert answer.status == 200
    assert answer.header("content-type") == media_type
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("cache-control") == "public, max-age=15"


@pytest.mark.parametrize(
    "path",
    [
        "secret.txt",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "incidents/../../secret.txt",
        "incidents/1.html/../../../secret.txt",
        "//etc/passwd",
        ".index.html.1.new",
        "incidents/9.html",
        "incidents",
        "index.html\x00",
    ],
)
def test_nothing_else_is_handed_out(published: Site, path: str) -> None:
    (published.status_folder / "secret.txt").write_text("secret")
    (published.status_folder.parent / "secret.txt").write_text("secret")

    answer = published.look(f"/status/{path}")

    assert answer.status == 404
    assert "secret" not in answer.text.replace(path, "")


def test_before_anything_is_published_it_says_so(home: Site) -> None:
    assert home.look("/status/index.html").status == 404


def test_it_can_be_read_and_nothing_else(published: Site) -> None:
    assert published.press("/status/index.html", "ana").status == 405
