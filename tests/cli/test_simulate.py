"""Asking files what would happen, without a server."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.handrail_process import ROOT, handrail

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")
SATURDAY_NIGHT = "2026-03-07T03:00:00Z"


def ask(tmp_path: Path, *arguments: str) -> Any:
    ran = handrail(
        tmp_path,
        *("oncall", "simulate", "--config", EXAMPLE, "--at", SATURDAY_NIGHT, "--json"),
        *arguments,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_files_say_who_would_be_told_without_a_server(tmp_path: Path) -> None:
    answer = ask(tmp_path, "--service", "checkout", "--acks", "ben@2+1m")

    told = [
        (step["offset_seconds"], step["recipient"], step["method"])
        for step in answer["steps"]
        if step["kind"] == "told"
    ]
    assert told == [
        (0, "user:ana", "terminal"),
        (0, "user:ana", "mail"),
        (300, "user:ben", "terminal"),
        (300, "user:ben", "mail"),
    ]
    assert answer["outcome"] == "acknowledged"
    assert answer["seconds_to_answer"] == 360
    assert "an…@example.org" in {step["address"] for step in answer["steps"]}
    assert "ana@example.org" not in json.dumps(answer)


def test_an_answer_that_nobody_asks_for_is_said_at_the_end(tmp_path: Path) -> None:
    ran = handrail(
        tmp_path,
        *("oncall", "simulate", "--config", EXAMPLE, "--at", SATURDAY_NIGHT),
        *("--service", "checkout", "--acks", "ben@1"),
    )

    assert ran.returncode == 0, ran.stderr
    assert "ben@1 is not told there, and so does not answer" in ran.stdout


def test_labels_are_routed_and_low_urgency_waits(tmp_path: Path) -> None:
    answer = ask(tmp_path, "--labels", "severity=warning")

    assert answer["steps"][0]["kind"] == "held"
    assert answer["seconds_to_contact"] == 53 * 3600


def test_people_read_local_times_and_reasons(tmp_path: Path) -> None:
    ran = handrail(
        tmp_path,
        *("oncall", "simulate", "--config", EXAMPLE, "--at", SATURDAY_NIGHT),
        *("--service", "checkout"),
    )

    assert ran.returncode == 0, ran.stderr
    assert "Sat 04:00 Europe/Berlin" in ran.stdout
    assert "schedule payments-primary → layer rotation" in ran.stdout
    assert "exhausted: first told +0s, nobody answers" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--service", "shop"], 1, "no service shop; known: checkout"),
        (["--service", "checkout", "--severity", "SEV9"], 1, "write SEV1, SEV2"),
        (["--service", "checkout", "--acks", "zoe"], 1, "no user zoe"),
        (["--service", "checkout", "--resolves-after", "soon"], 1, "like 30s"),
        (["--labels", "severity"], 2, "no label"),
        (["--service", "checkout", "--at", "later"], 2, "no time"),
        (["--service", "x", "--at", "9999-12-31T23:59:59-10:00"], 2, "moment"),
        (["--service", "x", "--nobody-answers", "--acks", "ana"], 2, "contradict"),
        ([], 1, "ask about a service"),
    ],
)
def test_a_mistake_is_told_in_words(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    """What the server would refuse has its code: 1; a wrong command line has 2."""
    ran = handrail(tmp_path, "oncall", "simulate", "--config", EXAMPLE, *arguments)

    assert ran.returncode == code
    assert said in ran.stderr
    assert ran.stdout == ""
