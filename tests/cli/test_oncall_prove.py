"""`handrail oncall prove` on files: for the CI of a rota."""

import json
from pathlib import Path

import pytest
from tests.handrail_process import ROOT, handrail

EXAMPLE = (ROOT / "examples" / "handrail.yaml").read_text(encoding="utf-8")
FROM = ("--from", "2026-12-01", "--weeks", "2")


def written(folder: Path, coverage: str) -> str:
    path = folder / "rota.yaml"
    path.write_text(f"{EXAMPLE}---\n{coverage}\n", encoding="utf-8")
    return str(path)


def prove(folder: Path, coverage: str, *more: str) -> tuple[int, str, str]:
    path = written(folder, coverage)
    command = ("oncall", "prove", "--config", path, *FROM, *more)
    ran = handrail(folder, *command, variables={"TZ": "UTC"})
    return ran.returncode, ran.stdout, ran.stderr


def test_a_covered_rota_is_proved_on_the_assumption_that_is_told(
    tmp_path: Path,
) -> None:
    code, told, _ = prove(tmp_path, "coverage: {default: {}}", "--assume-verified")

    assert code == 0
    assert "checkout: proved until Tue 2026-12-15" in told
    assert "assumed, not shown: every contact method reaches its person" in told


def test_files_alone_prove_nothing_since_they_hold_no_evidence(tmp_path: Path) -> None:
    code, told, _ = prove(tmp_path, "coverage: {default: {}}")

    assert code == 1
    assert "NOT PROVED" in told
    assert "--assume-verified" in told


def test_a_gap_is_told_with_reason_and_remedy_and_fails_the_run(tmp_path: Path) -> None:
    code, told, _ = prove(
        tmp_path, "coverage: {default: {people: 2, within: 4m}}", "--assume-verified"
    )

    assert code == 1
    assert "checkout: NOT COVERED from Tue 2026-12-01" in told
    assert "1 of 2 people in time; enough only 5m after, 1m too late" in told
    assert "→ name more people in the first levels" in told


MANY_REASONS = """
schedule:
  name: office
  time_zone: Europe/Berlin
  layers:
    - name: days
      rotation:
        every: 1 day
        handoff: "09:00"
        starts_on: 2026-01-05
        participants: [ana, ben, eng-manager]
      active: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
---
escalation_policy:
  name: office
  rules:
    - {notify: schedule:office, escalate_after: 5m}
    - {notify: schedule:office, escalate_after: 5m}
---
service:
  name: search
  escalation_policy: office
  coverage: {people: 2, methods: 5, within: 20m}
"""


def test_many_reasons_are_told_by_their_causes_what_costs_most_first(
    tmp_path: Path,
) -> None:
    code, told, _ = prove(tmp_path, MANY_REASONS, "--assume-verified")

    lines = told.splitlines()
    start = next(i for i, line in enumerate(lines) if "of the time, for" in line)
    causes = [line for line in lines[start:] if line.startswith("    - ")]
    assert code == 1
    assert lines[start].startswith("  gap: 14d 0h of the time, for ")
    span = "Tue 2026-12-01 00:00 UTC to Tue 2026-12-15"
    assert lines[start + 1].strip().startswith(span)
    assert "schedule:office has a gap" in causes[0]
    assert len(causes) == len(set(causes))
    assert any("→ put somebody on schedule:office" in line for line in lines)


def test_of_many_services_the_first_are_told_in_full_and_what_helps_most(
    tmp_path: Path,
) -> None:
    more = "".join(
        f"---\nservice: {{name: s{n}, escalation_policy: payments-oncall}}\n"
        for n in range(30)
    )
    asked = f"coverage: {{default: {{methods: 4}}}}\n{more}"

    code, told, _ = prove(tmp_path, asked, "--assume-verified")

    lines = told.splitlines()
    assert code == 1
    assert sum("NOT COVERED" in line for line in lines) == 31
    assert sum(line.startswith("  asked: ") for line in lines) == 20
    assert "31 of 31 services are not covered. What helps most:" in lines
    assert any(line.endswith("(31 services)") for line in lines)


def test_the_json_form_says_the_same(tmp_path: Path) -> None:
    asked = "coverage: {default: {people: 2, within: 4m}}"

    code, told, _ = prove(tmp_path, asked, "--assume-verified", "--json")

    answer = json.loads(told)
    (service,) = answer["services"]
    (intent,) = service["intents"]
    first = intent["counter_examples"][0]
    assert code == 1
    assert (answer["is_proved"], answer["evidence"]) == (False, "assumed")
    assert first["starts_at"] == service["proved_until"] == "2026-12-01T00:00:00Z"
    assert (first["people"], first["late_by_seconds"]) == (["ben"], 60.0)
    assert [fault["kind"] for fault in first["faults"]] == ["too_few"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "soon"), "is no time; write it like now"),
        (("--to", "2026-11-30"), "--until must come after --from"),
        (("--weeks", "99"), "--weeks"),
    ],
)
def test_a_wrong_window_is_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, told, said = prove(tmp_path, "coverage: {default: {}}", *arguments)

    assert (code, told) == (2, "")
    assert words in said


def test_an_unknown_service_and_a_rota_that_asks_nothing_say_what_to_do(
    tmp_path: Path,
) -> None:
    code, _, said = prove(tmp_path, "coverage: {default: {}}", "--service", "shop")
    nothing, _, told = prove(tmp_path, "")

    assert (code, nothing) == (3, 8)
    assert "the services are: checkout" in said
    assert "docs/coverage.md" in told


def test_a_service_that_asks_nothing_is_named_where_it_is_asked_about(
    tmp_path: Path,
) -> None:
    blog = (
        "service: {name: blog, escalation_policy: payments-oncall, "
        "coverage: {when: never}}"
    )
    asks = f"coverage: {{default: {{}}}}\n---\n{blog}"

    code, _, said = prove(tmp_path, asks, "--service", "blog", "--assume-verified")
    twice = ("--service", "checkout", "--service", "checkout", "--assume-verified")
    _, told, _ = prove(tmp_path, asks, *twice)

    assert code == 8
    assert "blog: nothing says when it must be covered" in said
    assert told.count("checkout: proved") == 1


def test_files_with_errors_are_named_and_prove_nothing(tmp_path: Path) -> None:
    code, told, said = prove(tmp_path, "coverage: {default: {people: none}}")

    assert (code, told) == (1, "")
    assert "coverage.default.people" in said
