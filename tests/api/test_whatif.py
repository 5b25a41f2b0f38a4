"""What would happen and what would have happened, asked of a server."""

import msgspec
from tests.api.site import Site

from handrail.usecases.simulation import Asked, simulation

AT = "2026-01-15T02:00:00Z"


def test_a_server_says_the_same_as_files_do(home: Site) -> None:
    service = sorted(home.store.read(lambda tx: tx.configuration.snapshot()).services)
    asked = {"at": AT, "service": service[0], "acks": ["ana"]}

    answer = home.post("/api/v1/oncall/simulate", asked, who="ben")

    assert answer.status == 200, answer.text
    snapshot = home.store.read(lambda tx: tx.configuration.snapshot())
    offline = simulation(snapshot, msgspec.convert(asked, Asked))
    assert answer.json() == msgspec.json.decode(msgspec.json.encode(offline))


def test_a_question_about_nothing_names_its_field(home: Site) -> None:
    asked = {"at": AT, "service": "nowhere"}

    answer = home.post("/api/v1/oncall/simulate", asked, who="ben")

    assert answer.status == 422
    assert "there is no service nowhere" in answer.text


def test_the_record_of_a_quiet_time_is_empty(home: Site) -> None:
    answer = home.get("/api/v1/oncall/record", who="ben")
    turned = home.get(
        f"/api/v1/oncall/record?from={AT}&to=2026-01-01T00:00:00Z", who="ben"
    )

    assert answer.status == 200, answer.text
    assert answer.json()["alerts"] == []
    assert turned.status == 422


def test_a_proposal_with_errors_is_not_played(home: Site) -> None:
    files = [{"name": "bad.yaml", "text": "service: {name: shop}"}]

    answer = home.post("/api/v1/oncall/backtest", {"files": files}, who="ana")

    assert answer.status == 422
    assert "bad.yaml" in answer.text


def test_a_proposal_is_compared_with_what_was_in_force(home: Site) -> None:
    person = "user: {name: zoe, email: zoe@example.org}"
    text = f"{person}\n---\nlast_resort: {{notify: user:zoe}}"
    files = [{"name": "new.yaml", "text": text}]

    answer = home.post("/api/v1/oncall/backtest", {"files": files}, who="ana")

    assert answer.status == 200, answer.text
    assert answer.json()["alerts"] == 0
    assert answer.json()["whole"]["is_conclusive"] is False
