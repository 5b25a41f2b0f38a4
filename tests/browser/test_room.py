"""The incident room as responders meet it: live, typed into, glanced at, by keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.browser.keyboard import FOCUSED, submit, tab_to
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
LIVE, LOST = "● Live", "Connection lost"
TYPED = "half a thought, not yet sent"
WIDE = "document.documentElement.scrollWidth > innerWidth"
STREAM = "**/stream?*"
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("room")) as running:
        yield running


@pytest.fixture
def ana(chromium: Browser, server: RunningServer) -> Iterator[Responder]:
    with responding(chromium, server) as responder:
        yield responder
        assert responder.complaints == []


@pytest.fixture
def ben(chromium: Browser, server: RunningServer) -> Iterator[Responder]:
    with responding(chromium, server, "ben") as responder:
        yield responder


# --- with JavaScript --------------------------------------------------------------


def test_a_title_is_enough_to_declare(ana: Responder) -> None:
    page = ana.page
    page.goto("/incidents")
    page.get_by_role("link", name="Declare an incident").click()
    expect(page.get_by_label("What is broken?")).to_be_focused()

    page.keyboard.type("Carts are empty")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Carts are empty")
    expect(page.get_by_text("Severity to be assessed").first).to_be_visible()
    expect(page.get_by_text("Ana Berger (you)")).to_be_visible()
    expect(ana.liveness).to_have_text(LIVE)
    assert ana.incident(ana.room)["commander"] == "ana"


def test_what_others_do_appears_without_a_reload(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("Search is slow")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    page.evaluate("window.isTheSamePage = true")

    ben.api("POST", f"/incidents/{name}/notes", text="the index is rebuilding")
    ben.api("POST", f"/incidents/{name}/severity", severity="SEV1")
    ben.api("POST", f"/incidents/{name}/roles", role="scribe")
    ben.api("POST", f"/incidents/{name}/tasks", title="Stop the rebuild")
    ben.api("POST", f"/incidents/{name}/mitigations", title="Fewer shards")
    ben.api("POST", f"/incidents/{name}/command", to="cleo")

    timeline = ana.section("Timeline")
    expect(timeline.get_by_text("the index is rebuilding")).to_be_visible()
    head = page.locator("main header")
    expect(head).to_contain_text("SEV1")
    expect(head).to_contain_text("Cleo Marsh")
    expect(head.locator("[aria-current=step]")).to_have_text("mitigate")
    expect(ana.section("Promises")).to_contain_text("Executives told")
    expect(ana.section("Roles")).to_contain_text("Scribe: Ben Okoro")
    expect(ana.section("Roles")).to_contain_text("Take command")
    expect(ana.section("Tasks")).to_contain_text("Stop the rebuild")
    expect(ana.section("Mitigations")).to_contain_text("Fewer shards")
    expect(ana.section("Severity")).to_contain_text("SEV1")
    expect(ana.section("Onward")).not_to_contain_text("Go on to mitigate")
    assert page.evaluate("window.isTheSamePage") is True


def test_what_is_typed_stays_while_the_room_moves(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("Payments time out")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    note = page.get_by_label("What did you see, try or decide?")
    how = page.get_by_label("The impact has stopped: how?")
    update = ana.unfold("Tell people inside", "Post an update").get_by_label(
        "How it stands"
    )
    declared = page.locator("#entry-1")
    declared.get_by_text("Entry 1", exact=True).click()
    correct = declared.get_by_label("Put it right")
    for field in (how, update, correct, note):
        field.fill(TYPED)
    note.press("End")

    for number in range(3):
        ben.api("POST", f"/incidents/{name}/notes", text=f"seen {number}")
        expect(
            ana.section("Timeline").get_by_text(f"seen {number}", exact=True)
        ).to_be_visible()

    for field in (note, how, update, correct):
        expect(field).to_have_value(TYPED)
    page.keyboard.type(", now sent")
    expect(note).to_have_value(f"{TYPED}, now sent")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(
        ana.section("Timeline").get_by_text(f"{TYPED}, now sent", exact=True)
    ).to_be_visible()
    expect(note).to_have_value("")


def test_a_form_moves_with_the_room_unless_somebody_is_at_it(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("Two at once")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    how = page.get_by_label("The impact has stopped: how?")
    how.fill(TYPED)

    ben.api("PATCH", f"/incidents/{name}", title="Two of them at once")
    ben.api("POST", f"/incidents/{name}/mitigated", reason="it stopped")

    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Go on to mitigate")).to_be_hidden()
    expect(how).to_have_value(TYPED)  # Nobody's words are thrown away.
    ana.unfold("Facts", "Put facts right").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two of them at once")
    assert ana.incident(name)["title"] == "Two of them at once"


def test_a_refused_press_keeps_what_was_typed_and_the_room_stays_live(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("Mails are late", severity="SEV1")
    page = ana.open_room(name).page
    ana.unfold("Severity", "Change it")
    page.get_by_label("SEV3").check()
    page.get_by_role("button", name="Change the severity").click()
    for refusal in page.get_by_role("alert").all():
        expect(refusal).to_contain_text("ay why it is no longer SEV1")
    expect(page.get_by_label("SEV3")).to_be_checked()
    expect(ana.liveness).to_have_text(LIVE)

    ben.api("POST", f"/incidents/{name}/notes", text="the queue drains")

    expect(ana.section("Timeline").get_by_text("the queue drains")).to_be_visible()
    expect(ana.liveness).to_have_text(LIVE)


def test_a_server_that_goes_and_comes_back_is_told_and_caught_up_with(
    ana: Responder, server: RunningServer
) -> None:
    name = ana.declare("The gateway restarts")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    note = page.get_by_label("What did you see, try or decide?")
    note.fill(TYPED)

    server.stop()
    expect(ana.liveness).to_contain_text(LOST)
    server.start()
    server.api("POST", f"/incidents/{name}/notes", {"text": "said meanwhile"})

    expect(ana.liveness).to_have_text(LIVE)
    expect(ana.section("Timeline").get_by_text("said meanwhile")).to_be_visible()
    expect(note).to_have_value(TYPED)


def test_a_proxy_that_refuses_for_a_while_is_tried_again(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("The proxy hiccups")
    page = ana.page
    page.route(STREAM, lambda route: route.fulfill(status=502, body="bad gateway"))
    ana.open_room(name)
    expect(ana.liveness).to_contain_text(LOST)

    page.unroute(STREAM)
    ben.api("POST", f"/incidents/{name}/notes", text="said behind the proxy")

    expect(ana.liveness).to_have_text(LIVE)
    expect(ana.section("Timeline").get_by_text("said behind the proxy")).to_be_visible()


def test_one_answer_that_is_lost_is_asked_for_again(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("A packet is lost")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    lost: list[str] = []

    def lose_one(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route(f"**/incidents/{name}", lose_one)
    ben.api("POST", f"/incidents/{name}/notes", text="arrives in the end")

    expect(ana.section("Timeline").get_by_text("arrives in the end")).to_be_visible()
    expect(ana.liveness).to_have_text(LIVE)
    assert len(lost) == 1


def test_who_is_signed_out_is_told_so(ana: Responder, ben: Responder) -> None:
    name = ana.declare("Sessions end")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    note = page.get_by_label("What did you see, try or decide?")
    note.fill(TYPED)

    page.context.clear_cookies()
    ben.api("POST", f"/incidents/{name}/notes", text="she cannot see this")

    expect(ana.liveness).to_have_text("You are signed out; reload this page")
    expect(ana.section("Timeline").get_by_text("she cannot see this")).to_be_hidden()
    expect(note).to_have_value(TYPED)


def test_the_whole_response_by_keyboard(ana: Responder) -> None:
    page = ana.page
    page.goto("/incidents/new")
    expect(page.get_by_label("What is broken?")).to_be_focused()
    page.keyboard.type("Keys only")
    submit(ana, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys only")

    tab_to(ana, "What did you see, try or decide?")
    page.keyboard.type("seen without a mouse")
    tab_to(ana, "Add")
    submit(ana, "Enter")
    expect(ana.section("Timeline").get_by_text("seen without a mouse")).to_be_visible()

    tab_to(ana, "Change it")
    page.keyboard.press("Enter")
    tab_to(ana, "SEV1")
    page.keyboard.press("ArrowDown")
    tab_to(ana, "Change the severity")
    submit(ana, "Enter")
    expect(ana.section("Severity")).to_contain_text("SEV2")

    tab_to(ana, "Take it")
    submit(ana, "Space")
    expect(ana.section("Roles")).to_contain_text("Operations: Ana Berger")

    tab_to(ana, "The impact has stopped: how?")
    page.keyboard.type("it went away")
    submit(ana, "Enter")
    tab_to(ana, "Resolve although")
    page.keyboard.press("Space")
    tab_to(ana, "Resolve")
    submit(ana, "Enter")
    expect(page.locator("[aria-current=step]")).to_have_text("learn")


def test_the_focus_stays_where_it_is_while_the_room_moves(
    ana: Responder, ben: Responder
) -> None:
    name = ana.declare("Somebody tabs through it")
    page = ana.open_room(name).page
    expect(ana.liveness).to_have_text(LIVE)
    tab_to(ana, "Entry 1")
    page.keyboard.press("Enter")

    ben.api("POST", f"/incidents/{name}/notes", text="look here")

    expect(ana.section("Timeline").get_by_text("look here")).to_be_visible()
    assert page.evaluate(FOCUSED) == ["Entry 1", True]
    correct = page.locator("#entry-1").get_by_label("Put it right")
    expect(correct).to_be_visible()  # What was opened stays open.


# --- without JavaScript -----------------------------------------------------------


@SIZES
def test_every_act_of_response_works_by_plain_forms(
    chromium: Browser, server: RunningServer, size: dict[str, int]
) -> None:
    with responding(chromium, server, size=size, is_scripted=False) as ana:
        name = _declares(ana)
        _assigns(ana, name)
        _tells(ana, name)
        _mitigates_and_resolves(ana, name)
        _learns_that_it_is_back(ana, name)
        assert ana.complaints == []


def _declares(ana: Responder) -> str:
    page = ana.page
    page.goto("/incidents/new")
    page.get_by_label("What is broken?").fill("Without a script")
    page.get_by_role("button", name="Declare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Without a script")
    expect(ana.liveness).to_be_hidden()  # Nothing claims to be live.
    ana.unfold("Severity", "Change it")
    page.get_by_label("SEV1").check()
    page.get_by_role("button", name="Change the severity").click()
    assert ana.incident(ana.room)["severity"] == "SEV1"
    return ana.room


def _assigns(ana: Responder, name: str) -> None:
    page, roles = ana.page, ana.section("Roles")
    lead = roles.get_by_role("listitem").filter(has_text="Communications lead")
    lead.get_by_role("button", name="Take it").click()
    scribe = roles.get_by_role("listitem").filter(has_text="Scribe:")
    scribe.get_by_text("What it means; name somebody").click()
    scribe.get_by_label("Who").select_option("Cleo Marsh")
    scribe.get_by_role("button", name="Name them").click()
    expect(roles).to_contain_text("Scribe: Cleo Marsh")
    lead.get_by_role("button", name="Give it back").click()

    ana.unfold("Roles", "Hand command over").get_by_label("To").select_option(
        "Ben Okoro"
    )
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("main header")).to_contain_text("Ben Okoro")
    assert ana.incident(name)["commander"] == "ben"
    page.get_by_role("button", name="Take command").click()

    found = ana.incident(name)
    held = {(role["role"], role["user"]) for role in found["roles"]}
    assert found["commander"] == "ana"
    assert ("scribe", "cleo") in held
    assert ("communications_lead", "ana") not in held


def _tells(ana: Responder, name: str) -> None:
    page = ana.page
    page.get_by_label("What did you see, try or decide?").fill("pool is full")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(ana.section("Timeline").get_by_text("pool is full")).to_be_visible()

    form = ana.unfold("Tell people inside", "Post an update")
    form.get_by_label("Whom").select_option("stakeholders")
    form.get_by_label("How it stands").fill("we drain the pool")
    form.get_by_label("Next update in").fill("20")
    form.get_by_role("button", name="Post the update").click()
    expect(ana.section("Timeline")).to_contain_text(
        "Update to stakeholders (Cleo Marsh): we drain the pool"
    )

    tasks = ana.unfold("Tasks", "Add a task")
    tasks.get_by_label("Something to do").fill("Drain it")
    tasks.get_by_label("Whose").select_option("Ben Okoro")
    tasks.get_by_role("button", name="Add the task").click()
    tasks.get_by_role("button", name="Mine").click()
    tasks.get_by_role("button", name="Done").click()
    (task,) = ana.incident(name)["tasks"]
    assert (task["title"], task["assignee"]) == ("Drain it", "ana")
    assert task["done_at"] is not None


def _mitigates_and_resolves(ana: Responder, name: str) -> None:
    page = ana.page
    section = ana.unfold("Mitigations", "Record one done by hand")
    section.get_by_label("What is tried").fill("Drain the pool")
    section.get_by_label("What kind").select_option("shed load")
    section.get_by_role("button", name="Record it").click()
    assert ana.incident(name)["stage"] == "mitigate"
    section.get_by_role("button", name="It worked").click()
    found = ana.incident(name)
    assert found["mitigations"][0]["outcome"] == "worked"
    assert found["stage"] == "resolve"

    onward = ana.section("Onward")
    onward.get_by_label("Full recovery is confirmed").fill("ten quiet minutes")
    onward.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert").first).to_contain_text("till owed")
    assert ana.incident(name)["stage"] == "resolve"
    expect(onward.get_by_label("Full recovery is confirmed")).to_have_value(
        "ten quiet minutes"
    )
    onward.get_by_label("Resolve although this is still owed").check()
    onward.get_by_role("button", name="Resolve").click()
    found = ana.incident(name)
    assert (found["stage"], found["ending"]) == ("learn", "resolved")


def _learns_that_it_is_back(ana: Responder, name: str) -> None:
    onward = ana.unfold("Onward", "It came back")
    onward.get_by_label("What is seen").fill("the pool fills again")
    onward.get_by_role("button", name="Reopen, and command it").click()
    assert ana.incident(name)["is_responding"]
    section = ana.unfold("Onward", "It was no incident")
    section.get_by_label("Why").fill("a drill")
    section.get_by_role("button", name="Decline").click()
    assert ana.incident(name)["ending"] == "declined"


# --- at a glance ------------------------------------------------------------------

LONG = "Checkout answers 500 for every third cart in the EU since the last deploy"
IS_SEEN = """(e) => {
  const box = e.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + 3, box.y + box.height / 2);
  return e.contains(seen);
}"""
Prepare = Callable[[Responder], str]


def _told(ana: Responder) -> str:
    """A grave incident, told of: the next update is due."""
    name = ana.declare(LONG, severity="SEV1", service="checkout")
    ana.api("POST", f"/incidents/{name}/roles", role="scribe", user="cleo")
    ana.api("POST", f"/incidents/{name}/notes", text="carts above 3 items fail")
    ana.api(
        "POST", f"/incidents/{name}/updates", text="we roll back", audience="executives"
    )
    ana.api("POST", f"/incidents/{name}/mitigations", title="Roll back to 4.1")
    ana.api("POST", f"/incidents/{name}/tasks", title="Call the bank", assignee="ben")
    return name


def _unassessed(ana: Responder) -> str:
    return ana.declare("Something smells")


def _over(ana: Responder) -> str:
    name = _told(ana)
    ana.api("POST", f"/incidents/{name}/mitigated", reason="rolled back")
    ana.api("POST", f"/incidents/{name}/resolve", despite_obligations=True)
    return name


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_how_bad_and_when_next_are_in_the_first_screen(
    chromium: Browser,
    server: RunningServer,
    tmp_path: Path,
    *,
    size: dict[str, int],
    scheme: Scheme,
) -> None:
    with responding(chromium, server, size=size, scheme=scheme) as ana:
        for prepare, severity, word in (
            (_told, "SEV1", "Public notice due"),
            (_unassessed, "Severity to be assessed", "none promised"),
            (_over, "SEV1", "it is over"),
        ):
            page = ana.open_room(prepare(ana)).page
            kind = prepare.__name__.strip("_")
            shot = f"{kind}-{size['width']}-{scheme}"
            page.screenshot(path=tmp_path / f"{shot}.png")
            page.screenshot(path=tmp_path / f"{shot}-whole.png", full_page=True)

            head = page.locator("main header")
            answers = {
                "how bad": head.get_by_text(severity).first,
                "who": head.get_by_text("Ana Berger"),
                "when next": head.get_by_text(word),
            }
            assert page.evaluate("scrollY") == 0
            for question, answer in answers.items():
                box = answer.bounding_box()
                assert box is not None, (shot, question)
                assert box["y"] >= 0, (shot, question, box)
                assert box["y"] + box["height"] <= size["height"], (shot, question, box)
                assert box["x"] + box["width"] <= size["width"], (shot, question, box)
                assert answer.evaluate(IS_SEEN), (shot, question, "something covers it")
            assert not page.evaluate(WIDE), f"{shot} scrolls sideways"
            contrasts = page.evaluate(CONTRASTS)
            assert len(contrasts) > 40
            assert [faint for faint in contrasts if faint[1] < CONTRAST_MIN] == []
            assert page.evaluate(SMALL_TARGETS, TOUCH_PIXELS_MIN) == []
        assert ana.complaints == []


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_against_the_room(
    chromium: Browser, server: RunningServer, *, size: dict[str, int], scheme: Scheme
) -> None:
    with responding(chromium, server, size=size, scheme=scheme) as ana:
        names = [prepare(ana) for prepare in (_told, _unassessed, _over)]
        screens = ["/incidents", "/incidents/new"]
        screens += [f"/incidents/{name}" for name in names]

        found = [wrong for path in screens for wrong in complaints(ana.page, path)]

        assert found == []
