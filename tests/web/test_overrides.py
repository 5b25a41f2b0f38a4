from tests.api.site import Site

URL = "/oncall/overrides"


def test_a_responder_takes_over_by_a_form_and_ends_it(home: Site) -> None:
    made = home.press(URL, "ben", schedule="primary", mode="replace", **{"for": "2h"})

    assert made.status == 200, made.text
    assert "override-1 is made." in made.text
    assert "Ben Okoro alone" in made.text
    assert "(Africa/Lagos)" in made.text
    listed = home.look(URL, "ana").text
    assert "End now" in listed
    assert "End now" not in home.look(URL, "cleo").text

    ended = home.press(f"{URL}/override-1/remove", "ana")

    assert "override-1 is ended." in ended.text
    assert "everybody is on call as the schedules say" in ended.text


def test_a_refused_form_comes_back_with_what_was_typed(home: Site) -> None:
    answer = home.press(
        URL, "ben", schedule="primary", mode="replace", **{"from": "sometime"}
    )

    assert answer.status == 422
    assert 'value="sometime"' in answer.text
    assert "is no time" in answer.text


def test_moving_somebody_else_is_refused_on_the_page(home: Site) -> None:
    answer = home.press(
        URL, "ben", schedule="primary", mode="replace", user="ana", until="20:00"
    )

    assert answer.status == 403
    assert "You can put yourself on call" in answer.text


def test_an_observer_sees_and_has_no_form(home: Site) -> None:
    shown = home.look(URL, "cleo")

    assert shown.status == 200
    assert "<form class=" not in shown.text.split("<main", 1)[1]
