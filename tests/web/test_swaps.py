import re
from html import unescape

import pytest
from tests.api.site import CONFIGURATION, Site

URL = "/oncall/swaps"
THIRD = CONFIGURATION.replace("role: observer", "role: responder").replace(
    "participants: [ana, ben]", "participants: [ana, ben, cleo]"
)


@pytest.fixture
def three(home: Site) -> Site:
    home.configure(THIRD)
    return home


def propose(home: Site) -> str:
    options = home.look(f"{URL}?schedule=primary", "ben").text
    legs = re.search(r'name="legs" value="([^"]+)"', options)
    assert legs is not None, options
    answer = home.press(
        URL, "ben", schedule="primary", legs=unescape(legs[1]), note="skiing"
    )
    assert answer.status == 200, answer.text
    return answer.text


def test_a_swap_is_found_proposed_and_agreed_by_plain_forms(three: Site) -> None:
    options = three.look(f"{URL}?schedule=primary", "ben").text
    assert "Your shift: Mon 19 Jan 2026" in options
    assert "A swap of two" in options
    assert "An even exchange; the shifts are 7 d apart." in options

    proposed = propose(three)
    assert "SWAP-1 is proposed." in proposed
    assert "Waits for Cleo Marsh" in proposed

    assert "I agree" in three.look("/oncall/covers", "cleo").text
    agreed = three.press(f"{URL}/SWAP-1/accept", "cleo")

    assert agreed.status == 303
    after = three.look(f"{URL}/SWAP-1?news=swap-accept", "cleo").text
    assert "Done: everybody agreed" in after


def test_a_no_ends_it_and_shows(three: Site) -> None:
    propose(three)

    three.press(f"{URL}/SWAP-1/decline", "cleo")

    assert "Declined by Cleo Marsh" in three.look(f"{URL}/SWAP-1", "ben").text
    late = three.press(f"{URL}/SWAP-1/accept", "cleo")
    assert late.status == 409


def test_without_a_schedule_it_lists_what_is_open_and_offers_the_choice(
    three: Site,
) -> None:
    propose(three)

    page = three.look(URL, "cleo").text

    assert "Ben Okoro proposes a swap" in page
    assert 'action="/oncall/swaps"' in page
    assert "no schedule" not in page


def test_now_shows_what_waits_for_the_readers_answer_until_it_is_given(
    three: Site,
) -> None:
    propose(three)

    now = three.look("/", "cleo").text
    assert "For you" in now
    assert f'href="{URL}/SWAP-1">Ben Okoro proposes a swap' in now
    assert "proposes a swap" not in three.look("/", "ben").text

    three.press(f"{URL}/SWAP-1/accept", "cleo")
    assert "proposes a swap" not in three.look("/", "cleo").text


def test_legs_that_were_not_offered_are_refused(three: Site) -> None:
    answer = three.press(URL, "ben", schedule="primary", legs="nonsense")

    assert answer.status == 422
    assert "choose one of the swaps that are shown" in answer.text


def test_a_shift_that_is_not_there_is_said_with_what_is(three: Site) -> None:
    shown = three.look(f"{URL}?schedule=primary&at=2026-01-20+12:00", "ana").text

    assert "ana has no whole shift on primary then" in shown
    missing = three.look(f"{URL}?schedule=nowhere", "ana")
    assert "no schedule" in missing.text
