"""Incidents, whatever the database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conformance.examples import HOUR, IDS, MINUTE, SECOND
from tests.conformance.test_unreadable import spoil

from handrail.core.audit.event import NewEvent, broken_link
from handrail.core.errors import ConflictError
from handrail.core.ids import (
    AlertId,
    EvidenceId,
    IncidentId,
    MitigationId,
    NoticeId,
    PageId,
    PostmortemId,
    Slug,
    TaskId,
    TicketId,
)
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import (
    Evidence,
    Incident,
    SeverityMoment,
    Task,
    Ticket,
)
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import RESPONDING, Detection, Ending, Stage
from handrail.core.mitigation.mitigation import Mitigation, MitigationKind
from handrail.core.obligation.obligation import (
    Obligation,
    ObligationKind,
    OwnerRole,
    ReminderPoint,
)
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import ComponentStatus
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.setback import UnreadableError
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases.incident_record import stream_of

ANA, BEN = Slug("ana"), Slug("ben")
NOBODY = Viewer()


def incident(now: datetime, **facts: Any) -> Incident:
    bare = Incident(
        id=IncidentId(IDS.new_id()),
        number=0,
        title="Checkout is down",
        service=None,
        severity=None,
        stage=Stage.TRIAGE,
        commander=ANA,
        declared_by=ANA,
        declared_at=now,
        detected_by=Detection.EMPLOYEE,
        detected_at=now,
        impact_started_at=None,
        participants=(ANA,),
        sequence=1,
    )
    return replace(bare, **facts)


def add(
    store: ServingStore, *, next_due_at: datetime | None = None, **facts: Any
) -> Incident:
    def work(tx: Transaction) -> Incident:
        one = incident(tx.now, **{"number": tx.incident.next_number(), **facts})
        tx.incident.add(one, next_due_at=next_due_at)
        return one

    return store.run(work)


def now_of(store: ServingStore) -> datetime:
    return store.read(lambda tx: tx.now)


def whole(now: datetime) -> dict[str, Any]:
    """Return every field of an incident filled."""
    owed = Obligation(
        id="public_notice.1",
        kind=ObligationKind.PUBLIC_NOTICE,
        owner=OwnerRole.COMMUNICATIONS_LEAD,
        since=now,
        due_at=now + HOUR,
        met_at=now,
        missed_at=now,
        cancelled_at=now,
        reminded=(ReminderPoint.BEFORE, ReminderPoint.AFTER),
    )
    tried = Mitigation(
        id=MitigationId("m"),
        kind=MitigationKind.CUSTOM,
        title="Roll back ü",
        entry=None,
        by=BEN,
        started_at=now,
    )
    return {
        "title": "Zahlungen \N{SNOWMAN} 'so' \"so\"",
        "service": Slug("checkout"),
        "severity": Severity.SEV1,
        "stage": Stage.LEARN,
        "impact_started_at": now - HOUR,
        "is_private": True,
        "summary": "line\nline",
        "alert_id": AlertId("a"),
        "roles": ((IncidentRole.SCRIBE, BEN),),
        "participants": (ANA, BEN),
        "offered_to": (BEN,),
        "severity_history": (
            SeverityMoment(severity=None, since=now, reason="declared"),
            SeverityMoment(severity=Severity.SEV1, since=now, reason=""),
        ),
        "mitigated_at": now,
        "resolved_at": now,
        "learned_at": now,
        "closed_at": now,
        "reopened_at": now,
        "recurred_at": now,
        "ending": Ending.RESOLVED,
        "merged_into": IncidentId("other"),
        "absorbed": (3, 4),
        "obligations": (owed,),
        "earlier_obligations": 1,
        "mitigations": (tried,),
        "tasks": (Task(id=TaskId("t"), title="Drain", assignee=ANA, added_at=now),),
        "evidence": (
            Evidence(
                id=EvidenceId("e"),
                name="graph.png",
                media_type="image/png",
                size=3,
                sha256="ab",
                note="",
                attached_at=now,
            ),
        ),
        "pinned": (1, 2),
        "pages": {PageId("p"): PagePurpose.COMMAND},
        "notices": (NoticeId("n"),),
        "public_told_at": now,
        "public_word_at": now,
        "all_clear_at": now,
        "component_status": {Slug("pay"): ComponentStatus.PARTIAL_OUTAGE},
        "next_update_at": now,
        "ticket": Ticket(id=TicketId("k"), reference="PAY-1", link="https://x.example"),
        "postmortem_id": PostmortemId("pm"),
        "postmortem_published_at": now,
        "sequence": 9,
    }


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    full = add(store, **whole(now_of(store)))
    bare = add(store)

    assert store.read(lambda tx: tx.incident.get(full.id)) == full
    assert store.run(lambda tx: tx.incident.get(bare.id, lock=True)) == bare
    assert store.read(lambda tx: tx.incident.by_number(full.number)) == full
    assert store.run(lambda tx: tx.incident.by_number(bare.number, lock=True)) == bare
    assert store.read(lambda tx: tx.incident.get(IncidentId("nowhere"))) is None
    assert store.read(lambda tx: tx.incident.by_number(99)) is None


def test_numbers_count_up_without_a_gap_where_one_was_given_back(
    store: ServingStore,
) -> None:
    def undone(tx: Transaction) -> None:
        assert tx.incident.next_number() == 2
        msg = "somebody declares and fails"
        raise ConflictError(msg)

    first = add(store)
    with pytest.raises(ConflictError):
        store.run(undone)
    second = add(store)

    assert (first.number, second.number) == (1, 2)


def test_an_incident_is_saved_only_over_the_one_that_was_read(
    store: ServingStore,
) -> None:
    before = add(store)
    moved = replace(before, **whole(now_of(store)))

    def save(one: Incident, expected: int) -> None:
        store.run(
            lambda tx: tx.incident.save(
                one, expected_sequence=expected, next_due_at=None
            )
        )

    save(moved, 1)
    with pytest.raises(ConflictError, match="moved on"):
        save(replace(before, title="lost"), 1)
    with pytest.raises(ConflictError):
        save(replace(before, id=IncidentId("nowhere")), 1)

    assert store.read(lambda tx: tx.incident.get(before.id)) == moved


def test_a_save_that_is_refused_takes_the_entries_with_it(store: ServingStore) -> None:
    one = add(store)

    def work(tx: Transaction) -> None:
        tx.event.append(stream_of(one.id), [entry(tx, "note_added")], after=0)
        tx.incident.save(one, expected_sequence=7, next_due_at=None)

    with pytest.raises(ConflictError):
        store.run(work)

    assert store.read(lambda tx: tx.event.read(stream_of(one.id))) == []


def test_a_stream_takes_entries_only_after_the_last_and_is_chained(
    store: ServingStore,
) -> None:
    stream = stream_of(add(store).id)

    def append(kind: str, after: int) -> None:
        store.run(
            lambda tx: tx.event.append(stream, [entry(tx, kind)] * 2, after=after)
        )

    append("first", 0)
    append("second", 2)
    for after in (0, 3, 5):
        with pytest.raises(ConflictError):
            append("lost", after)

    found = store.read(lambda tx: tx.event.read(stream))
    assert [one.sequence for one in found] == [1, 2, 3, 4]
    assert [one.kind for one in found] == ["first", "first", "second", "second"]
    assert broken_link(found) is None
    assert broken_link([found[0], *found[2:]]) is not None


def entry(tx: Transaction, kind: str) -> NewEvent:
    return NewEvent(
        kind=kind, occurred_at=tx.now, actor="ana", payload="{}", salt=IDS.new_secret()
    )


def test_a_search_begins_with_the_newest_and_goes_on_below(store: ServingStore) -> None:
    made = [add(store) for _ in range(4)]

    def numbers(**asked: Any) -> list[int]:
        wanted = {"viewer": EVERYBODY, "responding_only": False, "limit": 9, **asked}
        return [
            one.number for one in store.read(lambda tx: tx.incident.search(**wanted))
        ]

    assert [one.number for one in made] == [1, 2, 3, 4]
    assert numbers() == [4, 3, 2, 1]
    assert numbers(limit=2) == [4, 3]
    assert numbers(before=3) == [2, 1]
    assert numbers(before=1) == []


def test_a_search_for_the_running_leaves_out_what_ended(store: ServingStore) -> None:
    made = {stage: add(store, stage=stage) for stage in Stage}

    found = store.read(
        lambda tx: tx.incident.search(viewer=NOBODY, responding_only=True, limit=9)
    )

    assert {one.stage for one in found} == RESPONDING
    later = replace(made[Stage.TRIAGE], stage=Stage.CLOSED, sequence=2)
    store.run(lambda tx: tx.incident.save(later, expected_sequence=1, next_due_at=None))
    found = store.read(
        lambda tx: tx.incident.search(viewer=NOBODY, responding_only=True, limit=9)
    )
    assert {one.stage for one in found} == RESPONDING - {Stage.TRIAGE}


@pytest.mark.parametrize(
    ("viewer", "is_seen"),
    [
        (NOBODY, False),
        (Viewer(user=BEN), False),
        (Viewer(user=Slug("an")), False),
        (Viewer(user=ANA), True),
        (EVERYBODY, True),
    ],
    ids=str,
)
def test_a_private_incident_is_there_only_for_who_has_a_part(
    store: ServingStore, *, viewer: Viewer, is_seen: bool
) -> None:
    private, public = add(store, is_private=True), add(store)

    def seen(tx: Transaction) -> tuple[bool, ...]:
        found = tx.incident.search(viewer=viewer, responding_only=False, limit=9)
        assert public in found
        return (
            private in found,
            tx.incident.get(private.id, viewer=viewer) is not None,
            tx.incident.by_number(private.number, viewer=viewer) is not None,
            tx.incident.get(private.id, viewer=viewer, lock=True) is not None,
        )

    assert store.run(seen) == (is_seen,) * 4


def test_who_had_a_part_goes_on_seeing_and_who_gets_one_begins_to(
    store: ServingStore,
) -> None:
    private = add(store, is_private=True)
    both = replace(private, participants=(ANA, BEN), sequence=2)

    store.run(lambda tx: tx.incident.save(both, expected_sequence=1, next_due_at=None))

    def seen(tx: Transaction) -> list[Incident | None]:
        eyes = [Viewer(user=user) for user in (ANA, BEN)]
        return [tx.incident.get(private.id, viewer=one) for one in eyes]

    assert store.read(seen) == [both, both]


def test_a_limit_counts_what_the_viewer_may_see(store: ServingStore) -> None:
    open_one = add(store)
    for _ in range(3):
        add(store, is_private=True)

    found = store.read(
        lambda tx: tx.incident.search(viewer=NOBODY, responding_only=False, limit=1)
    )

    assert found == [open_one]


def test_what_is_due_comes_longest_due_first(store: ServingStore) -> None:
    now = now_of(store)
    late = add(store, next_due_at=now - SECOND)
    later = add(store, next_due_at=now - MINUTE)
    add(store, next_due_at=now + HOUR)
    add(store)

    assert store.run(lambda tx: tx.incident.due(limit=9)) == [later, late]
    assert store.run(lambda tx: tx.incident.due(limit=1)) == [later]
    assert store.read(lambda tx: tx.incident.next_due()) == now - MINUTE


def test_saving_says_anew_when_it_is_due(store: ServingStore) -> None:
    now = now_of(store)
    one = add(store, next_due_at=now - SECOND)
    later = now + timedelta(days=1, microseconds=1)

    store.run(lambda tx: tx.incident.save(one, expected_sequence=1, next_due_at=later))
    assert store.run(lambda tx: tx.incident.due(limit=9)) == []
    assert store.read(lambda tx: tx.incident.next_due()) == later

    store.run(lambda tx: tx.incident.save(one, expected_sequence=1, next_due_at=None))
    assert store.read(lambda tx: tx.incident.next_due()) is None


@pytest.mark.parametrize("state", ["{", "{}", "[]", "null"])
def test_one_that_cannot_be_read_keeps_no_other_from_being_due(
    store: ServingStore, state: str
) -> None:
    now = now_of(store)
    broken = add(store, next_due_at=now - HOUR)
    sound = add(store, next_due_at=now - SECOND)
    spoil(store, "incident", f"state = '{state}'", f"id = '{broken.id}'")
    told: list[UnreadableError] = []

    found = store.run(lambda tx: tx.incident.due(limit=9, otherwise=told.append))
    with pytest.raises(UnreadableError, match=broken.id):
        store.run(lambda tx: tx.incident.due(limit=9))
    store.run(lambda tx: tx.incident.put_off(broken.id, tx.now + HOUR))

    assert found == [sound]
    assert [(one.concept, one.row_id) for one in told] == [("incident", broken.id)]
    assert store.run(lambda tx: tx.incident.due(limit=9)) == [sound]


def test_the_incidents_of_an_alert_come_newest_first(store: ServingStore) -> None:
    alert_id = AlertId("a")
    older = add(store, alert_id=alert_id, stage=Stage.CLOSED)
    newer = add(store, alert_id=alert_id, is_private=True)
    add(store, alert_id=AlertId("b"))
    add(store)

    assert store.read(lambda tx: tx.incident.for_alert(alert_id)) == [newer, older]
    assert store.read(lambda tx: tx.incident.for_alert(AlertId("c"))) == []


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", b"x" * 2**20])
def test_evidence_comes_back_byte_for_byte(store: ServingStore, content: bytes) -> None:
    kept = EvidenceId(IDS.new_id())

    store.run(lambda tx: tx.incident.add_evidence(kept, content))

    assert store.read(lambda tx: tx.incident.evidence(kept)) == content
    assert store.read(lambda tx: tx.incident.evidence(EvidenceId("none"))) is None
