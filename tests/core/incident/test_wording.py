"""Every event has words, and a place in the record's vocabulary."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.wording import (
    EntryKind,
    describe,
    kind_of_entry,
    said_by_hand,
)
from handrail.core.obligation.obligation import (
    Obligation,
    ObligationKind,
    OwnerRole,
)
from handrail.core.severity.severity import Severity


def who(slug: Slug) -> str:
    return slug.title()


def test_every_event_has_words_of_its_own() -> None:
    unworded = [
        kind.__name__
        for kind in get_args(e.IncidentEvent)
        if describe.dispatch(kind) is describe.dispatch(object)
    ]

    assert unworded == []


def test_people_are_called_by_their_names() -> None:
    handed = e.CommandHandedOver(to=Slug("ben"), previous=Slug("ana"), reason="sleep")

    assert describe(handed, who) == "Command Ana → Ben: sleep"


def test_a_first_assessment_and_a_change_read_alike() -> None:
    first = e.SeverityChanged(severity=Severity.SEV1, previous=None, reason="")
    lowered = e.SeverityChanged(
        severity=Severity.SEV3, previous=Severity.SEV1, reason="one customer"
    )

    assert describe(first, who) == "Severity to be assessed → SEV1"
    assert describe(lowered, who) == "Severity SEV1 → SEV3: one customer"


def test_a_deadline_on_another_day_has_its_date() -> None:
    since = datetime(2026, 11, 28, 14, 44, tzinfo=UTC)
    added = e.ObligationsAdded(
        obligations=tuple(
            Obligation(
                id=name,
                kind=ObligationKind.PUBLIC_NOTICE,
                owner=OwnerRole.INCIDENT_COMMANDER,
                since=since,
                due_at=since + length,
            )
            for name, length in (
                ("public_notice.1", timedelta(minutes=15)),
                ("postmortem_published.1", timedelta(days=3)),
            )
        )
    )

    assert describe(added, who) == (
        "Owed: public notice by 14:59 UTC, postmortem published by Tue 01 Dec 14:44 UTC"
    )


def test_only_what_people_wrote_is_said_by_hand() -> None:
    note = e.NoteAdded(text="5xx everywhere", by=Slug("ana"))
    missed = e.ObligationMissed(obligation="public_notice.1")

    assert said_by_hand(note) == "5xx everywhere"
    assert said_by_hand(missed) == ""
    assert kind_of_entry(note) is EntryKind.HUMAN
    assert kind_of_entry(missed) is EntryKind.PROMISE
    assert describe(missed, who) == "Deadline passed: public notice"
