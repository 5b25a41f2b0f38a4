"""Notices over the API."""

from datetime import timedelta
from typing import Any

import pytest
from tests.api.site import CONFIGURATION, Answer, Site

from handrail.usecases import incident
from handrail.usecases.access import OPERATOR
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration

COMPONENT = "---\ncomponent: {name: web, title: Website, service: checkout}\n"
PATH = "/api/v1/incidents/INC-1/notices"


@pytest.fixture
def told(home: Site) -> Site:
    """A site with a component and one incident."""
    home.configure(CONFIGURATION + COMPONENT)
    home.store.run(
        lambda tx: incident.declare(
            Desk(tx=tx, actor=OPERATOR, ids=home.ids),
            Declaration(title="Checkout fails"),
        )
    )
    return home


def publish(home: Site, who: str = "ben", **said: Any) -> Answer:
    body = {"stage": "investigating", "text": "Payments fail."} | said
    return home.post(PATH, body, who)


def test_a_notice_goes_out_and_stands_on_the_page(told: Site) -> None:
    answer = publish(
        told, components={"web": "partial_outage"}, next_update_in_seconds=1800
    )

    made = answer.json()["notice"]
    listed = told.get(PATH, "cleo").json()["items"]
    status = told.get("/api/v1/status", "cleo").json()
    assert answer.status == 201
    assert answer.json()["advice"] == []
    assert listed == [made]
    assert made["by"] == "ben"
    assert made["next_update_at"] == "2026-01-14T17:34:00Z"
    assert status["indicator"] == "major"
    assert status["components"][0]["status"] == "partial_outage"
    assert [i["incident"] for i in status["incidents"]] == ["INC-1"]


def test_advice_is_given_and_nothing_refused_for_it(told: Site) -> None:
    answer = publish(told, text="It is being looked into.")

    assert answer.status == 201
    concerns = [a["concern"] for a in answer.json()["advice"]]
    assert concerns == ["no_impact", "no_next_update"]


def test_an_observer_reads_but_does_not_publish(told: Site) -> None:
    assert publish(told, "cleo").status == 403
    assert told.get(PATH, "cleo").status == 200
    assert told.get(PATH).status == 401
    assert told.get("/api/v1/status").status == 401


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"components": {"wbe": "operational"}}, "components"),
        ({"next_update_at": "2026-01-14T17:00:00Z"}, "next_update_at"),
        ({"next_update_at": "2026-03-14T17:00:00Z"}, "next_update_at"),
        ({"shown_at": "2027-01-14T17:00:00Z"}, "shown_at"),
        ({"shown_at": "0001-01-01T00:00:00+14:00"}, "shown_at"),
        ({"text": "   "}, "text"),
        (
            {"next_update_in_seconds": 9, "next_update_at": "2026-01-14T18:00:00Z"},
            "next_update_in_seconds",
        ),
    ],
)
def test_a_wrong_field_is_named(told: Site, said: dict[str, Any], field: str) -> None:
    answer = publish(told, **said)

    assert answer.status == 422
    assert field in answer.text
    assert told.get(PATH, "ben").json()["items"] == []


def test_after_the_all_clear_it_must_be_called_a_correction(told: Site) -> None:
    publish(told, stage="resolved")

    refused = publish(told)
    corrected = publish(told, stage="resolved", is_correction=True)

    assert refused.status == 409
    assert corrected.json()["notice"]["is_correction"]


def test_what_held_before_is_marked_as_told_late(told: Site) -> None:
    at = (told.clock.now() - timedelta(hours=2)).isoformat()

    made = publish(told, shown_at=at).json()["notice"]

    assert made["is_backfilled"]


def test_words_are_suggested(told: Site) -> None:
    answer = told.get(f"{PATH}/suggestion?stage=resolved", "ben").json()

    assert "works as usual again" in answer["text"]
    assert answer["next_update_at"] is None


def test_an_incident_that_is_not_there_is_not_found(told: Site) -> None:
    assert told.get("/api/v1/incidents/INC-9/notices", "ana").status == 404


def test_a_preview_says_the_same_and_publishes_nothing(told: Site) -> None:
    said = {"stage": "investigating", "text": "It is being looked into."}

    looked = told.post(f"{PATH}/preview", said, "ben")
    refused = told.post(f"{PATH}/preview", {**said, "text": " "}, "ben")

    assert looked.status == 200
    assert looked.json()["notice"]["text"] == "It is being looked into."
    assert len(looked.json()["advice"]) == 2
    assert refused.status == 422
    assert told.get(PATH, "ben").json()["items"] == []
