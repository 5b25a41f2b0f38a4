"""The console under axe, which knows the rules of WCAG that can be checked."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page
from tests.api.site import CONFIGURATION, Site

from handrail.core.ids import Slug
from handrail.usecases import access

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}})"""
Scheme = Literal["light", "dark"]


@pytest.fixture(params=["light", "dark"])
def tab(
    chromium: Browser, busy: Site, request: pytest.FixtureRequest
) -> Iterator[Page]:
    scheme: Scheme = request.param
    context = chromium.new_context(
        base_url=busy.base_url,
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,
    )
    yield context.new_page()
    context.close()


def complaints(page: Page, path: str) -> list[str]:
    """Return what axe finds wrong with the screen; it must have looked at something."""
    page.goto(path)
    return complaints_here(page, path)


def complaints_here(page: Page, path: str) -> list[str]:
    """Return what axe finds wrong with the screen that is shown."""
    page.evaluate(AXE)
    told: dict[str, Any] = page.evaluate(RUN, RULES)
    assert len(told["passes"]) > 5, "axe checked next to nothing"
    return [
        f"{path}: {wrong['id']}: {wrong['help']}: {node['html'][:120]}"
        for wrong in told["violations"]
        for node in wrong["nodes"]
    ]


def test_axe_has_nothing_against_any_screen(tab: Page, busy: Site) -> None:
    pages = busy.store.read(lambda tx: tx.page.search(active_only=False, limit=5))
    about = pages[-1]
    without = ["/sign-in", "/sign-in/x", busy.link(about.id), "/a/forged"]
    found = [wrong for path in without for wrong in complaints(tab, path)]
    secret = busy.store.run(
        lambda tx: access.link_for(tx, Slug("ana"), actor=access.OPERATOR, ids=busy.ids)
    )
    tab.goto(f"/sign-in/{secret}")
    tab.get_by_role("button", name="Sign in").click()
    screens = ["/", "/alerts?show=all", f"/alerts/{about.alert_id}"]
    screens += [f"/pages/{one.id}" for one in pages]
    busy.post("/api/v1/covers", {"schedule": "primary"}, who="ana")
    busy.post("/api/v1/overrides", {"schedule": "primary", "for": "2h"}, who="ana")
    screens += ["/oncall/covers", "/oncall/covers/COV-1", "/oncall/overrides"]
    screens += ["/oncall/swaps?schedule=primary"]
    screens += [
        "/oncall/simulate",
        "/oncall/simulate?service=checkout",
        "/oncall/simulate?service=checkout&severity=SEV9",
    ]
    screens += [
        "/oncall",
        "/oncall/load",
        "/configuration",
        "/configuration/plan",
        "/settings/tokens",
        "/nope",
    ]

    found += [wrong for path in screens for wrong in complaints(tab, path)]

    assert found == []


def test_axe_has_nothing_against_a_plan_and_what_is_wrong_with_files(
    tab: Page, busy: Site
) -> None:
    secret = busy.store.run(
        lambda tx: access.link_for(tx, Slug("ana"), actor=access.OPERATOR, ids=busy.ids)
    )
    tab.goto(f"/sign-in/{secret}")
    tab.get_by_role("button", name="Sign in").click()
    found: list[str] = []
    for people, heading in (
        ("[ben, ana]", "Applying this would change"),
        ("[ana, zoe]", "The files cannot be applied"),
    ):
        tab.goto("/configuration/plan")
        text = CONFIGURATION.replace("[ana, ben]", people).encode()
        tab.get_by_label("Files: all of them together").set_input_files(
            {"name": "rota.yaml", "mimeType": "application/yaml", "buffer": text}
        )
        tab.get_by_role("button", name="Show the plan").click()
        assert tab.get_by_role("heading", name=heading).is_visible()
        found += complaints_here(tab, heading)

    assert found == []


def test_axe_sees_what_is_wrong(chromium: Browser, busy: Site) -> None:
    tab = chromium.new_page(base_url=busy.base_url)
    tab.goto("/sign-in")
    tab.evaluate("document.body.append(document.createElement('img'))")
    tab.evaluate(AXE)

    told = tab.evaluate(RUN, RULES)
    tab.context.close()

    assert "image-alt" in {wrong["id"] for wrong in told["violations"]}
