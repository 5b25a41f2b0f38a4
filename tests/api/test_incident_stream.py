"""The stream of an incident: who may read it, and what it looks like."""

from tests.api.site import Site

PATH = "/api/v1/incidents/INC-1/stream"


def test_a_stream_says_what_it_is_and_is_never_stored(home: Site) -> None:
    home.post("/api/v1/incidents", {"title": "It broke"}, "ben")

    answer = home.get(PATH, "cleo")

    assert answer.status == 200
    assert answer.header("content-type").startswith("text/event-stream")
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-accel-buffering") == "no"
    assert answer.text == "retry: 1000\n\n"


def test_a_private_incident_streams_to_nobody_else(home: Site) -> None:
    body = {"title": "It broke", "is_private": True}
    home.post("/api/v1/incidents", body, "ben")

    assert home.get(PATH, "cleo").status == 404
    assert home.get(PATH, "ben").status == 200


def test_a_nonsensical_last_event_id_is_passed_over(home: Site) -> None:
    home.post("/api/v1/incidents", {"title": "It broke"}, "ben")
    headers = {**home.as_("cleo"), "last-event-id": "²nonsense"}

    answer = home.ask("GET", PATH, headers=headers)

    assert answer.status == 200
