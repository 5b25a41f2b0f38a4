"""Incidents over HTTP: declared once, listed, looked at as they are and were."""

from datetime import timedelta

from tests.api.site import Site

TITLE = {"title": "Checkout is down"}


def test_a_title_is_enough_and_the_asker_commands(home: Site) -> None:
    answer = home.post("/api/v1/incidents", TITLE, "ben")

    told = answer.json()
    assert answer.status == 201
    assert (told["name"], told["commander"], told["stage"]) == (
        "INC-1",
        "ben",
        "triage",
    )
    assert told["severity"] is None
    assert told["url"] == "https://handrail.test/incidents/INC-1"
    assert told["next_owed"]["kind"] == "severity_assessed"
    assert told["next_owed"]["seconds_left"] > 0


def test_a_declaration_sent_again_under_its_key_is_the_same_incident(
    home: Site,
) -> None:
    body = b'{"title": "Checkout is down"}'
    headers = {
        **home.as_("ben"),
        "content-type": "application/json",
        "idempotency-key": "from-a-script-7",
    }

    first = home.ask("POST", "/api/v1/incidents", headers=headers, body=body)
    again = home.ask("POST", "/api/v1/incidents", headers=headers, body=body)

    assert first.status == again.status == 201
    assert first.json()["id"] == again.json()["id"]
    assert len(home.get("/api/v1/incidents", "ben").json()["items"]) == 1


def test_a_page_says_what_the_declarer_does_not(home: Site) -> None:
    home.signal("Checkout fails")
    page = home.page()
    home.clock.move(timedelta(minutes=3))

    told = home.post("/api/v1/incidents", {"page_id": page.id}, "ben").json()

    assert told["title"] == "Checkout fails"
    assert told["service"] == "checkout"
    assert told["severity"] == page.severity
    assert told["detected_by"] == "monitoring"
    assert told["detected_at"] == "2026-01-14T17:04:00Z"
    assert told["alert_id"] == page.alert_id


def test_a_page_that_is_not_there_declares_nothing(home: Site) -> None:
    answer = home.post("/api/v1/incidents", {"page_id": "nope"}, "ben")

    assert answer.status == 404
    assert home.get("/api/v1/incidents?state=all", "ben").json()["items"] == []


def test_without_a_title_nothing_is_declared(home: Site) -> None:
    answer = home.post("/api/v1/incidents", {"title": "  "}, "ben")

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == "title"


def test_incidents_are_listed_by_number_a_stretch_at_a_time(home: Site) -> None:
    for title in ("One", "Two", "Three"):
        home.post("/api/v1/incidents", {"title": title}, "ben")
    home.post("/api/v1/incidents/INC-2/decline", {"reason": "a test"}, "ben")

    first = home.get("/api/v1/incidents?state=all&limit=2", "cleo").json()
    rest = home.get(
        f"/api/v1/incidents?state=all&limit=2&before={first['next']}", "cleo"
    ).json()
    running = home.get("/api/v1/incidents", "cleo").json()

    assert [i["name"] for i in first["items"]] == ["INC-3", "INC-2"]
    assert ([i["name"] for i in rest["items"]], rest["next"]) == (["INC-1"], None)
    assert [i["name"] for i in running["items"]] == ["INC-3", "INC-1"]


def test_an_incident_is_found_by_number_and_id_too(home: Site) -> None:
    told = home.post("/api/v1/incidents", TITLE, "ben").json()

    found = [
        home.get(f"/api/v1/incidents/{name}", "cleo").json()["name"]
        for name in ("inc-1", "1", told["id"])
    ]

    assert found == ["INC-1"] * 3


def test_an_incident_is_told_as_it_was_known(home: Site) -> None:
    home.post("/api/v1/incidents", TITLE, "ben")
    home.clock.move(timedelta(minutes=5))
    home.post("/api/v1/incidents/INC-1/severity", {"severity": "SEV1"}, "ben")

    before = home.get("/api/v1/incidents/INC-1?known_at=2026-01-14T17:06:00Z", "cleo")
    never = home.get("/api/v1/incidents/INC-1?known_at=2026-01-14T17:00:00Z", "cleo")
    local = home.get("/api/v1/incidents/INC-1?known_at=2026-01-14T17:00:00", "cleo")

    assert before.json()["severity"] is None
    assert never.status == 404
    assert local.status == 422


def test_a_private_incident_is_not_there_for_others(home: Site) -> None:
    home.post("/api/v1/incidents", {**TITLE, "is_private": True}, "ben")
    paths = (
        "/api/v1/incidents/INC-1",
        "/api/v1/incidents/INC-1/timeline",
        "/api/v1/incidents/INC-1/obligations",
        "/api/v1/incidents/INC-1/evidence/x",
    )

    hidden = [home.get(path, "cleo").status for path in paths]
    listed = home.get("/api/v1/incidents?state=all", "cleo").json()["items"]

    assert hidden == [404] * len(paths)
    assert listed == []
    assert home.get(paths[0], "ben").status == 200
    assert home.get(paths[0], "ana").status == 200


def test_promises_count_down(home: Site) -> None:
    home.post("/api/v1/incidents", {**TITLE, "severity": "SEV1"}, "ben")
    before = home.get("/api/v1/incidents/INC-1/obligations", "cleo").json()["items"]
    home.clock.move(timedelta(minutes=2))

    after = home.get("/api/v1/incidents/INC-1/obligations", "cleo").json()["items"]

    assert before
    assert [o["seconds_left"] - 120 for o in before] == [
        o["seconds_left"] for o in after
    ]
