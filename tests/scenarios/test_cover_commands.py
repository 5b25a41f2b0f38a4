"""Overrides, cover requests and swaps from the command line, off a terminal."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.handrail_process import ServerProcess, handrail, serving

CONFIGURATION = """
users: [{name: ana}, {name: ben}, {name: cleo}, {name: dan}]
---
team: {name: shop, members: [ana, ben, cleo, dan]}
---
schedule:
  name: web
  time_zone: Europe/Berlin
  rotation:
    participants: [ana, ben, cleo, dan]
    every: 1 day
    starts_on: 2026-01-05
    handoff: "09:00"
---
escalation_policy: {name: web, rules: [{notify: schedule:web, escalate_after: 5m}]}
---
service: {name: shop, team: shop, escalation_policy: web}
---
channel: {name: tty, kind: terminal, address: x}
---
last_resort: {notify: channel:tty}
"""


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("covers")
    files = folder / "rota.yaml"
    files.write_text(CONFIGURATION, encoding="utf-8")
    with serving(folder / "data") as server:
        applied = handrail(server.data_dir, "config", "apply", str(files))
        assert applied.returncode == 0, applied.stderr
        yield server


def oncall(data_dir: Path, *arguments: str) -> "CompletedProcess[str]":
    return handrail(data_dir, "oncall", *arguments, variables={"TZ": "UTC"})


def test_a_date_is_read_in_the_schedules_zone_and_that_is_said(
    configured: ServerProcess,
) -> None:
    said = ("override", "add", "web", "ben", "--from", "2199-11-01", "--for", "2h")

    made = oncall(configured.data_dir, *said)

    assert made.returncode == 0, made.stderr
    assert "Thu 2199-10-31 23:00:00 UTC" in made.stdout
    assert "Local times were read in the schedule's zone, Europe/Berlin." in made.stderr


def test_swaps_are_listed_under_headings_the_best_first_and_no_more_than_asked(
    configured: ServerProcess,
) -> None:
    find = ("swap", "find", "web", "--user", "ana", "--weeks", "8")

    few = oncall(configured.data_dir, *find, "--limit", "2")

    headings, *rows = few.stdout.splitlines()
    assert headings.split()[:5] == ["NO", "TAKES", "YOURS", "YOU", "TAKE"]
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert max(map(len, rows)) <= 88
    assert "more: --limit 20" in few.stderr
    more = oncall(configured.data_dir, *find, "--limit", "20")
    assert more.stdout.count("NO  TAKES YOURS") in {1, 2}
    assert "more: --limit" not in more.stderr


def test_what_is_begun_for_somebody_else_says_so_by_one_option(
    configured: ServerProcess,
) -> None:
    swap = oncall(configured.data_dir, "swap", "propose", "web", "3", "--user", "ana")
    assert swap.returncode == 0, swap.stderr
    assert "proposed by  ana" in swap.stdout

    for option, name in (("--user", "ben"), ("--in-place-of", "cleo")):
        asked = oncall(configured.data_dir, "cover", "ask", "web", option, name)
        assert f"for         {name}" in asked.stdout, asked.stderr
