"""The draft says what the record knows, and never guesses."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.core.postmortem.making import ANA, BEN, MINUTE, START, incident

from handrail.core.ids import MitigationId
from handrail.core.incident.role import IncidentRole
from handrail.core.mitigation.mitigation import (
    Mitigation,
    MitigationKind,
    MitigationOutcome,
)
from handrail.core.obligation.obligation import Obligation, ObligationKind, OwnerRole
from handrail.core.postmortem.draft import Record, RecordEntry, draft
from handrail.core.postmortem.section import Section

RESOLVED = replace(
    incident(),
    mitigated_at=START + 20 * MINUTE,
    resolved_at=START + 30 * MINUTE,
    roles=((IncidentRole.SCRIBE, BEN),),
)


def entry(sequence: int, kind: str, what: str, **more: Any) -> RecordEntry:
    at = START + sequence * MINUTE
    parts: dict[str, Any] = {"occurred_at": at, "recorded_at": at, "is_pinned": False}
    return RecordEntry(sequence=sequence, kind=kind, what=what, **{**parts, **more})


def obligation(kind: ObligationKind, met_after: int | None) -> Obligation:
    due_at = START + 15 * MINUTE
    met_at = None if met_after is None else START + met_after * MINUTE
    is_late = met_at is None or met_at > due_at
    return Obligation(
        id=f"{kind}.1",
        kind=kind,
        owner=OwnerRole.COMMUNICATIONS_LEAD,
        since=START,
        due_at=due_at,
        met_at=met_at,
        missed_at=due_at if is_late else None,
    )


def test_an_unknown_impact_start_is_said_to_be_unknown() -> None:
    made = draft(Record(incident=RESOLVED, entries=()))

    figures = {figure.key: figure for figure in made.figures}
    assert dict(made.header)["Impact started"] == "unknown"
    assert "when the impact started is unknown" in made.facts[Section.SUMMARY][1]
    assert figures["time_to_resolve"].value is None
    assert figures["detected_to_resolved"].value == timedelta(minutes=30)


def test_a_known_impact_start_gives_the_whole_length() -> None:
    known = replace(RESOLVED, impact_started_at=START - 10 * MINUTE)

    made = draft(Record(incident=known, entries=()))

    assert made.facts[Section.SUMMARY][1].startswith("How long: 40 min 0 s from the")


def test_promises_kept_and_missed_stand_where_they_belong() -> None:
    owed = (
        obligation(ObligationKind.SCRIBE_NAMED, 5),
        obligation(ObligationKind.PUBLIC_NOTICE, 20),
        obligation(ObligationKind.EXECUTIVES_TOLD, None),
    )

    made = draft(Record(incident=replace(RESOLVED, obligations=owed), entries=()))

    assert made.facts[Section.WENT_WELL] == (
        "Kept: scribe named by 08:15 UTC, with 10 min 0 s left",
    )
    assert made.facts[Section.WENT_POORLY] == (
        "Missed: public notice by 08:15 UTC, 5 min 0 s late",
        "Missed: executives told by 08:15 UTC, never met",
    )


def test_mitigations_are_told_with_what_came_of_them() -> None:
    tried = Mitigation(
        id=MitigationId("m"),
        kind=MitigationKind.ROLL_BACK,
        title="Roll back 4.2",
        entry=None,
        by=BEN,
        started_at=START + 5 * MINUTE,
    )
    worked = replace(tried, outcome=MitigationOutcome.WORKED, remark="errors fell")
    both = replace(RESOLVED, mitigations=(tried, worked))

    made = draft(Record(incident=both, entries=()))

    said = "What helped: Roll back 4.2, tried by ben at 08:05 UTC: worked, errors fell"
    assert said in made.facts[Section.SUMMARY]
    assert "nobody judged it" in made.facts[Section.WENT_POORLY][0]


def test_the_timeline_has_what_matters_what_is_pinned_and_what_was_put_right() -> None:
    entries = (
        entry(1, "incident_declared", "Declared"),
        entry(2, "obligations_added", "Owed"),
        entry(3, "note_added", "Queue at 900", corrected_by=6),
        entry(4, "obligation_met", "Kept", is_pinned=True),
        entry(5, "note_added", "Saw it", recorded_at=START + 9 * MINUTE),
        entry(6, "entry_corrected", "Correction of entry 3: at 90"),
    )

    lines = draft(Record(incident=RESOLVED, entries=entries)).timeline

    assert [line.sequence for line in lines] == [1, 4, 5, 6]
    assert [line.is_pinned for line in lines] == [False, True, False, False]
    assert [line.told_at is not None for line in lines] == [False, False, True, False]
    assert lines[0].since_detected == MINUTE


def test_people_are_called_by_their_names() -> None:
    record = Record(incident=RESOLVED, entries=(), who=lambda slug: slug.title())

    header = dict(draft(record).header)

    assert header["Incident commander"] == ANA.title()
    assert header["Scribe"] == "Ben"
