"""The public told and the bleeding stopped from a browser, with and without a script.

The mitigation calls a real service on this machine, which recovers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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
from tests.peers.monitored_shop import TOKEN, Shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTED = pytest.mark.parametrize("is_scripted", [True, False], ids=["js", "no-js"])
WIDE = "document.documentElement.scrollWidth > innerWidth"
RESPONSE = """
---
component: {{name: web, title: Website, service: checkout}}
---
component: {{name: mail, title: Mails}}
---
mitigation:
  name: roll-back
  title: Roll checkout back
  kind: roll_back
  services: [checkout]
  description: Brings the version before the last one back
  confirm: checkout-production
  http:
    url: http://127.0.0.1:{port}/roll-back
    secret: env:SHOP_TOKEN
    body: '{{"why": "${{incident}} by ${{by}}"}}'
"""
expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Place:
    server: RunningServer
    shop: Shop


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("told")
    with Shop() as shop:
        more = RESPONSE.format(port=shop.port)
        allowed = {"HANDRAIL_OUTGOING_ALLOW": "127.0.0.0/8"}
        environment = {"SHOP_TOKEN": TOKEN, **allowed}
        with serving(folder, more=more, environment=environment) as server:
            yield Place(server, shop)


def _grave(ana: Responder) -> str:
    ana.api("POST", "/changes", title="Checkout 4.2", service="checkout")
    return ana.declare("Checkout is down", severity="SEV1", service="checkout")


@SIZES
@SCRIPTED
def test_the_public_is_told_and_given_the_all_clear(
    chromium: Browser, place: Place, *, size: dict[str, int], is_scripted: bool
) -> None:
    with responding(chromium, place.server, size=size, is_scripted=is_scripted) as ana:
        page, name = ana.page, _grave(ana)
        ana.open_room(name)
        ana.section("The public").get_by_role("link", name="Tell the public").click()
        words = page.get_by_label("What customers notice")
        expect(words).to_have_value(
            "We are looking into a problem with Website. It "
            "may be unavailable for many of you. " + words.input_value()[-25:]
        )
        page.get_by_label("What kind of word").select_option("monitoring")
        page.get_by_role("button", name="Suggest words").click()
        expect(words).to_have_value(
            "The impact on Website has stopped. We are "
            "watching to be sure that it lasts. " + words.input_value()[-25:]
        )

        page.get_by_label("What kind of word").select_option("investigating")
        words.fill("Our supplier broke something.")
        page.get_by_label("Website").select_option("major outage")
        page.get_by_label("Next word in").fill("")
        page.get_by_role("button", name="Look at it first").click()
        look = page.get_by_role("region", name="This is what the public would read")
        expect(look).to_contain_text("Promise when the next word comes")
        expect(look).to_contain_text("customers chose you")
        assert ana.api("GET", f"/incidents/{name}/notices")["items"] == []

        words.fill("Carts fail for all of you.")
        page.get_by_label("Next word in").fill("30")
        page.get_by_role("button", name="Look at it first").click()
        expect(look).to_contain_text("Nothing to advise")
        expect(look).to_contain_text("Website: major outage")
        look.get_by_role("button", name="Publish it to everybody").click()
        public = ana.section("The public")
        expect(public).to_contain_text("Carts fail for all of you.")
        expect(public).to_contain_text("waits for the all-clear")

        _gives_the_all_clear(ana, name)


def _gives_the_all_clear(ana: Responder, name: str) -> None:
    page = ana.page
    ana.api("POST", f"/incidents/{name}/mitigated", reason="rolled back")
    onward = ana.open_room(name).section("Onward")
    onward.get_by_label("Full recovery is confirmed").fill("ten quiet minutes")
    onward.get_by_label("Resolve although this is still owed").check()
    onward.get_by_role("button", name="Resolve").click()
    expect(onward.get_by_role("alert")).to_contain_text("all-clear")
    expect(onward.get_by_label("Full recovery is confirmed")).to_have_value(
        "ten quiet minutes"
    )
    onward.get_by_role("link", name="Publish the all-clear").click()
    expect(page.get_by_label("What kind of word")).to_have_value("resolved")
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="Publish it to everybody").click()
    onward.get_by_label("Resolve although this is still owed").check()
    onward.get_by_role("button", name="Resolve").click()
    assert ana.incident(name)["ending"] == "resolved"


@SIZES
@SCRIPTED
def test_a_mitigation_is_looked_at_confirmed_and_mends_the_service(
    chromium: Browser, place: Place, *, size: dict[str, int], is_scripted: bool
) -> None:
    with responding(chromium, place.server, size=size, is_scripted=is_scripted) as ana:
        page, name = ana.page, _grave(ana)
        asked = len(place.shop.asked)
        place.shop.errors = 1.0
        ana.open_room(name)
        expect(ana.section("Suspects")).to_contain_text("Checkout 4.2")
        tried = ana.section("Mitigations")
        tried.get_by_role("link", name="Look at what it would do").click()
        call = page.get_by_role("region", name="What would be sent")
        expect(call).to_contain_text("Authorization: Bearer •••")
        expect(call).to_contain_text(f'{{"why":"{name} by ana"}}')
        assert TOKEN not in page.content()
        _confirms(ana)

        if not is_scripted:
            _look_again_until_answered(ana, name)
        expect(tried).to_contain_text("rolled back: True")
        assert place.shop.asked[asked:] == [f'{{"why":"{name} by ana"}}']
        assert place.shop.errors == 0
        tried.get_by_label("What you saw, if anything").fill("no error since")
        tried.get_by_role("button", name="It worked").click()
        expect(tried).to_contain_text("Worked: no error since")
        assert ana.incident(name)["stage"] == "resolve"


def _confirms(ana: Responder) -> None:
    page = ana.page
    send = page.get_by_role("button", name="Send it, once")
    page.get_by_label("type checkout-production").fill("checkout")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("type checkout-production")
    typed = page.get_by_label("type checkout-production")
    expect(typed).to_have_value("checkout")
    assert ana.incident(page.url.split("/")[4])["mitigations"] == []
    typed.fill("checkout-production")
    with page.expect_navigation(url="**/incidents/INC-*"):
        send.click()


def _look_again_until_answered(ana: Responder, name: str) -> None:
    """Open the room again as somebody without a script does while it is under way."""
    for _ in range(200):
        ana.open_room(name)
        if not ana.page.get_by_text("Being carried out").count():
            return


def test_who_is_in_the_room_sees_the_answer_and_the_notice_come(
    chromium: Browser, place: Place
) -> None:
    with (
        responding(chromium, place.server) as ana,
        responding(chromium, place.server, "ben") as ben,
    ):
        name = _grave(ana)
        ben.open_room(name)
        expect(ben.liveness).to_have_text("● Live")
        ben.page.evaluate("window.isTheSamePage = true")

        ana.api(
            "POST",
            f"/incidents/{name}/mitigations/run",
            mitigation="roll-back",
            confirm="checkout-production",
        )
        ana.api(
            "POST",
            f"/incidents/{name}/notices",
            stage="investigating",
            text="Carts fail.",
        )

        expect(ben.section("Mitigations")).to_contain_text("rolled back: True")
        expect(ben.section("The public")).to_contain_text("Carts fail.")
        assert ben.page.evaluate("window.isTheSamePage") is True
        assert ben.complaints == []


def test_telling_and_mitigating_by_keyboard(chromium: Browser, place: Place) -> None:
    with responding(chromium, place.server) as ana:
        page, name = ana.page, _grave(ana)
        page.goto(f"/incidents/{name}/notice")
        tab_to(ana, "Look at it first")
        submit(ana, "Enter")
        tab_to(ana, "Publish it to everybody")
        submit(ana, "Enter")
        expect(ana.section("The public")).to_contain_text("We are looking into")

        page.goto(f"/incidents/{name}/mitigations/roll-back")
        tab_to(ana, "To send it to production")
        page.keyboard.type("checkout-production")
        submit(ana, "Enter")
        expect(ana.section("Mitigations")).to_contain_text("rolled back: True")


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screens_are_legible_and_axe_has_nothing_against_them(
    chromium: Browser, place: Place, *, size: dict[str, int], scheme: Scheme
) -> None:
    with responding(chromium, place.server, size=size, scheme=scheme) as ana:
        name = _grave(ana)
        ana.api(
            "POST",
            f"/incidents/{name}/notices",
            stage="investigating",
            text="Carts fail.",
            components={"web": "major_outage"},
        )
        screens = [
            f"/incidents/{name}",
            f"/incidents/{name}?known_at=00:00Z",
            f"/incidents/{name}/notice",
            f"/incidents/{name}/mitigations/roll-back",
            "/changes",
        ]
        found: list[object] = []
        for path in screens:
            found += complaints(ana.page, path)
            found += [f for f in ana.page.evaluate(CONTRASTS) if f[1] < CONTRAST_MIN]
            found += ana.page.evaluate(SMALL_TARGETS, TOUCH_PIXELS_MIN)
            found += [f"{path} is too wide"] if ana.page.evaluate(WIDE) else []
        ana.page.goto(f"/incidents/{name}/notice")
        ana.page.get_by_label("What customers notice").fill("Our supplier failed.")
        ana.page.get_by_role("button", name="Look at it first").click()
        found += [f for f in ana.page.evaluate(CONTRASTS) if f[1] < CONTRAST_MIN]

        assert found == []
