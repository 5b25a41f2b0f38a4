"""A postmortem and its action items as people write them, with and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.keyboard import submit, tab_to
from tests.browser.responders import (
    DESKTOP,
    PHONE,
    Responder,
    Scheme,
    responding,
    serving,
)
from tests.browser.test_accessibility import complaints
from tests.browser.test_console import (
    CONTRAST_MIN,
    CONTRASTS,
    SMALL_TARGETS,
    TOUCH_PIXELS_MIN,
)
from tests.crash.running_server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTED = pytest.mark.parametrize("is_scripted", [True, False], ids=["js", "no-js"])
WIDE = "document.documentElement.scrollWidth > innerWidth"
WRITTEN = {
    "Summary": "Carts failed for an hour.",
    "Impact: users": "One in three could not pay.",
    "What went well": "The page reached Ben in a minute.",
    "What went poorly": "Nobody knew who deploys at night.",
}
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("learning")) as running:
        yield running


def _resolved(ana: Responder, title: str = "Carts fail") -> str:
    name = ana.declare(title, severity="SEV1")
    ana.api("POST", f"/incidents/{name}/mitigated", reason="rolled back")
    ana.api("POST", f"/incidents/{name}/resolve", despite_obligations=True)
    return name


def _write(ana: Responder, heading: str, text: str) -> None:
    section = ana.section(heading)
    section.locator("summary").filter(has_text="Write").click()
    section.get_by_role("textbox").fill(text)
    section.get_by_role("button", name="Save").click()


@SIZES
@SCRIPTED
def test_a_postmortem_is_written_reviewed_and_published(
    chromium: Browser,
    server: RunningServer,
    *,
    size: dict[str, int],
    is_scripted: bool,
) -> None:
    with responding(chromium, server, size=size, is_scripted=is_scripted) as ana:
        page, name = ana.page, _resolved(ana)
        ana.open_room(name)
        ana.section("Learning").get_by_role("link", name="The postmortem").click()
        missing = ana.section("Missing before it can be published")
        expect(missing.get_by_role("listitem")).to_have_count(5)
        missing.get_by_role("link", name="What went well is not written").click()
        assert page.url.endswith("#section-went_well")

        for heading, text in WRITTEN.items():
            _write(ana, heading, text)
            expect(ana.section(heading)).to_contain_text(text)
        factors = ana.section("Contributing factors")
        for text in ("The pool is small", "Human error at the console"):
            ana.unfold("Contributing factors", "Name a factor")
            form = factors.locator("form[action$=factor-add]")
            form.get_by_label("What contributed").fill(text)
            form.get_by_label("Of what sort").select_option("process")
            form.get_by_role("button", name="Add the factor").click()
        expect(factors).to_contain_text("It says “Human error”")
        _answers(ana)
        _adds_an_item(ana)

        nothing = ana.section("Nothing is missing")
        nothing.get_by_role("button", name="Ask others to read it").click()
        nothing.get_by_role("button", name="Publish it").click()
        expect(page.locator("main header")).to_contain_text("Published")
        found = ana.api("GET", f"/postmortems/{name}")
        assert found["state"] == "published"
        assert len(found["factors"]) == 2
        _downloads(ana, name)
        _closes_the_item(ana, name)


def _downloads(ana: Responder, name: str) -> None:
    with ana.page.expect_download() as download:
        ana.page.get_by_role("link", name="Download as Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith(f"# Postmortem {name}: Carts fail")


def _answers(ana: Responder) -> None:
    blamed = ana.page.locator("#factor-f2")
    blamed.get_by_text("Change it").click()
    blamed.get_by_label("What made it possible").fill("nothing asks for a second look")
    blamed.get_by_label("What would have caught it").fill("a dry run")
    blamed.get_by_role("button", name="Save").click()
    expect(blamed).not_to_contain_text("It says")


def _adds_an_item(ana: Responder) -> None:
    page = ana.page
    form = ana.unfold("Action items", "Add an action item")
    form.get_by_label("What is to be changed").fill("Alert on pool use")
    form.get_by_role("button", name="Add the action item").click()
    missing = ana.section("Missing before it can be published")
    missing.get_by_role("link", name="has not yet an owner").click()
    plan = ana.section("The plan")
    plan.get_by_label("Whose").select_option("Ana Berger")
    plan.get_by_label("Due on").fill("2020-01-31")
    plan.get_by_label("What it does").select_option("detection: notice it sooner")
    plan.get_by_label("What would show").fill("a drill rings")
    plan.get_by_role("button", name="Save the plan").click()
    expect(page.locator("main header")).to_contain_text("overdue")
    page.locator("main header").get_by_role("link").first.click()


def _closes_the_item(ana: Responder, name: str) -> None:
    page = ana.page
    page.goto("/")
    yours = ana.section("For you")
    yours.get_by_role("link", name="Alert on pool use").click()
    page.get_by_label("It is done: what did the check give?").fill("it rang")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("main header")).to_contain_text("it rang")
    assert ana.incident(name)["stage"] == "closed"


@SCRIPTED
def test_two_who_write_at_once_lose_nothing(
    chromium: Browser, server: RunningServer, *, is_scripted: bool
) -> None:
    with (
        responding(chromium, server, is_scripted=is_scripted) as ana,
        responding(chromium, server, "ben", is_scripted=is_scripted) as ben,
    ):
        name = _resolved(ana)
        for one in (ana, ben):
            one.page.goto(f"/postmortems/{name}")
        _write(ana, "Summary", "Ana's words.")

        _write(ben, "Summary", "Ben's words.")

        section = ben.section("Summary")
        expect(section.get_by_role("alert")).to_contain_text("na changed summary")
        expect(section).to_contain_text("What stands there now")
        expect(section.locator(".written").first).to_have_text("Ana's words.")
        expect(section.get_by_role("textbox")).to_have_value("Ben's words.")
        section.get_by_role("textbox").fill("Ana's words, and Ben's.")
        section.get_by_role("button", name="Save mine in its place").click()
        expect(section.locator(".written")).to_have_text("Ana's words, and Ben's.")


def test_the_library_and_the_items_are_reached_from_everywhere(
    chromium: Browser, server: RunningServer
) -> None:
    for size in (PHONE, DESKTOP):
        with responding(chromium, server, size=size, is_scripted=False) as ana:
            page, name = ana.page, _resolved(ana)
            for place in ("Postmortems", "Action items", "Changes"):
                page.goto("/")
                if size is PHONE:
                    page.get_by_text("More", exact=True).click()
                page.get_by_role("navigation").get_by_role("link", name=place).click()
                expect(page.get_by_role("heading", level=1)).to_have_text(place)
            page.goto("/postmortems")
            page.get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Carts fail")


def test_writing_by_keyboard(chromium: Browser, server: RunningServer) -> None:
    with responding(chromium, server) as ana:
        page, name = ana.page, _resolved(ana)
        page.goto(f"/postmortems/{name}")
        tab_to(ana, "Write it : Summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("by keys alone")
        tab_to(ana, "Save Summary")
        submit(ana, "Enter")
        expect(ana.section("Summary")).to_contain_text("by keys alone")
        tab_to(ana, "Name a factor")
        page.keyboard.press("Enter")
        tab_to(ana, "What contributed")
        page.keyboard.type("the pool is small")
        tab_to(ana, "Add the factor")
        submit(ana, "Enter")
        expect(ana.section("Contributing factors")).to_contain_text("the pool")


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screens_are_legible_and_axe_has_nothing_against_them(
    chromium: Browser, server: RunningServer, *, size: dict[str, int], scheme: Scheme
) -> None:
    with responding(chromium, server, size=size, scheme=scheme) as ana:
        name = _resolved(ana)
        ana.api(
            "POST", f"/postmortems/{name}/factors", text="Human error", kind="process"
        )
        item = ana.api(
            "POST",
            "/action-items",
            incident=name,
            title="Two workers",
            owner="ana",
            due_on="2020-01-31",
        )["name"]
        done = ana.api("POST", "/action-items", incident=name, title="One")["name"]
        ana.api("POST", f"/action-items/{done}/done", result="it rang")
        screens = ["/", f"/incidents/{name}", "/postmortems", f"/postmortems/{name}"]
        screens += ["/action-items", "/action-items?whose=mine&show=all"]
        screens += [f"/action-items/{item}", f"/action-items/{done}"]
        found: list[object] = []
        for path in screens:
            found += complaints(ana.page, path)
            found += [f for f in ana.page.evaluate(CONTRASTS) if f[1] < CONTRAST_MIN]
            found += ana.page.evaluate(SMALL_TARGETS, TOUCH_PIXELS_MIN)
            found += [f"{path} is too wide"] if ana.page.evaluate(WIDE) else []

        assert found == []
