from datetime import timedelta

from tests.api.site import CONFIGURATION, Site

COVERS, SWAPS = "/api/v1/covers", "/api/v1/swaps"
THIRD = CONFIGURATION.replace("role: observer", "role: responder").replace(
    "participants: [ana, ben]", "participants: [ana, ben, cleo]"
)


def test_a_cover_request_is_asked_seen_and_taken(home: Site) -> None:
    asked = home.post(
        COVERS,
        {"schedule": "primary", "from": "22:00", "until": "06:00", "note": "a train"},
        who="ana",
    )

    assert asked.status == 201, asked.text
    item = asked.json()
    assert (item["name"], item["asked"], item["state"]) == ("COV-1", ["ben"], "open")
    assert (item["from"], item["until"]) == (
        "2026-01-14T21:00:00Z",
        "2026-01-15T05:00:00Z",
    )
    assert item["url"] == "https://handrail.test/oncall/covers/COV-1"
    assert home.get(COVERS, who="cleo").json()["items"][0]["note"] == "a train"

    taken = home.post(f"{COVERS}/COV-1/accept", who="ben")

    assert taken.status == 200, taken.text
    assert (taken.json()["covered_by"], taken.json()["override"]) == (
        "ben",
        "override-1",
    )
    assert home.get(COVERS, who="ben").json()["items"] == []
    again = home.post(f"{COVERS}/COV-1/withdraw", who="ana")
    assert again.status == 409


def test_an_observer_answers_nothing(home: Site) -> None:
    home.post(COVERS, {"schedule": "primary"}, who="ana")

    assert home.post(f"{COVERS}/COV-1/accept", who="cleo").status == 403


def test_a_swap_is_found_proposed_and_made(home: Site) -> None:
    home.configure(THIRD)
    found = home.get("/api/v1/swap-options?schedule=primary", who="ben").json()
    assert found["shift"]["from"] == "2026-01-19T08:00:00Z"
    best = found["options"][0]
    assert "cleo takes ben's shift on Payments, primary" in best["words"][0]

    made = home.post(SWAPS, {"legs": best["legs"], "note": "skiing"}, who="ben")

    assert made.status == 201, made.text
    assert (made.json()["name"], made.json()["awaits"]) == ("SWAP-1", ["cleo"])
    done = home.post(f"{SWAPS}/SWAP-1/accept", who="cleo")
    assert done.json()["state"] == "done", done.text
    home.clock.move(timedelta(days=7))
    duty = home.get("/api/v1/oncall", who="ben").json()["items"][0]
    assert duty["users"] == ["cleo"]


def test_legs_without_an_offset_are_refused(home: Site) -> None:
    leg = {
        "schedule": "primary",
        "gives": "ana",
        "takes": "ben",
        "from": "2026-01-19T09:00:00",
        "until": "2026-01-26T09:00:00",
    }

    answer = home.post(SWAPS, {"legs": [leg, leg]}, who="ana")

    assert answer.status == 422
    assert "offset" in answer.text
