"""Durations: one definition each, unknown where an instant is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.postmortem.making import MINUTE, START, incident

from handrail.core.ids import AlertId, PageId
from handrail.core.incident.duration import figures, span
from handrail.core.incident.event import PagePurpose
from handrail.core.paging.page import Page
from handrail.core.severity.severity import Severity, Urgency


def a_page() -> Page:
    return Page(
        id=PageId("0"),
        alert_id=AlertId("a"),
        title="Checkout fails",
        service=None,
        severity=Severity.SEV2,
        urgency=Urgency.HIGH,
        policy=None,
        revision=1,
        opened_at=START,
    )


def values(**facts: object) -> dict[str, timedelta | None]:
    made = replace(incident(), **facts)  # type: ignore[arg-type]  # any field
    return {figure.key: figure.value for figure in figures(made)}


def test_everything_known_gives_every_figure_of_the_response() -> None:
    found = values(
        impact_started_at=START - 5 * MINUTE,
        mitigated_at=START + 10 * MINUTE,
        resolved_at=START + 20 * MINUTE,
        public_told_at=START + 7 * MINUTE,
    )

    assert found == {
        "time_to_detect": 5 * MINUTE,
        "time_to_acknowledge": None,
        "time_to_declare": 2 * MINUTE,
        "time_to_mitigate": 15 * MINUTE,
        "detected_to_mitigated": 10 * MINUTE,
        "time_to_resolve": 25 * MINUTE,
        "detected_to_resolved": 20 * MINUTE,
        "time_to_public_notice": 7 * MINUTE,
    }


def test_an_unknown_impact_start_is_never_guessed() -> None:
    made = replace(incident(), resolved_at=START + MINUTE)
    found = {figure.key: figure for figure in figures(made)}

    for key in ("time_to_detect", "time_to_mitigate", "time_to_resolve"):
        assert found[key].value is None
        assert found[key].unknown == "when the impact started is unknown"
    assert found["detected_to_resolved"].value == MINUTE


def test_facts_that_contradict_each_other_give_no_figure() -> None:
    found = {f.key: f for f in figures(incident(impact_started_at=START + MINUTE))}

    assert found["time_to_detect"].value is None
    assert "lies before" in found["time_to_detect"].unknown


def test_acknowledging_is_measured_from_the_first_page_without_the_commanders() -> None:
    first = replace(a_page(), id=PageId("1"), opened_at=START)
    second = replace(
        a_page(),
        id=PageId("2"),
        opened_at=START + MINUTE,
        acknowledged_at=START + 4 * MINUTE,
    )
    commanders = replace(
        a_page(), id=PageId("3"), opened_at=START - MINUTE, acknowledged_at=START
    )
    made = replace(incident(), pages={PageId("3"): PagePurpose.COMMAND})

    found = {f.key: f for f in figures(made, [commanders, second, first])}

    assert found["time_to_acknowledge"].value == 4 * MINUTE


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min 0 s"),
        (3600, "1 h 0 min"),
        (90_061, "1 d 1 h 1 min"),
    ],
)
def test_lengths_read_well(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_no_figure_is_ever_negative(start: int, end: int) -> None:
    made = incident(impact_started_at=START + timedelta(seconds=start))
    made = replace(made, resolved_at=START + timedelta(seconds=end))

    assert all(f.value is None or f.value >= timedelta(0) for f in figures(made))
