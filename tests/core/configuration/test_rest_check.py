"""The rest rules of the files judge the coming shifts, by person and shift."""

from datetime import UTC, datetime

import pytest
from tests.configured import SMALL, SOURCE_KINDS, Desk

from handrail.core.configuration.node import SourceFile
from handrail.core.errors import InvalidError
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases import configuration
from handrail.usecases.configuration import CheckResult

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
PEOPLE = (
    SMALL
    + """\
---
user:
  name: ben
  time_zone: Europe/Berlin
  contact_methods: [{name: t, kind: terminal}]
team: {name: crew, members: [ana, ben], lead: ana}
schedule:
  name: nights
  time_zone: Europe/Berlin
  rotation: {every: %s, handoff: '09:00', starts_on: 2026-01-05, participants: [%s]}
"""
)


def check(text: str) -> CheckResult:
    return configuration.check(
        [SourceFile(name="f.yaml", text=text)],
        reader=YamlDocumentReader(),
        source_kinds=SOURCE_KINDS,
        now=NOW,
    )


def test_too_little_rest_is_told_by_person_shift_and_remedy() -> None:
    rules = "rest_rules: {max_nights: 7, per: 14d}\n"
    result = check(PEOPLE % ("2 weeks", "ben, ana") + rules)
    assert not result.has_errors
    (told, *_) = [p for p in result.problems if "nights in 2 weeks" in p.message]
    assert told.field == "schedule nights"
    assert told.place.line > 1
    assert "ana has 14 nights in 2 weeks, 7 is the most (nights, " in told.message
    assert "more times until" in told.message
    assert "add people to the rotation" in told.remedy


def test_a_limit_among_the_errors_keeps_files_from_being_applied() -> None:
    rules = "rest_rules: {longest_run: 7d, errors: [longest_run]}\n"
    text = PEOPLE % ("2 weeks", "ana, ben") + rules
    assert check(text).has_errors
    desk = Desk()
    with pytest.raises(InvalidError, match="without a break, 7d is the most"):
        desk.apply(text)
    # A week at a time is within the limit, in every week of the year.
    assert desk.apply(PEOPLE % ("1 week", "ana, ben") + rules).is_changed


def test_what_is_broken_already_does_not_block_a_change_that_did_not_break_it() -> None:
    desk = Desk()
    text = PEOPLE % ("2 weeks", "ana, ben")
    limit = "rest_rules: {longest_run: 7d%s}\n"
    desk.apply(text + limit % "")
    applied = desk.apply(
        text
        + limit % ", errors: [longest_run]"
        + "channel: {name: c, kind: terminal}\n"
    )
    assert applied.is_changed
    warned = [p.message for p in applied.plan.warnings]
    assert any("without a break" in message for message in warned)


def test_an_exception_for_a_team_takes_a_limit_away() -> None:
    rules = (
        "rest_rules: {longest_run: 7d, "
        "exceptions: [{teams: [crew], longest_run: none}]}"
    )
    told = check(PEOPLE % ("2 weeks", "ana, ben") + rules).problems
    assert not any("without a break" in problem.message for problem in told)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("per: 36h", "no whole number of days"),
        ("exceptions: [{max_nights: 3}]", "is for nobody"),
        ("exceptions: [{teams: [crow], max_nights: 3}]", 'no team "crow"'),
        ("min_rest: lots", "not a duration"),
        ("errors: [rest]", "is none of min_rest"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules: str, said: str) -> None:
    result = check(PEOPLE % ("1 week", "ana, ben") + f"rest_rules: {{{rules}}}\n")
    assert any(
        said in problem.message for problem in result.problems if problem.is_error
    )
