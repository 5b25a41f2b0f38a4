"""What people do to an incident, over HTTP."""

import pytest
from tests.api.site import Answer, Site

PATH = "/api/v1/incidents/INC-1"


@pytest.fixture
def declared(home: Site) -> Site:
    title = {"title": "Checkout is down", "severity": "SEV2"}
    assert home.post("/api/v1/incidents", title, "ben").status == 201
    return home


def _act(home: Site, verb: str, data: object = None, who: str = "ben") -> Answer:
    return home.post(f"{PATH}/{verb}", data, who)


def test_the_whole_response(declared: Site) -> None:
    confirmed = _act(declared, "confirm", {"reason": "it is real"})
    mitigated = _act(declared, "mitigated", {"reason": "rolled back"})
    back = _act(declared, "recurred", {"reason": "errors again"})
    _act(declared, "mitigated", {"reason": "failed over"})
    resolved = _act(
        declared, "resolve", {"reason": "quiet", "despite_obligations": True}
    )
    reopened = _act(declared, "reopen", {"reason": "it is back"}, "ana")

    stages = [a.json()["stage"] for a in (confirmed, mitigated, back, resolved)]
    assert stages == ["mitigate", "resolve", "mitigate", "learn"]
    assert reopened.json()["commander"] == "ana"


def test_resolving_tells_what_is_still_owed(declared: Site) -> None:
    _act(declared, "mitigated", {"reason": "rolled back"})

    answer = _act(declared, "resolve")

    assert answer.status == 409
    assert "stakeholders told" in answer.json()["detail"]


def test_lowering_asks_for_a_reason(declared: Site) -> None:
    raised = _act(declared, "severity", {"severity": "SEV1"})
    refused = _act(declared, "severity", {"severity": "SEV3"})

    assert raised.json()["severity"] == "SEV1"
    assert refused.status == 422
    assert refused.json()["errors"][0]["field"] == "reason"


def test_command_is_handed_over_and_taken(declared: Site) -> None:
    given = _act(declared, "command", {"to": "ana", "reason": "end of shift"})
    taken = _act(declared, "command")
    refused = _act(declared, "command/accept", who="ana")
    vacated = _act(declared, "roles/leave", {"role": "incident_commander"})

    assert given.json()["commander"] == "ana"
    assert taken.json()["commander"] == "ben"
    assert refused.status == 409
    assert "not offered" in refused.json()["detail"]
    assert vacated.status == 409


def test_roles_are_taken_given_and_left(declared: Site) -> None:
    _act(declared, "roles", {"role": "scribe"})
    _act(declared, "roles", {"role": "operations", "user": "ana"})

    left = _act(declared, "roles/leave", {"role": "scribe"}).json()
    unknown = _act(declared, "roles", {"role": "scribe", "user": "nobody-known"})

    assert left["roles"] == [
        {"role": "incident_commander", "user": "ben"},
        {"role": "operations", "user": "ana"},
    ]
    assert unknown.status == 422


def test_a_merged_incident_answers_the_one_that_goes_on(declared: Site) -> None:
    declared.post("/api/v1/incidents", {"title": "Carts fail"}, "ben")

    kept = declared.post("/api/v1/incidents/INC-2/merge", {"into": "INC-1"}, "ben")

    assert kept.json()["name"] == "INC-1"
    assert kept.json()["absorbed"] == ["INC-2"]


def test_facts_are_put_right(declared: Site) -> None:
    amended = declared.ask(
        "PATCH",
        PATH,
        headers={**declared.as_("ben"), "content-type": "application/json"},
        body=b'{"title": "Carts fail",'
        b' "impact_started_at": "2026-01-14T18:00:00+01:00"}',
    ).json()

    assert amended["title"] == "Carts fail"
    assert amended["impact_started_at"] == "2026-01-14T17:00:00Z"
    assert amended["severity"] == "SEV2"


def test_an_observer_only_looks(declared: Site) -> None:
    assert _act(declared, "severity", {"severity": "SEV1"}, "cleo").status == 403
    assert declared.get(PATH, "cleo").json()["severity"] == "SEV2"
