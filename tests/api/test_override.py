from tests.api.site import Site

URL = "/api/v1/overrides"


def test_a_responder_takes_over_for_a_while_and_gives_it_back(home: Site) -> None:
    made = home.post(URL, {"schedule": "primary", "for": "2h"}, who="ben")

    assert made.status == 201, made.text
    item = made.json()
    assert (item["name"], item["user"], item["state"]) == (
        "override-1",
        "ben",
        "running",
    )
    assert (item["from"], item["until"]) == (
        "2026-01-14T17:04:00Z",
        "2026-01-14T19:04:00Z",
    )
    assert home.get(URL, who="cleo").json()["items"] == [item]
    duty = home.get("/api/v1/oncall", who="ben").json()["items"][0]
    assert (duty["users"], duty["override"]) == (["ben"], "override-1")

    ended = home.post(f"{URL}/override-1/remove", who="ana")

    assert ended.status == 200, ended.text
    duty = home.get("/api/v1/oncall", who="ben").json()["items"][0]
    assert duty["users"] == ["ana"]


def test_a_bad_time_is_refused_by_its_field(home: Site) -> None:
    asked = {"schedule": "primary", "until": "whenever"}

    answer = home.post(URL, asked, who="ben")

    assert answer.status == 422
    assert "until" in answer.text
    assert "whenever" in answer.text


def test_moving_somebody_else_needs_an_admin_or_lead(home: Site) -> None:
    asked = {"schedule": "primary", "user": "ana", "for": "2h"}

    answer = home.post(URL, asked, who="ben")

    assert answer.status == 403
    assert "put yourself on call" in answer.text
