"""A back-test on files alone."""

import json
from pathlib import Path

import pytest
from tests.handrail_process import ROOT, handrail

from handrail.cli.backtest import answered_after

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")


def recorded(tmp_path: Path, count: int) -> str:
    alerts = [
        {
            "id": f"alert-{number}",
            "integration": "scripts",
            "fired_at": f"2026-03-0{number % 7 + 1}T02:{number:02}:00Z",
            "labels": {"severity": "critical"},
            "severity_word": "critical",
            "contacts": [{"seconds": 90, "is_answered": True}],
        }
        for number in range(count)
    ]
    record = {
        "starts_at": "2026-03-01T00:00:00Z",
        "ends_at": "2026-03-08T00:00:00Z",
        "alerts": alerts,
    }
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps(record))
    return str(file)


def proposal(tmp_path: Path) -> str:
    text = Path(EXAMPLE).read_text()
    file = tmp_path / "proposed.yaml"
    file.write_text(text.replace("escalate_after: 5m", "escalate_after: 1m"))
    return str(file)


def test_a_proposal_is_played_without_a_server(tmp_path: Path) -> None:
    offline = ("--alerts", recorded(tmp_path, 12), "--against", EXAMPLE)
    ask = ("oncall", "backtest", "--config", proposal(tmp_path), *offline)

    ran = handrail(tmp_path, *ask)
    data = handrail(tmp_path, *ask, "--json")

    assert ran.returncode == 0, ran.stderr
    assert "team payments (n=12)" in ran.stdout
    assert "as recorded" in ran.stdout
    answer = json.loads(data.stdout)
    # Ben and the manager are told in a minute, not five: before ana's answer at 90 s.
    whole = answer["whole"]
    assert whole["in_force"]["as_recorded"]["interruptions"] == 12
    assert whole["proposed"]["as_recorded"]["interruptions"] == 24


def test_few_alerts_are_no_ground_for_a_conclusion(tmp_path: Path) -> None:
    ran = handrail(
        tmp_path,
        *("oncall", "backtest", "--config", proposal(tmp_path)),
        *("--alerts", recorded(tmp_path, 3), "--against", EXAMPLE),
    )

    assert ran.returncode == 0, ran.stderr
    assert "too few to conclude" in ran.stdout
    assert "no conclusion, there are fewer than 10 answers" in ran.stdout


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ([], "never"),
        ([90], "1m30s (n=1)"),
        ([30, 90, 3600], "30s to 1h00m (n=3)"),
        # Of twelve, nine of ten do not exceed the eleventh, and the tenth is no more.
        ([*range(60, 720, 60), 7200], "6m30s (11m00s)"),
    ],
)
def test_of_few_answers_no_quantile_is_told_and_of_many_the_right_one(
    seconds: list[int], said: str
) -> None:
    assert answered_after(seconds) == said


def test_what_is_no_record_is_told_in_words(tmp_path: Path) -> None:
    ask = ("oncall", "backtest", "--config", EXAMPLE, "--against", EXAMPLE)
    unreadable = handrail(tmp_path, *ask, "--alerts", str(tmp_path / "none.json"))
    wrong = handrail(tmp_path, *ask, "--alerts", EXAMPLE)
    half = handrail(
        tmp_path, "oncall", "backtest", "--config", EXAMPLE, "--alerts", "x"
    )

    assert unreadable.returncode == wrong.returncode == half.returncode == 2
    assert "cannot be read" in unreadable.stderr
    assert "is no record of alerts" in wrong.stderr
    assert "both --alerts and --against" in half.stderr


def test_of_many_services_those_that_change_most_are_shown(tmp_path: Path) -> None:
    services = "".join(
        f"---\nservice: {{name: s{n}, escalation_policy: payments-oncall}}\n"
        f"---\nroute: {{name: r{n}, match: n={n}, service: s{n}, severity: SEV1}}\n"
        for n in range(14)
    )
    text = Path(EXAMPLE).read_text()
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(services.removeprefix("---\n") + "---\n" + text)
    quiet = services.replace("s7, severity: SEV1", "s7, severity: SEV4")
    after.write_text(quiet.removeprefix("---\n") + "---\n" + text)
    file = Path(recorded(tmp_path, 14))
    record = json.loads(file.read_text())
    for number, alert in enumerate(record["alerts"]):
        alert["labels"]["n"] = str(number)
    file.write_text(json.dumps(record))

    ran = handrail(
        tmp_path,
        *("oncall", "backtest", "--config", str(after)),
        *("--alerts", str(file), "--against", str(before)),
    )

    told = [line for line in ran.stdout.splitlines() if line.startswith("service ")]
    assert ran.returncode == 0, ran.stderr
    assert len(told) == 10
    assert told[0].startswith("service s7 (n=1")
    assert "4 more services and teams that change less: --json has each." in ran.stdout
