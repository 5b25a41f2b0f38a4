"""An edit whose time has passed when it is applied is told; the past stays."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.configured import SMALL, SOURCE_KINDS, Desk

from handrail.core.configuration.node import SourceFile
from handrail.core.configuration.problem import Problem
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases import configuration

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROTA = (
    SMALL
    + """\
---
schedule:
  name: nights
  time_zone: Europe/Berlin
  rotation:
    {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [ana]}
  edits:
    - effective_from: %s
      rotation:
        {every: 1 day, handoff: '09:00', starts_on: 2026-01-05, participants: [ana]}
"""
)


def checked(text: str) -> configuration.CheckResult:
    result = configuration.check(
        [SourceFile(name="f.yaml", text=text)],
        reader=YamlDocumentReader(),
        source_kinds=SOURCE_KINDS,
        now=NOW,
    )
    assert not result.has_errors
    return result


def told(text: str) -> list[Problem]:
    plan = configuration.compare(checked(SMALL), checked(text), now=NOW)
    return [p for p in plan.warnings if "has passed" in p.message]


def test_files_alone_say_nothing_of_edits_that_may_long_be_in_force() -> None:
    problems = checked(ROTA % "2026-01-05 09:00").problems

    assert not [p for p in problems if "has passed" in p.message]


@pytest.mark.parametrize("begins", ["2026-03-01 12:59", "2026-02-28T12:00:00Z"])
def test_an_edit_of_the_past_is_told_with_its_place(begins: str) -> None:
    (problem,) = told(ROTA % begins)

    assert problem.field == "schedule nights.edits[0].effective_from"
    assert problem.place.line == 1 + (ROTA % begins).split("\n").index(
        f"    - effective_from: {begins}"
    )
    assert "the past stays as it was" in problem.message
    assert "write a time to come" in problem.remedy


@pytest.mark.parametrize("begins", ["2026-03-01 13:01", "2026-12-01 09:00"])
def test_an_edit_to_come_is_none(begins: str) -> None:
    assert told(ROTA % begins) == []


def planned(desk: Desk, text: str) -> tuple[Problem, ...]:
    checked = desk.check(text)
    return desk.store.read(lambda tx: configuration.plan(tx, checked)).warnings


def test_a_plan_does_not_tell_of_what_was_applied_in_time() -> None:
    desk = Desk()
    coming = f"{desk.now + timedelta(days=2):%Y-%m-%d} 09:00"
    before = f"{desk.now - timedelta(days=2):%Y-%m-%d} 09:00"
    desk.apply(ROTA % coming)
    desk.now += timedelta(days=5)

    kept, late = planned(desk, ROTA % coming), planned(desk, ROTA % before)

    assert not any("has passed" in one.message for one in kept)
    assert any("has passed" in one.message for one in late)
