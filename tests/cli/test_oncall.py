"""Answers about who is on call, from files: no server is there."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.handrail_process import ROOT, handrail

ROTA = """
user: {name: ana, email: ana@example.org, time_zone: Europe/Berlin}
---
user: {name: ben, email: ben@example.org}
---
schedule:
  name: primary
  time_zone: Europe/Berlin
  layers:
    - name: week
      rotation:
        every: 1 week
        handoff: "09:00"
        starts_on: 2026-01-05
        participants: [ana, ben]
      active: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
---
schedule:
  name: other
  time_zone: Asia/Kolkata
  rotation:
    every: 1 day
    handoff: "00:00"
    starts_on: 2026-01-05
    participants: [ben, nobody]
---
override:
  name: holiday
  schedule: primary
  user: ben
  from: 2026-01-06 09:00
  until: 2026-01-06 12:00
---
escalation_policy:
  name: shop
  rules:
    - {notify: schedule:primary, escalate_after: 5m}
    - {notify: [schedule:other, user:ana], escalate_after: 10m}
---
service: {name: checkout, escalation_policy: shop}
---
last_resort: {notify: [user:ana]}
"""


@pytest.fixture
def rota(tmp_path: Path) -> Path:
    path = tmp_path / "rota.yaml"
    path.write_text(ROTA, encoding="utf-8")
    return path


def asked(rota: Path, *arguments: str) -> Any:
    ran = handrail(rota.parent, "oncall", *arguments, "--config", str(rota), "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_shifts_and_gaps_are_cut_at_the_window(rota: Path) -> None:
    window = ("--from", "2026-01-06 08:00", "--to", "2026-01-07T10:00:00+01:00")

    told = asked(rota, "shifts", "--schedule", "primary", *window)

    assert told["starts_at"] == "2026-01-06T07:00:00Z"
    assert told["ends_at"] == "2026-01-07T09:00:00Z"
    assert [
        (one["user"], one["starts_at"], one["ends_at"], one["layer"], one["override"])
        for one in told["items"]
    ] == [
        (None, "2026-01-06T07:00:00Z", "2026-01-06T08:00:00Z", None, None),
        ("ben", "2026-01-06T08:00:00Z", "2026-01-06T11:00:00Z", None, "holiday"),
        ("ana", "2026-01-06T11:00:00Z", "2026-01-06T16:00:00Z", "week", None),
        (None, "2026-01-06T16:00:00Z", "2026-01-07T08:00:00Z", None, None),
        ("ana", "2026-01-07T08:00:00Z", "2026-01-07T09:00:00Z", "week", None),
    ]
    assert not any(one["is_intended"] for one in told["items"])
    assert told["tzdata"]


def test_a_turn_of_nobody_is_an_intended_gap(rota: Path) -> None:
    window = ("--from", "2026-01-06", "--to", "2026-01-07")

    told = asked(rota, "shifts", "--schedule", "other", *window)

    assert [(one["user"], one["is_intended"]) for one in told["items"]] == [
        (None, True)
    ]
    assert told["starts_at"] == "2026-01-05T18:30:00Z"


def test_a_persons_shifts_are_theirs_in_every_schedule(rota: Path) -> None:
    window = ("--from", "2026-01-06T00:00:00Z", "--to", "2026-01-08T00:00:00Z")

    everything = asked(rota, "shifts", *window)["items"]
    mine = asked(rota, "shifts", "--user", "ben", *window)["items"]

    assert mine == [one for one in everything if one["user"] == "ben"]
    assert {one["schedule"] for one in mine} == {"primary", "other"}


def test_who_is_asked_by_schedule_service_policy_and_person(rota: Path) -> None:
    at = ("--at", "2026-01-06T09:00:00Z")

    duties = asked(rota, "who", *at)
    service = asked(rota, "who", "--service", "checkout", *at)
    policy = asked(rota, "who", "--policy", "shop", *at)
    person = asked(rota, "who", "--user", "ana", *at)

    assert [(one["schedule"], one["users"]) for one in duties["items"]] == [
        ("other", []),
        ("primary", ["ben"]),
    ]
    levels = [
        ([one["recipient"] for one in level["reached"]], level["empty"])
        for level in service["levels"]
    ]
    assert levels == [(["user:ben"], []), (["user:ana"], ["schedule:other"])]
    assert policy == {**service, "service": None}
    assert person["now"] == []
    assert [one["starts_at"] for one in person["next"]] == ["2026-01-06T11:00:00Z"]


def test_the_reason_goes_from_rule_to_person(rota: Path) -> None:
    told = asked(rota, "explain", "primary", "--at", "2026-01-06 10:00")

    assert [(step["kind"], step["is_decisive"]) for step in told["steps"]] == [
        ("rule", True),
        ("override", True),
        ("person", True),
    ]
    assert told["users"] == ["ben"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["who", "--schedule", "primry"], 3, 'did you mean "primary"?'),
        (["who", "--service", "checkuot"], 3, 'did you mean "checkout"?'),
        (["who", "--user", "zed"], 3, "there are: ana, ben"),
        (["explain", "nowhere"], 3, 'no schedule "nowhere"'),
        (["who", "--at", "yesterday"], 1, 'at: "yesterday" is no time'),
        (["who", "--at", "0001-01-01T00:00:00Z"], 1, "is not in the years"),
        (["who", "--at", "2026-01-06 10:00"], 1, "several zones"),
        (
            [
                "shifts",
                "--from",
                "2026-02-01T00:00:00Z",
                "--to",
                "2026-01-01T00:00:00Z",
            ],
            1,
            "after",
        ),
        (
            [
                "shifts",
                "--from",
                "2026-01-01T00:00:00Z",
                "--to",
                "2046-01-01T00:00:00Z",
            ],
            1,
            "1830 days",
        ),
        (["who", "--service", "checkout", "--user", "ana"], 2, "one of"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    rota: Path, arguments: list[str], code: int, words: str
) -> None:
    ran = handrail(rota.parent, "oncall", *arguments, "--config", str(rota))

    assert ran.returncode == code
    assert words in ran.stderr
    assert ran.stdout == ""


def test_a_reason_says_for_which_instant_a_local_time_that_is_none_was_taken(
    rota: Path,
) -> None:
    asking = ("oncall", "explain", "primary", "--at", "2026-03-29 02:30")

    told = handrail(rota.parent, *asking, "--config", str(rota))

    assert "At Sun 2026-03-29 03:00:00 CEST." in told.stderr


def test_files_with_errors_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("schedule: {name: x, time_zone: Europe/Berln}\n", encoding="utf-8")

    ran = handrail(tmp_path, "oncall", "who", "--config", str(path))

    assert ran.returncode == 1
    assert "bad.yaml:1" in ran.stderr
    assert "Europe/Berlin" in ran.stderr


def test_files_without_config_are_not_taken_for_a_question(tmp_path: Path) -> None:
    ran = handrail(tmp_path, "oncall", "shifts", "rota.yaml")

    assert ran.returncode == 2
    assert "--config" in ran.stderr


def test_the_example_answers_for_people(rota: Path) -> None:
    ran = handrail(
        rota.parent, "oncall", "--config", str(ROOT / "examples" / "handrail.yaml")
    )

    assert ran.returncode == 0, ran.stderr
    assert "payments-primary" in ran.stdout
