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


RELIEF = (
    "---\n"
    "override: {name: relief, schedule: nights, user: ben, from: '%s', until: '%s'}\n"
)


def desk_with(rota: str, limit: str, rule: str) -> tuple[Desk, str]:
    """Return a desk at which a limit became an error while the rota broke it."""
    desk = Desk()
    desk.apply(f"{rota}---\nrest_rules: {{{limit}}}\n")
    text = f"{rota}---\nrest_rules: {{{limit}, errors: [{rule}]}}\n"
    desk.apply(text)
    return desk, text


@pytest.mark.parametrize(
    ("rule", "limit", "begins", "ends"),
    [
        # Two shorter runs, where one of two weeks is broken already.
        ("longest_run", "longest_run: 4d", "2026-01-08T00:00", "2026-01-10T00:00"),
        # A few hours off within a run are more rest than none.
        ("min_rest", "min_rest: 11h", "2026-01-08T14:00", "2026-01-08T18:00"),
        # Counting begins at another night, and comes to no more than before.
        (
            "max_nights",
            "max_nights: 3, per: 7d",
            "2026-01-06T20:00",
            "2026-01-07T07:00",
        ),
    ],
)
def test_somebody_is_relieved_whatever_limit_their_turn_breaks_already(
    rule: str, limit: str, begins: str, ends: str
) -> None:
    desk, text = desk_with(PEOPLE % ("2 weeks", "ana, ben, cy") + CY, limit, rule)
    assert desk.apply(text + RELIEF % (begins, ends)).is_changed


CY = "---\nuser: {name: cy, contact_methods: [{name: t, kind: terminal}]}\n"


@pytest.mark.parametrize(
    ("rule", "limit", "begins", "ends"),
    [
        ("longest_run", "longest_run: 4d", "2026-01-19T09:00", "2026-01-20T09:00"),
        ("min_rest", "min_rest: 11h", "2026-01-19T14:00", "2026-01-19T20:00"),
        (
            "max_nights",
            "max_nights: 13, per: 21d",
            "2026-01-19T20:00",
            "2026-01-21T07:00",
        ),
    ],
)
def test_a_change_that_breaks_a_limit_worse_is_refused(
    rule: str, limit: str, begins: str, ends: str
) -> None:
    desk, text = desk_with(PEOPLE % ("2 weeks", "ben, cy") + CY, limit, rule)
    desk.apply(text)
    with pytest.raises(InvalidError, match="ben "):
        desk.apply(text + RELIEF % (begins, ends))


def test_a_person_who_is_only_renamed_breaks_no_limit_anew() -> None:
    rota = PEOPLE % ("2 weeks", "ana, ben")
    desk, text = desk_with(rota, "longest_run: 7d", "longest_run")
    renamed = text.replace("name: ben", "name: benno\n  renamed_from: ben")
    renamed = renamed.replace("ana, ben]", "ana, benno]")
    assert desk.apply(renamed).is_changed


def test_what_is_past_hides_nothing_that_comes() -> None:
    # Five nights in the four weeks before, and one more within four weeks of four.
    nights = CY + "".join(
        f"---\noverride: {{name: n{day}, schedule: nights, user: cy, "
        f"from: '{day}T20:00', until: '{day}T23:59'}}\n"
        for day in (
            "2025-12-09",
            "2025-12-10",
            "2025-12-11",
            "2025-12-12",
            "2025-12-13",
            "2026-01-06",
        )
    )
    rules = "---\nrest_rules: {max_nights: 4, per: 28d}\n"
    told = check(PEOPLE % ("1 week", "ben") + nights + rules).problems
    assert any("cy has 5 nights in 4 weeks" in one.message for one in told)


def test_a_run_is_seen_whole_however_short_nights_are_counted_over() -> None:
    # From 29 December to 6 January ben has no break; nights are counted by the day.
    rules = "---\nrest_rules: {longest_run: 7d, per: 1d}\n"
    run = RELIEF % ("2025-12-29T09:00", "2026-01-06T09:00")
    told = check(PEOPLE % ("1 day", "nobody") + run + rules).problems
    assert any("ben is on call for 8d" in problem.message for problem in told)
