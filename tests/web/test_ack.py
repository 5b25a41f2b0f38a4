"""The acknowledge link: looking never acts, pressing does, for one page only."""

import base64
import hashlib
import re
from datetime import timedelta

import pytest
from tests.api.site import CONFIGURATION, Site

from handrail.core import limits
from handrail.core.alert.signal import SignalAction
from handrail.core.paging.page import PageState
from handrail.usecases import paging

BYTES_MAX = 3 * 1024


def _entry(text: str) -> str:
    found = re.search(r'name="entry" value="([^"]*)"', text)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_hundred_looks_do_not_acknowledge(home: Site, method: str) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)

    for _ in range(100):
        assert home.ask(method, link).status == 200

    assert home.reread(page.id) == page


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_other_method_acts(home: Site, method: str) -> None:
    home.signal()
    page = home.page()

    answer = home.ask(method, home.link(page.id))

    assert answer.status == 405
    assert home.reread(page.id) == page


def test_one_press_acknowledges_as_the_person_paged(home: Site) -> None:
    home.signal()
    page = home.page()

    answer = home.press(home.link(page.id, "ana"), do="acknowledge")

    after = home.reread(page.id)
    assert answer.status == 200
    assert "It is yours" in answer.text
    assert (after.state, after.acknowledged_by) == (PageState.ACKNOWLEDGED, "ana")


def test_a_bare_post_without_any_browser_header_acknowledges(home: Site) -> None:
    home.signal()
    page = home.page()

    answer = home.ask("POST", home.link(page.id))

    assert answer.status == 200
    assert home.reread(page.id).acknowledged_by == "ana"


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
def test_it_works_from_any_mail_programs_browser(home: Site, origin: str) -> None:
    home.signal()
    page = home.page()

    answer = home.press(home.link(page.id), origin=origin)

    assert answer.status == 200


def test_no_cookie_is_read_or_set(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id, "ben")

    shown = home.look(link, "ana")
    pressed = home.press(link, "ana")

    assert shown.header("set-cookie") == pressed.header("set-cookie") == ""
    assert home.reread(page.id).acknowledged_by == "ben"


def test_the_record_names_the_person_and_the_way(home: Site) -> None:
    home.signal()
    page = home.page()

    home.press(home.link(page.id, "ben"))

    events = home.store.read(lambda tx: tx.event.read(f"page:{page.id}"))
    assert events[-1].actor == "user:ben"
    assert '"via":"link"' in events[-1].payload


def test_a_channels_link_acknowledges_without_a_person(home: Site) -> None:
    home.signal()
    page = home.page()

    home.press(home.link(page.id, None))

    after = home.reread(page.id)
    assert (after.state, after.acknowledged_by) == (PageState.ACKNOWLEDGED, "somebody")


def test_a_token_for_one_page_does_nothing_to_another(home: Site) -> None:
    home.signal("First")
    first = home.page()
    home.signal("Second")
    second = home.page()
    forged = home.link(first.id).replace(first.id, second.id)

    answer = home.press(forged)

    assert answer.status == 404
    assert home.reread(first.id).state is PageState.OPEN
    assert home.reread(second.id).state is PageState.OPEN


@pytest.mark.parametrize("place", range(4, 40, 7))
def test_a_changed_token_grants_nothing(home: Site, place: int) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)
    letter = "A" if link[place] != "A" else "B"

    answer = home.press(link[:place] + letter + link[place + 1 :])

    assert answer.status == 404
    assert "Sign in" in answer.text
    assert home.reread(page.id).state is PageState.OPEN


def test_an_expired_link_says_so_and_points_to_signing_in(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)
    home.clock.move(limits.ACK_LINK_LIFE + timedelta(seconds=1))

    answer = home.press(link)

    assert answer.status == 410
    assert "expired" in answer.text
    assert 'href="/"' in answer.text
    assert home.reread(page.id).state is PageState.OPEN


def test_the_link_of_somebody_who_left_grants_nothing(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id, "cleo")
    without = CONFIGURATION.replace("name: cleo", "name: dora")
    home.configure(without.replace("user:cleo", "user:dora"))

    answer = home.press(link)

    assert answer.status == 410
    assert home.reread(page.id).state is PageState.OPEN


def test_pressing_twice_is_as_good_as_once(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)

    answers = [home.press(link) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert home.reread(page.id).sequence == page.sequence + 1


def test_who_comes_second_is_told_who_has_it(home: Site) -> None:
    home.signal()
    page = home.page()
    home.press(home.link(page.id, "ben"))

    shown = home.look(home.link(page.id, "ana"))
    pressed = home.press(home.link(page.id, "ana"))

    assert "Ben Okoro has it since" in shown.text
    assert "<button" not in shown.text
    assert pressed.status == 409
    assert "Ben Okoro has it since" in pressed.text
    assert home.reread(page.id).acknowledged_by == "ben"


def test_it_says_who_is_paged_next_and_when_in_the_readers_zone(home: Site) -> None:
    home.signal()

    answer = home.look(home.link(home.page().id, "ana"))

    assert "If nobody answers, Ben Okoro is told at" in answer.text
    assert "18:09 CET" in answer.text
    assert 'title="2026-01-14 17:09:00 UTC"' in answer.text
    assert "SEV1" in answer.text
    assert "checkout" in answer.text


def test_passing_on_tells_the_next_level_at_once(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)
    entry = _entry(home.look(link).text)

    answer = home.press(link, do="escalate", entry=entry)

    after = home.reread(page.id)
    assert "Passed on" in answer.text
    assert (after.state, after.level) == (PageState.OPEN, 1)


def test_a_second_tap_does_not_pass_on_twice(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)
    entry = _entry(home.look(link).text)
    home.press(link, do="escalate", entry=entry)
    once = home.reread(page.id)

    answer = home.press(link, do="escalate", entry=entry)

    assert answer.status == 409
    assert home.reread(page.id) == once


def test_a_resolved_page_says_that_nothing_is_left(home: Site) -> None:
    home.signal()
    page = home.page()
    home.signal(action=SignalAction.RESOLVE)

    shown = home.look(home.link(page.id))
    pressed = home.press(home.link(page.id))

    assert "Nothing is left to do" in shown.text
    assert "<button" not in shown.text
    assert pressed.status == 409


def test_an_exhausted_page_can_still_be_taken(home: Site) -> None:
    home.signal()
    page = home.page()
    link = home.link(page.id)
    while home.reread(page.id).state is PageState.OPEN:
        home.clock.move(timedelta(minutes=1))
        home.advance()

    shown = home.look(link)
    pressed = home.press(link)

    assert "You can still take it" in shown.text
    assert pressed.status == 200
    assert home.reread(page.id).acknowledged_by == "ana"


@pytest.mark.parametrize(
    "title",
    [
        "Checkout fails",
        "x" * 1024,
        "<script>alert(1)</script>" * 40,
        "💥" * 1024,
        '"&<>' * 256,
        "",
    ],
)
def test_the_whole_answer_fits_in_3_kb_and_is_inert(home: Site, title: str) -> None:
    home.signal(title or " ")
    page = home.page()

    shown = home.look(home.link(page.id))
    pressed = home.press(home.link(page.id))

    for answer in (shown, pressed):
        assert len(answer.body) <= BYTES_MAX
        assert "<script" not in answer.text


def test_the_policy_allows_its_own_style_and_nothing_else(home: Site) -> None:
    home.signal()

    answer = home.look(home.link(home.page().id))

    style = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policy = answer.header("content-security-policy")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("cache-control") == "no-store"


def test_nothing_else_is_loaded(home: Site) -> None:
    home.signal()

    text = home.look(home.link(home.page().id)).text

    assert not re.search(
        r"<(script|link|img|iframe|object)|url\(|@import| on\w+=", text
    )


def test_a_stale_alert_is_said_not_to_be_well(home: Site) -> None:
    home.signal()
    page = home.page()
    home.store.run(lambda tx: paging.note_expiry(tx, page.id, ids=home.ids))

    assert "does not mean it recovered" in home.look(home.link(page.id)).text
