"""Coverage in files: what fits together, and what compiles to what."""

from datetime import time, timedelta

import pytest
from tests.configured import SMALL, checked

from handrail.core.ids import Slug
from handrail.core.service.coverage_intent import (
    Coverage,
    CoverageIntent,
    IntendedGaps,
    LastResortCounts,
)
from handrail.core.severity.severity import Urgency
from handrail.usecases.configuration import proposed

WINDOW = '{time_zone: UTC, days: [mon], from: "08:00", to: "10:00"}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{{when: always, windows: {WINDOW}}}", "when: does not go with windows"),
        ("[{when: never}, {people: 2}]", "[0].when: never stands beside other"),
        ("{people: 0}", "people: must be a whole number from 1 to 20"),
        ("{methods: many}", "methods: must be a whole number"),
        ("{within: soon}", "within: "),
        ("{within: 2d}", "is not between 0s and 24h"),
        ("{when: allways}", "always"),
        ("[]", "asks for nothing"),
        (
            f"{{windows: [{WINDOW}, {WINDOW.replace('UTC', 'Europe/Berlin')}]}}",
            "windows[1].time_zone: Europe/Berlin differs from UTC above",
        ),
    ],
)
@pytest.mark.parametrize(
    "place", ["coverage: {default: %s}", "team: {name: t, coverage: %s}"]
)
def test_what_does_not_fit_together_is_named(place: str, text: str, words: str) -> None:
    result = checked(f"{SMALL}---\n{place % text}\n")

    errors = [problem.line() for problem in result.problems if problem.is_error]
    assert len(errors) == 1, errors
    assert words in errors[0]


def coverage(text: str) -> Coverage:
    result = checked(f"{SMALL}---\n{text}\n")
    assert not result.has_errors, result.lines()
    return proposed(result).services[Slug("shop")].coverage


def test_what_is_left_out_is_the_default() -> None:
    assert coverage("coverage: {default: {}}") == Coverage(
        intents=(CoverageIntent(),), declared_by="coverage"
    )


def test_nothing_asked_is_nothing() -> None:
    assert coverage("coverage: {evidence_lasts: 30d}") == Coverage()


def test_every_field_is_read() -> None:
    (intent,) = coverage(
        f"coverage: {{default: {{windows: {WINDOW}, people: 2, methods: 3, within: 1m, "
        "urgency: low, intended_gaps: defect, last_resort: counts}}"
    ).intents

    assert intent.hours is not None
    assert intent.hours.windows[0].start == time(8)
    assert (intent.people, intent.methods) == (2, 3)
    assert intent.within == timedelta(minutes=1)
    assert intent.urgency is Urgency.LOW
    assert intent.intended_gaps is IntendedGaps.DEFECT
    assert intent.last_resort is LastResortCounts.YES


def test_what_holds_for_all_is_read() -> None:
    text = "coverage: {evidence_lasts: 30d, tell_ahead: 3d}"

    rules = proposed(checked(f"{SMALL}---\n{text}\n")).coverage

    assert rules.evidence_lasts == timedelta(days=30)
    assert rules.tell_ahead == timedelta(days=3)
