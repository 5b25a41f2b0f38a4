from datetime import timedelta

from tests.api.site import Site

URL = "/oncall/covers"


def ask(home: Site, **form: str) -> str:
    answer = home.press(URL, "ana", schedule="primary", **form)
    assert answer.status == 200, answer.text
    return answer.text


def test_cover_is_asked_and_taken_by_plain_forms(home: Site) -> None:
    asked = ask(home, **{"from": "22:00", "for": "8h", "note": "a train"})
    assert "COV-1 is asked." in asked
    assert "Asked: Ben Okoro." in asked

    theirs = home.look(f"{URL}/COV-1", "ben").text
    assert "I take it" in theirs
    assert "a train" in theirs
    assert "I take it" in home.look(URL, "ben").text
    taken = home.press(f"{URL}/COV-1/accept", "ben")

    assert taken.status == 303
    assert taken.header("location") == f"{URL}/COV-1?news=cover-accept"
    after = home.look(f"{URL}/COV-1?news=cover-accept", "ben").text
    assert "You are on call then" in after
    assert "Taken by Ben Okoro" in after
    assert "I take it" not in after
    home.clock.move(timedelta(hours=6))
    assert "Ben Okoro" in home.look("/oncall", "ana").text


def test_now_shows_a_request_to_those_it_asks(home: Site) -> None:
    ask(home)

    assert "Cover for Ana Berger" in home.look("/", "ben").text
    assert "Cover for Ana Berger" not in home.look("/", "ana").text


def test_who_comes_too_late_is_told_on_the_page(home: Site) -> None:
    ask(home)
    home.press(f"{URL}/COV-1/withdraw", "ana")

    late = home.press(f"{URL}/COV-1/accept", "ben")

    assert late.status == 409
    assert "COV-1 was withdrawn by ana" in late.text


def test_a_refused_ask_keeps_what_was_typed(home: Site) -> None:
    answer = home.press(URL, "ben", schedule="primary", note="a train", **{"for": "2h"})

    assert answer.status == 422
    assert "ben is not on call" in answer.text
    assert 'value="a train"' in answer.text


def test_only_those_asked_have_the_button(home: Site) -> None:
    ask(home)

    assert "Withdraw" in home.look(f"{URL}/COV-1", "ana").text
    assert "I take it" not in home.look(f"{URL}/COV-1", "ana").text
    assert "I take it" not in home.look(f"{URL}/COV-1", "cleo").text
    assert home.press(f"{URL}/COV-1/dance", "ben").status == 404
