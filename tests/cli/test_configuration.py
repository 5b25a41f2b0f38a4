"""Two sets of configuration files are compared without a server."""

import json
from pathlib import Path

from tests.handrail_process import handrail

ROTA = """\
users:
  - {name: ana, contact_methods: [{name: t, kind: terminal}]}
  - {name: ben, contact_methods: [{name: t, kind: terminal}]}
last_resort: {notify: user:ana}
schedule:
  name: primary
  time_zone: UTC
  rotation: {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [%s]}
"""


def files(folder: Path) -> tuple[str, str]:
    old, new = folder / "old.yaml", folder / "new.yaml"
    old.write_text(ROTA % "ana, ben")
    new.write_text(ROTA % "ben, ana")
    return str(old), str(new)


def test_two_sets_of_files_are_compared_without_a_server(tmp_path: Path) -> None:
    old, new = files(tmp_path)
    at = ("--at", "2026-01-12T12:00:00Z")
    ran = handrail(tmp_path, "config", "plan", "--against", old, new, *at)
    assert ran.returncode == 0, ran.stderr
    assert "ben is on call now in primary and would no longer be" in ran.stdout
    assert "1 changed" in ran.stderr
    data = handrail(tmp_path, "config", "plan", "--against", old, new, *at, "--json")
    told = json.loads(data.stdout)
    assert told["consequences"][0]["kind"] == "on_call_now"


def test_a_change_that_breaks_a_rest_rule_fails(tmp_path: Path) -> None:
    old, new = files(tmp_path)
    rules = "rest_rules: {longest_run: 5d, errors: [longest_run]}\n"
    Path(new).write_text(ROTA % "ben, ana" + rules)
    ran = handrail(tmp_path, "config", "plan", "--against", old, new)
    assert ran.returncode != 0
    assert "without a break, 5d is the most" in ran.stderr


def test_what_does_not_go_together_is_a_usage_error(tmp_path: Path) -> None:
    old, new = files(tmp_path)
    for wrong in (["--partial", "--against", old], ["--at", "2026-01-12T12:00:00Z"]):
        ran = handrail(tmp_path, "config", "plan", new, *wrong)
        assert ran.returncode == 2
        assert "--against" in ran.stderr
