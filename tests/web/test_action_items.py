"""Action items by plain forms: whose, until when, and closed with what."""

from datetime import timedelta
from typing import Any

import pytest
from tests.api.site import Answer, Site
from tests.web.responding import resolved

from handrail.core.postmortem.action_item import ActionItem


@pytest.fixture
def learning(home: Site) -> str:
    return resolved(home)


def add(home: Site, name: str, **plan: str) -> Answer:
    said: dict[str, Any] = {"title": "Alert on pool use", **plan}
    return home.press(f"/postmortems/{name}/item-add", "ana", **said)


def press(home: Site, act: str, who: str = "ana", **form: str) -> Answer:
    return home.press(f"/action-items/ACT-1/{act}", who, **form)


def item(home: Site) -> ActionItem:
    found = home.store.read(lambda tx: tx.action_item.by_number(1))
    assert found is not None
    return found


def test_overdue_ones_come_first_and_ones_own_can_be_had(
    home: Site, learning: str
) -> None:
    add(home, learning, title="Someday", owner="ben")
    add(home, learning, title="Next week", owner="ana", due_on="2026-01-21")
    add(home, learning, title="Long due", owner="ana", due_on="2026-01-15")
    home.clock.move(timedelta(days=3))

    everybody = home.look("/action-items", "ana").text
    mine = home.look("/action-items?whose=mine", "ana").text

    order = [everybody.index(t) for t in ("Long due", "Next week", "Someday")]
    assert order == sorted(order)
    assert "overdue" in everybody
    assert "Next week" in mine
    assert "Someday" not in mine


def test_now_shows_what_is_the_readers_to_do(home: Site, learning: str) -> None:
    add(home, learning, owner="ana", due_on="2026-01-15")

    now = home.look("/", "ana").text

    assert "For you" in now
    assert "ACT-1 Alert on pool use" in now
    assert f'href="/postmortems/{learning}"' in now  # The postmortem is hers, too.
    assert "Postmortem published due" in now
    assert "For you" not in home.look("/", "cleo").text


def test_the_plan_is_changed_as_a_whole(home: Site, learning: str) -> None:
    add(home, learning)

    done = press(
        home,
        "change",
        title="Alert on pool use",
        category="detection",
        owner="ben",
        due_on="2026-02-01",
        link="https://tracker.example.org/7",
        mechanism="alert rules",
        check="an alert in the drill",
        version="1",
    )

    assert done.header("location") == "/action-items/ACT-1?news=item-change"
    plan = item(home).plan
    assert (plan.owner, plan.category) == ("ben", "detection")
    shown = home.look("/action-items/ACT-1", "cleo").text
    assert "Sun 01 Feb 2026" in shown
    assert 'href="https://tracker.example.org/7"' in shown
    assert "an alert in the drill" in shown
    assert 'method="post" action="/action-items' not in shown


def test_two_who_change_a_plan_see_both(home: Site, learning: str) -> None:
    add(home, learning)
    press(home, "change", title="Ana's title", version="1")

    late = press(home, "change", "ben", title="Ben's title", owner="ben", version="1")

    assert late.status == 409
    assert "Ana&#39;s title</h1>" in late.text
    assert 'value="Ben&#39;s title"' in late.text
    assert '<option value="ben" selected>' in late.text
    assert item(home).plan.title == "Ana's title"
    assert press(home, "change", "ben", title="Ben's title", version="2").status == 303


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"title": " "}, "has no title"),
        ({"title": "x", "due_on": "soon"}, "write it like 2026-12-31"),
        ({"title": "x", "category": "blame"}, "choose a category"),
        ({"title": "x", "link": "tracker 7"}, "must begin with https"),
        ({"title": "x", "owner": "nobody"}, "there is no user"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused_at_its_form(
    home: Site, learning: str, form: dict[str, str], why: str
) -> None:
    add(home, learning)

    on_the_page = press(home, "change", version="1", check="kept check", **form)
    added = add(home, learning, check="kept check", **form)

    for answer in (on_the_page, added):
        assert answer.status == 422
        assert why.casefold() in answer.text.casefold()
        assert 'value="kept check"' in answer.text


def test_it_is_done_only_with_what_the_check_gave(home: Site, learning: str) -> None:
    add(home, learning, check="an alert in the drill")

    bare = press(home, "done", result=" ")
    press(home, "done", result="it rang after 40 s")

    assert bare.status == 422
    assert "Say what the check of ACT-1 gave: an alert in the drill" in bare.text
    assert (item(home).state, item(home).outcome) == ("done", "it rang after 40 s")
    shown = home.look("/action-items?show=all", "cleo").text
    assert "it rang after 40 s" in shown
    assert "ACT-1" not in home.look("/action-items", "cleo").text


def test_it_is_waived_with_a_reason_and_opened_again(home: Site, learning: str) -> None:
    add(home, learning)

    bare = press(home, "waive", reason=" ")
    press(home, "waive", reason="the pool is gone")
    waived = item(home).state
    press(home, "reopen", reason="it came back")

    assert bare.status == 422
    assert waived == "waived"
    assert item(home).is_open


def test_it_moves_with_a_link(home: Site, learning: str) -> None:
    add(home, learning)

    bare = press(home, "move", reason="kept reason")
    press(home, "move", link="https://tracker.example.org/7")

    assert bare.status == 422
    assert 'value="kept reason"' in bare.text
    assert item(home).state == "moved"


def test_an_observer_changes_nothing(home: Site, learning: str) -> None:
    add(home, learning)

    assert press(home, "done", "cleo", result="x").status == 403
    assert press(home, "nothing").status == 404
