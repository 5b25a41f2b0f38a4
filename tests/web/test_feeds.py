"""Calendar addresses in the console: made by a form, shown once, closed by a form."""

import re

from icalendar import Calendar
from tests.api.site import Site

PLACE = "/oncall/feeds"


def _url(text: str) -> str:
    found = re.search(r"https://handrail\.test(/ical/[\w-]+\.ics)", text)
    assert found is not None
    return found.group(1)


def test_the_on_call_page_leads_to_the_feeds(home: Site) -> None:
    assert f'href="{PLACE}"' in home.look("/oncall", "cleo").text


def test_ones_own_feed_is_made_by_a_form_and_its_address_shown_once(
    home: Site,
) -> None:
    made = home.press(PLACE, "ben", of="-")

    feed = Calendar.from_ical(home.get(_url(made.text)).body)
    assert str(feed["x-wr-calname"]) == "On call: Ben Okoro"
    assert "webcal://handrail.test/ical/" in made.text
    again = home.look(PLACE, "ben").text
    assert "Shifts of Ben Okoro" in again
    assert "/ical/" not in again


def test_a_schedules_feed_is_made_by_its_name(home: Site) -> None:
    made = home.press(PLACE, "operator", of="primary")

    feed = Calendar.from_ical(home.get(_url(made.text)).body)
    assert feed.calendar_name == r"On call: Payments\, primary"


def test_a_feed_of_nothing_is_refused_in_the_page(home: Site) -> None:
    refused = home.press(PLACE, "ben", of="nope")

    assert refused.status == 422
    assert "there is no schedule nope" in refused.text


def test_an_address_is_replaced_and_closed_by_forms(home: Site) -> None:
    old = _url(home.press(PLACE, "ben", of="-").text)
    action = re.search(rf"{PLACE}/[\w-]+/rotate", home.look(PLACE, "ben").text)
    assert action is not None

    new = _url(home.press(action.group(), "ben").text)
    assert (home.get(old).status, home.get(new).status) == (404, 200)
    action = re.search(rf"{PLACE}/[\w-]+/revoke", home.look(PLACE, "ben").text)
    assert action is not None
    closed = home.press(action.group(), "ben")

    assert closed.header("location") == f"{PLACE}?news=feed-revoked"
    assert home.get(new).status == 404
