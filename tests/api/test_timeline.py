"""An incident's record over HTTP."""

from datetime import timedelta

import pytest
from tests.api.site import Answer, Site

PATH = "/api/v1/incidents/INC-1"


@pytest.fixture
def declared(home: Site) -> Site:
    assert home.post("/api/v1/incidents", {"title": "It broke"}, "ben").status == 201
    return home


def _write(home: Site, what: str, data: object) -> Answer:
    return home.post(f"{PATH}/{what}", data, "ben")


def test_a_note_keeps_both_times_and_its_words(declared: Site) -> None:
    declared.clock.move(timedelta(minutes=10))

    _write(declared, "notes", {"text": "5xx on carts", "at": "2026-01-14T17:05:00Z"})

    entry = declared.get(f"{PATH}/timeline", "cleo").json()["items"][-1]
    assert (entry["words"], entry["actor"]) == ("5xx on carts", "token:test")
    assert entry["occurred_at"] == "2026-01-14T17:05:00Z"
    assert entry["recorded_at"] == "2026-01-14T17:14:00Z"


def test_entries_come_a_stretch_at_a_time(declared: Site) -> None:
    for text in ("a", "b", "c"):
        _write(declared, "notes", {"text": text})

    first = declared.get(f"{PATH}/timeline?limit=2", "cleo").json()
    rest = declared.get(f"{PATH}/timeline?after={first['next']}", "cleo").json()

    numbers = [e["sequence"] for e in (*first["items"], *rest["items"])]
    assert len(first["items"]) == 2
    assert numbers == list(range(1, len(numbers) + 1))
    assert rest["next"] is None


def test_voices_are_told_apart(declared: Site) -> None:
    _write(declared, "notes", {"text": "seen"})
    _write(declared, "updates", {"text": "we are on it"})

    kinds = {
        voice: {
            e["kind"]
            for e in declared.get(f"{PATH}/timeline?kind={voice}", "cleo").json()[
                "items"
            ]
        }
        for voice in ("human", "machine", "comms")
    }

    assert kinds["human"] == {"incident_declared", "note_added"}
    assert kinds["machine"] == {"obligations_added"}
    assert kinds["comms"] == {"update_posted"}


def test_what_was_told_later_was_not_known(declared: Site) -> None:
    declared.clock.move(timedelta(minutes=10))
    _write(declared, "notes", {"text": "late"})

    known = declared.get(
        f"{PATH}/timeline?known_at=2026-01-14T17:10:00Z", "cleo"
    ).json()["items"]

    assert "note_added" not in {e["kind"] for e in known}


def test_a_correction_leaves_the_entry_and_points_at_it(declared: Site) -> None:
    _write(declared, "notes", {"text": "all carts"})
    _write(declared, "corrections", {"entry": 3, "text": "a third of the carts"})
    pinned = _write(declared, "pins", {"entry": 4}).json()

    entries = declared.get(f"{PATH}/timeline", "cleo").json()["items"]

    assert pinned["pinned"] == [4]
    assert (entries[2]["words"], entries[2]["corrected_by"]) == ("all carts", 4)
    assert (entries[3]["corrects"], entries[3]["is_pinned"]) == (3, True)


def test_the_next_word_is_promised_within_a_month(declared: Site) -> None:
    soon = _write(
        declared,
        "updates",
        {"text": "on it", "next_update_at": "2026-01-14T17:30:00Z"},
    )
    late = _write(
        declared,
        "updates",
        {"text": "on it", "next_update_at": "9999-01-14T17:30:00Z"},
    )

    assert soon.json()["next_update_at"] == "2026-01-14T17:30:00Z"
    assert late.status == 422


def test_a_task_is_given_and_done(declared: Site) -> None:
    added = _write(declared, "tasks", {"title": "Drain the pool"}).json()
    task = f"tasks/{added['tasks'][0]['id']}"

    given = _write(declared, f"{task}/assign", {"assignee": "ana"}).json()
    done = _write(declared, f"{task}/done", {}).json()
    again = _write(declared, f"{task}/done", {"is_done": False}).json()

    assert given["tasks"][0]["assignee"] == "ana"
    assert done["tasks"][0]["done_at"] is not None
    assert again["tasks"][0]["done_at"] is None
    assert _write(declared, "tasks/nope/done", {}).status == 404
