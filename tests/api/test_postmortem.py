"""Postmortems over HTTP: written together, refused whole, exported."""

from typing import Any

import pytest
from tests.api.site import Site

from handrail.core.severity.severity import Severity
from handrail.usecases import incident
from handrail.usecases.access import OPERATOR
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration

ALL = {
    "summary": "Nobody could pay.",
    "impact_users": "1200 people.",
    "went_well": "Rolled back in two minutes.",
    "went_poorly": "Customers told us.",
}
PLAN = {
    "incident": "INC-1",
    "title": "Alert on queue age",
    "category": "detection",
    "owner": "ben",
    "due_on": "2026-04-01",
}
HERE = "/api/v1/postmortems/INC-1"


def resolved(home: Site, **words: Any) -> None:
    """Let an incident of severity SEV2 run its course."""

    def work(tx: Any) -> None:
        desk = Desk(tx=tx, actor=OPERATOR, ids=home.ids)
        title = Declaration(title="Checkout is down", severity=Severity.SEV2, **words)
        name = incident.declare(desk, title).name
        incident.mitigated(desk, name, reason="rolled back")
        incident.resolve(desk, name, despite_obligations=True)

    home.store.run(work)


@pytest.fixture
def learning(home: Site) -> Site:
    resolved(home)
    return home


def write(home: Site, version: int, who: str = "ben", **sections: str) -> Any:
    asked = {"version": version, "sections": sections}
    return home.post(f"{HERE}/sections", asked, who)


def test_a_draft_has_every_section_with_its_question_and_what_is_known(
    learning: Site,
) -> None:
    told = learning.get(HERE, "cleo").json()

    assert told["state"] == "draft"
    sections = {one["name"]: one for one in told["sections"]}
    assert list(sections)[:2] == ["summary", "impact_users"]
    assert sections["summary"]["facts"][0] == "What: Checkout is down (SEV2)"
    assert all(one["question"] and not one["is_written"] for one in told["sections"])
    assert [one["part"] for one in told["missing"]] == [*ALL, "factors"]
    figures = {one["name"]: one for one in told["figures"]}
    assert figures["time_to_resolve"]["seconds"] is None
    assert "unknown" in figures["time_to_resolve"]["words"]


def test_who_wrote_the_same_section_first_is_named(learning: Site) -> None:
    version = learning.get(HERE, "ben").json()["version"]

    first = write(learning, version, summary="Nobody could pay.")
    second = write(learning, version, "ana", summary="Checkout was slow.")
    other = write(learning, version, "ana", luck="It was night.")

    assert first.status == other.status == 200
    assert second.status == 409
    assert "ben changed summary" in second.json()["detail"]


def test_factors_are_named_answered_and_removed(learning: Site) -> None:
    path = f"{HERE}/factors"
    told = learning.post(path, {"text": "Human error", "kind": "process"}, "ben").json()
    assert [one["blames"] for one in told["factors"]] == ["Human error"]

    answered = {
        "version": told["version"],
        "text": "Human error",
        "kind": "process",
        "made_possible": "no dry run",
        "would_have_caught": "a dry run",
    }
    told = learning.post(f"{path}/f1", answered, "ben").json()
    assert [one["blames"] for one in told["factors"]] == [None]

    gone = learning.ask(
        "DELETE", f"{path}/f1?version={told['version']}", headers=learning.as_("ben")
    )
    assert gone.json()["factors"] == []


def test_publishing_refuses_with_all_that_is_missing_and_then_finishes(
    learning: Site,
) -> None:
    item = learning.post("/api/v1/action-items", {**PLAN, "owner": None}, "ben").json()
    version = learning.get(HERE, "ben").json()["version"]
    refused = learning.post(f"{HERE}/publish", {"version": version}, "ben")

    fields = {error["field"] for error in refused.json()["errors"]}
    assert refused.status == 422
    assert fields == {*ALL, "factors", "ACT-1"}

    plan = {name: value for name, value in PLAN.items() if name != "incident"}
    changed = {**plan, "version": item["version"]}
    assert learning.post("/api/v1/action-items/ACT-1", changed, "ben").status == 200
    assert write(learning, version, **ALL).status == 200
    factor = {"text": "One queue", "kind": "technology"}
    learning.post(f"{HERE}/factors", factor, "ben")
    read = learning.post(f"{HERE}/submit", {}, "ben").json()
    done = learning.post(f"{HERE}/publish", {"version": read["version"]}, "ben")
    assert done.json()["state"] == "published"
    assert done.json()["missing"] == []

    result = {"result": "it fired in the drill"}
    learning.post("/api/v1/action-items/ACT-1/done", result, "ben")
    closed = learning.get("/api/v1/incidents/INC-1", "ben").json()
    assert closed["stage"] == "closed"


def test_the_document_is_markdown(learning: Site) -> None:
    answer = learning.get(f"{HERE}.md", "cleo")

    assert answer.status == 200
    assert answer.header("content-type").startswith("text/markdown")
    assert answer.text.startswith("# Postmortem INC-1: Checkout is down\n")
    assert learning.get(f"{HERE}.md", "cleo").body == answer.body
    assert learning.get("/api/v1/postmortems/INC-9.md", "cleo").status == 404


def test_one_that_was_not_demanded_is_drafted_once(home: Site) -> None:
    def work(tx: Any) -> None:
        desk = Desk(tx=tx, actor=OPERATOR, ids=home.ids)
        incident.declare(desk, Declaration(title="Odd", severity=Severity.SEV3))
        incident.mitigated(desk, "INC-1", reason="gone")
        incident.resolve(desk, "INC-1", despite_obligations=True)

    home.store.run(work)
    assert home.get(HERE, "ben").status == 404

    made = home.post("/api/v1/postmortems", {"incident": "INC-1"}, "ben")
    again = home.post("/api/v1/postmortems", {"incident": "INC-1"}, "ben")

    assert (made.status, again.status) == (201, 409)
    listed = home.get("/api/v1/postmortems", "cleo").json()
    assert [one["incident"] for one in listed["items"]] == ["INC-1"]


def test_what_is_private_is_not_there_for_others(home: Site) -> None:
    resolved(home, is_private=True)
    home.post("/api/v1/action-items", PLAN, "ana")

    for who, status in (("ana", 200), ("ben", 404), ("cleo", 404)):
        assert home.get(HERE, who).status == status
        assert home.get(f"{HERE}.md", who).status == status
        assert home.get("/api/v1/action-items/ACT-1", who).status == status
        shown = home.get("/api/v1/postmortems", who).json()["items"]
        assert bool(shown) is (status == 200)
        shown = home.get("/api/v1/action-items", who).json()["items"]
        assert bool(shown) is (status == 200)


def test_who_only_looks_on_writes_nothing(learning: Site) -> None:
    assert write(learning, 1, "cleo", **ALL).status == 403
    assert learning.post(f"{HERE}/submit", {}, "cleo").status == 403
    assert learning.post("/api/v1/action-items", PLAN, "cleo").status == 403


def test_tickets_wait_are_shown_and_tried_again(home: Site) -> None:
    home.signal("Disk 70 % full", severity="info")

    told = home.get("/api/v1/tickets", "cleo").json()

    assert told["tracker"] is None
    (waiting,) = told["items"]
    assert (waiting["state"], waiting["origin"]) == ("pending", "alert")
    path = f"/api/v1/tickets/{waiting['id']}/retry"
    assert home.post(path, {}, "cleo").status == 403
    assert home.post(path, {}, "ben").json()["state"] == "pending"
    assert home.post("/api/v1/tickets/none/retry", {}, "ben").status == 404
