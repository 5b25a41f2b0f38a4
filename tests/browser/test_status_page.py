"""The status page as customers meet it: by phone or desk, from a server or a disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page
from tests.api.site import Site
from tests.browser.test_console import (
    CONTRAST_MIN,
    CONTRASTS,
    DESKTOP,
    PHONE,
    ZOOMED,
)
from tests.core.status_page.notices import COMPONENTS, MINUTE, notice

from handrail.core.status_page.component import ComponentStatus, StatusPage
from handrail.core.status_page.notice import NoticeStage
from handrail.core.status_page.public_view import public_view
from handrail.status.files import publish

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
PAGES = ("index.html", "history.html", "incidents/1.html", "incidents/3.html")
LONG = (
    "Since 11:40 UTC, some card payments in the EU fail with an error. Your cart is "
    "kept.\n\nWe have rolled back a change and see fewer failures. Next update by noon."
)


def fill(folder: Path, *, as_of: datetime) -> None:
    """Publish a page on which something is wrong, and something was."""
    stages, states = NoticeStage, ComponentStatus
    over = as_of - timedelta(days=2)
    notices = [
        notice(1, 1, at=over, checkout=states.MAJOR_OUTAGE, title="Sign-in fails"),
        notice(1, 2, stages.RESOLVED, at=over + 75 * MINUTE, title="Sign-in fails",
               checkout=states.OPERATIONAL, text="You can sign in again."),
        notice(2, 1, stages.RESOLVED, at=as_of - timedelta(days=1),
               shown_at=as_of - timedelta(days=3), title="Invoices came late"),
        notice(3, 1, at=as_of - 40 * MINUTE, checkout=states.MAJOR_OUTAGE,
               title="Card payments fail in the EU"),
        notice(3, 2, stages.IDENTIFIED, at=as_of - 9 * MINUTE, text=LONG,
               checkout=states.PARTIAL_OUTAGE, title="Card payments fail in the EU",
               next_update_at=as_of + 21 * MINUTE),
        notice(4, 1, stages.MONITORING, at=as_of - 90 * MINUTE, title="Search is slow",
               components={list(COMPONENTS)[1]: states.DEGRADED_PERFORMANCE}),
    ]  # fmt: skip
    page = StatusPage(title="Example Shop", support="help@example.org")
    view = public_view(page, COMPONENTS, notices, now=as_of)
    publish(view, folder, base_url="https://handrail.example.org")


@contextmanager
def opened(
    chromium: Browser,
    *,
    size: dict[str, int] = PHONE,
    scheme: Scheme = "light",
    is_scripted: bool = True,
) -> Iterator[Page]:
    """Open a browser that fails on any complaint and on any look elsewhere."""
    context = chromium.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=scheme,
        java_script_enabled=is_scripted,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP, ZOOMED], ids=["phone", "desk", "400"])
def test_every_page_is_legible_and_fits(
    chromium: Browser, tmp_path: Path, *, size: dict[str, int], scheme: Scheme
) -> None:
    fill(tmp_path / "status", as_of=now())
    faint: list[Any] = []
    wide: list[str] = []

    with opened(chromium, size=size, scheme=scheme) as page:
        for name in PAGES:
            page.goto(f"file://{tmp_path}/status/{name}")
            shot = f"{name.replace('/', '-')}-{size['width']}-{scheme}.png"
            page.screenshot(path=tmp_path / shot, full_page=True)
            contrasts = page.evaluate(CONTRASTS)
            assert contrasts, name
            faint += [(name, *found) for found in contrasts if found[1] < CONTRAST_MIN]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
    assert (faint, wide) == ([], [])


def test_what_is_wrong_and_when_more_is_said_is_seen_at_once_without_javascript(
    chromium: Browser, tmp_path: Path
) -> None:
    fill(tmp_path / "status", as_of=now())

    with opened(chromium, is_scripted=False) as page:
        page.goto(f"file://{tmp_path}/status/index.html")
        box = page.get_by_role("heading", name="Partial System Outage").bounding_box()
        link = page.get_by_role("link", name="Card payments fail").first
        news = link.bounding_box()

        assert page.locator(".next").first.is_visible()
        assert page.get_by_text("As of").first.is_visible()
        assert page.locator("#stale").is_hidden()
        link.click()
        assert page.get_by_text("Your cart is kept").is_visible()
    assert box is not None
    assert news is not None
    assert news["y"] + news["height"] < PHONE["height"]


def test_an_old_page_says_that_it_is_old(chromium: Browser, tmp_path: Path) -> None:
    fill(tmp_path / "status", as_of=now() - 17 * MINUTE)

    with opened(chromium) as page:
        page.goto(f"file://{tmp_path}/status/index.html")

        assert page.get_by_text("This page is 17 minutes old").is_visible()
        page.screenshot(path=tmp_path / "stale.png")


def test_a_fresh_page_does_not(chromium: Browser, tmp_path: Path) -> None:
    fill(tmp_path / "status", as_of=now() - MINUTE)

    with opened(chromium) as page:
        page.goto(f"file://{tmp_path}/status/index.html")

        assert page.locator("#stale").is_hidden()
        assert page.locator("#age").inner_text() == ", 1 min ago"


def test_a_page_that_lies_open_grows_old_by_itself(
    chromium: Browser, tmp_path: Path
) -> None:
    fill(tmp_path / "status", as_of=now())

    with opened(chromium) as page:
        page.clock.install()
        page.goto(f"file://{tmp_path}/status/index.html")
        assert page.locator("#stale").is_hidden()
        page.clock.fast_forward("06:00")

        assert page.locator("#stale").is_visible()


def test_our_own_server_hands_it_out_with_style_and_script(
    chromium: Browser, served: Site
) -> None:
    fill(served.status_folder, as_of=now() - 8 * MINUTE)

    with opened(chromium) as page:
        page.goto(f"{served.base_url}/status")

        assert page.url == f"{served.base_url}/status/index.html"
        assert page.get_by_text("This page is 8 minutes old").is_visible()
        ground = "getComputedStyle(document.querySelector('.state')).backgroundColor"
        assert page.evaluate(ground) == "rgb(156, 66, 0)"
        page.get_by_role("link", name="History").click()
        assert page.get_by_text("Invoices came late").is_visible()


def test_every_stop_of_the_keyboard_is_seen(chromium: Browser, tmp_path: Path) -> None:
    fill(tmp_path / "status", as_of=now())
    unseen = []

    with opened(chromium, size=DESKTOP) as page:
        page.goto(f"file://{tmp_path}/status/index.html")
        for _ in range(20):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                return [e.outerHTML.slice(0, 60), s.outlineStyle, s.outlineWidth]; }"""
            )
            if focused[0].startswith("<body"):
                break
            if focused[1] == "none" or float(focused[2].removesuffix("px")) < 2:
                unseen.append(focused)
    assert unseen == []
