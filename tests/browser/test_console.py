"""The console and the acknowledge page as people meet them: by phone, at night."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.api.site import Site

from handrail.core.ids import Slug
from handrail.core.paging.page import PageState
from handrail.usecases import access

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
ZOOMED = {"width": 320, "height": 640}
"""A screen of 1280 pixels at 400 %."""
TABLET = {"width": 820, "height": 1180}
TOUCH_PIXELS_MIN = 44
CONTRAST_MIN = 4.5
Scheme = Literal["light", "dark"]

CONTRASTS = """() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const rgba = (css) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = css; pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const found = rgba(getComputedStyle(e).backgroundColor);
      if (found[3] === 255) return found;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches
      ? [18, 18, 18, 255] : [255, 255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode, e = text.parentElement;
    if (!text.textContent.trim() || !e.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    found.push([text.textContent.trim().slice(0, 40), ratio]);
  }
  return found;
}"""

SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    'button, select, input:not([type=hidden]), nav a, .button, a.a, .brand, .tabs a')]
  .filter(e => e.checkVisibility())
  .map(e => [e.outerHTML.slice(0, 60),
    // A label around a box ticks it: the label is what is touched.
    (e.closest('label') ?? e).getBoundingClientRect()])
  .filter(([_, box]) => box.height < least || box.width < least)
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""


@contextmanager
def _at(
    chromium: Browser,
    home: Site,
    *,
    size: dict[str, int] = PHONE,
    scheme: Scheme = "light",
    is_scripted: bool = True,
    who: str = "ana",
) -> Iterator[Page]:
    """Open a browser for somebody; fail on any complaint of its console."""
    context: BrowserContext = chromium.new_context(
        base_url=home.base_url,
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=scheme,
        java_script_enabled=is_scripted,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    if who:
        secret = home.store.run(
            lambda tx: access.link_for(
                tx, Slug(who), actor=access.OPERATOR, ids=home.ids
            )
        )
        page.goto(f"/sign-in/{secret}")
        page.get_by_role("button", name="Sign in").click()
    yield page
    # A page that answers 404 on purpose is no complaint of the page itself.
    assert [text for text in complaints if "status of 404" not in text] == []
    context.close()


def _paths(home: Site) -> dict[str, str]:
    pages = home.store.read(lambda tx: tx.page.search(active_only=False, limit=5))
    page = pages[-1]
    return {
        "now": "/",
        "page": f"/pages/{page.id}",
        "alerts": "/alerts?show=all",
        "alert": f"/alerts/{page.alert_id}",
        "oncall": "/oncall",
        "oncall-load": "/oncall/load",
        "simulate": "/oncall/simulate?service=checkout&severity=SEV1",
        "schedule": "/oncall/schedules/primary",
        "why": "/oncall/schedules/primary/why",
        "person": "/oncall/people/ana",
        "postmortems": "/postmortems",
        "action-items": "/action-items",
        "changes": "/changes",
        "tickets": "/tickets",
        "setup": "/configuration",
        "plan": "/configuration/plan",
        "tokens": "/settings/tokens",
        "ack": home.link(page.id),
        "forged": "/a/forged",
        "sign-in": "/sign-in",
        "take-link": "/sign-in/x",
        "missing": "/nope",
    }


def test_signing_in_by_a_link_shows_who_is_sought(
    chromium: Browser, busy: Site
) -> None:
    with _at(chromium, busy) as page:
        assert page.url == f"{busy.base_url}/"
        assert page.get_by_text("You are paged").is_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_one_tap_acknowledges_without_javascript(
    chromium: Browser, busy: Site, size: dict[str, int]
) -> None:
    found = busy.store.read(lambda tx: tx.page.search(active_only=False, limit=5))[-1]

    with _at(chromium, busy, size=size, is_scripted=False, who="") as page:
        page.goto(busy.link(found.id))
        button = page.get_by_role("button", name="I have it")
        box = button.bounding_box()
        button.click()

        assert page.get_by_text("It is yours").is_visible()
    assert box is not None
    assert box["height"] >= 72
    assert box["y"] + box["height"] < size["height"]
    assert busy.reread(found.id).state is PageState.ACKNOWLEDGED


def test_the_console_works_without_javascript(chromium: Browser, busy: Site) -> None:
    with _at(chromium, busy, is_scripted=False) as page:
        page.get_by_role("button", name="I have it").first.click()
        assert page.get_by_text("You have it. Nobody else is told.").is_visible()
        page.get_by_text("More", exact=True).click()
        page.get_by_role("link", name="Tokens").click()
        page.get_by_label("What is it for?").fill("laptop")
        page.get_by_role("button", name="Make the token").click()
        assert page.get_by_text("hr_pat_").is_visible()
        page.get_by_role("button", name="Sign out").click()

        assert page.url.endswith("/sign-in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_screen_is_legible_and_can_be_touched(
    chromium: Browser,
    busy: Site,
    tmp_path: Path,
    *,
    size: dict[str, int],
    scheme: Scheme,
) -> None:
    faint: list[Any] = []
    small: list[Any] = []
    wide: list[str] = []

    with _at(chromium, busy, size=size, scheme=scheme) as page:
        for name, path in _paths(busy).items():
            page.goto(path, wait_until="load")
            page.screenshot(
                path=tmp_path / f"{name}-{size['width']}-{scheme}.png", full_page=True
            )
            contrasts = page.evaluate(CONTRASTS)
            assert contrasts, name
            faint += [(name, *found) for found in contrasts if found[1] < CONTRAST_MIN]
            small += [
                (name, at) for at in page.evaluate(SMALL_TARGETS, TOUCH_PIXELS_MIN)
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
    assert (faint, small, wide) == ([], [], [])


@pytest.mark.parametrize("size", [ZOOMED, TABLET], ids=["400 %", "tablet"])
def test_nothing_scrolls_sideways(
    chromium: Browser, busy: Site, size: dict[str, int]
) -> None:
    wide = []

    with _at(chromium, busy, size=size) as page:
        for name, path in _paths(busy).items():
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)

    assert wide == []


def test_every_stop_of_the_keyboard_is_seen(chromium: Browser, busy: Site) -> None:
    unseen = []

    with _at(chromium, busy, size=DESKTOP) as page:
        page.goto("/")
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
