"""The server and the files give the same answers, and the past stays as it was."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.handrail_process import ROOT, ServerProcess, handrail, serving

EXAMPLE = ROOT / "examples" / "handrail.yaml"
WINDOW = ("--from", "2026-03-20T00:00:00Z", "--to", "2026-11-20T00:00:00Z")
QUESTIONS = [
    ("who", "--at", "2026-06-06T12:00:00Z"),
    ("who", "--at", "2027-06-06 12:00", "--schedule", "payments-primary"),
    ("who", "--service", "checkout", "--at", "2026-06-06T12:00:00Z"),
    ("who", "--policy", "payments-oncall", "--at", "2026-06-06T12:00:00Z"),
    ("who", "--user", "ana", "--at", "2026-06-06T12:00:00Z"),
    ("shifts", *WINDOW),
    ("shifts", *WINDOW, "--schedule", "payments-primary", "--user", "ben"),
    ("explain", "payments-primary", "--at", "2026-03-29 02:30"),
]


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("answers") / "data") as server:
        applied = handrail(server.data_dir, "config", "apply", str(EXAMPLE))
        assert applied.returncode == 0, applied.stderr
        yield server


def told(data_dir: Path, *arguments: str) -> Any:
    ran = handrail(data_dir, "oncall", *arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_files_answer_as_the_server_does(
    configured: ServerProcess, question: tuple[str, ...]
) -> None:
    online = told(configured.data_dir, *question)
    offline = told(configured.data_dir, *question, "--config", str(EXAMPLE))

    assert offline == online


def test_a_person_reads_it_online_too(configured: ServerProcess) -> None:
    shifts = handrail(configured.data_dir, "oncall", "shifts", *WINDOW)
    why = handrail(configured.data_dir, "oncall", "explain", "payments-primary")
    unknown = handrail(configured.data_dir, "oncall", "explain", "payments-primry")

    assert "layer rotation" in shifts.stdout
    assert why.stdout.startswith("→ layer rotation, turn ")
    assert unknown.returncode == 3
    assert 'did you mean "payments-primary"?' in unknown.stderr


def test_an_apply_never_changes_the_past(tmp_path: Path) -> None:
    past = ("--from", "2026-01-01T00:00:00Z", "--to", "2026-11-01T00:00:00Z")
    instant = "2026-06-06T12:00:00Z"
    mirrored = EXAMPLE.read_text(encoding="utf-8").replace(
        "participants: [ana, ben]", "participants: [ben, eng-manager]"
    )
    changed = tmp_path / "changed.yaml"
    changed.write_text(mirrored, encoding="utf-8")

    with serving(tmp_path / "data") as server:

        def ask() -> list[Any]:
            return [
                told(server.data_dir, "shifts", *past),
                told(server.data_dir, "who", "--at", instant),
                told(server.data_dir, "who", "--service", "checkout", "--at", instant),
                told(server.data_dir, "explain", "payments-primary", "--at", instant),
            ]

        handrail(server.data_dir, "config", "apply", str(EXAMPLE))
        before = ask()
        present = told(server.data_dir, "who")
        applied = handrail(server.data_dir, "config", "apply", str(changed))
        after = ask()
        now = told(server.data_dir, "who")

    assert applied.returncode == 0, applied.stderr
    assert after == before
    people = [sorted(one["users"] for one in x["items"]) for x in (present, now)]
    assert people[0] != people[1]
