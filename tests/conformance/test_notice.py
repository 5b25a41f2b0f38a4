"""Notices, whatever the database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.conformance.examples import IDS, MINUTE

from handrail.core.errors import ConflictError
from handrail.core.ids import IncidentId, NoticeId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Detection, Stage
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

ANA = Slug("ana")


def declared(store: ServingStore, **changes: Any) -> Incident:
    def work(tx: Transaction) -> Incident:
        incident = Incident(
            id=IncidentId(IDS.new_id()),
            number=tx.incident.next_number(),
            title="Disk full",
            service=None,
            severity=None,
            stage=Stage.TRIAGE,
            commander=ANA,
            declared_by=ANA,
            declared_at=tx.now,
            detected_by=Detection.EMPLOYEE,
            detected_at=tx.now,
            impact_started_at=None,
        )
        incident = replace(incident, **changes)
        tx.incident.add(incident, next_due_at=None)
        return incident

    return store.run(work)


def told(store: ServingStore, of: Incident, number: int = 1, **changes: Any) -> Notice:
    def work(tx: Transaction) -> Notice:
        at = changes.pop("at", tx.now)
        parts: dict[str, Any] = {
            "id": NoticeId(IDS.new_id()),
            "incident_id": of.id,
            "incident_number": of.number,
            "number": number,
            "title": "Bücher fehlen",
            "stage": NoticeStage.RESOLVED,
            "text": "Some books are missing.\n\nSorry.",
            "components": {Slug("shop"): ComponentStatus.OPERATIONAL},
            "next_update_at": None,
            "by": ANA,
            "posted_at": at,
            "shown_at": at,
        }
        made = Notice(**(parts | changes))
        tx.notice.add(made)
        return made

    return store.run(work)


def shown(store: ServingStore, limit: int) -> set[str]:
    return {n.id for n in store.read(lambda tx: tx.notice.shown(limit=limit))}


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    incident = declared(store)
    now = store.read(lambda tx: tx.now)

    whole = told(
        store,
        incident,
        stage=NoticeStage.IDENTIFIED,
        next_update_at=now + MINUTE,
        shown_at=now - MINUTE,
        is_correction=True,
    )
    second = told(store, incident, 2)

    found = store.read(lambda tx: tx.notice.for_incident(incident.id))
    assert found == [whole, second]
    assert store.read(lambda tx: tx.notice.for_incident(IncidentId("x"))) == []
    assert store.read(lambda tx: tx.notice.count()) == 2


def test_no_two_notices_of_an_incident_have_one_number(store: ServingStore) -> None:
    incident = declared(store)
    told(store, incident)

    with pytest.raises(ConflictError):
        told(store, incident)

    assert store.read(lambda tx: tx.notice.count()) == 1


def test_the_incidents_told_of_last_are_shown_whole(store: ServingStore) -> None:
    old, new = declared(store), declared(store)
    now = store.read(lambda tx: tx.now)
    told(store, old, at=now - 9 * MINUTE)
    first = told(store, new, at=now - timedelta(days=9))
    last = told(store, new, 2, at=now)

    assert shown(store, 1) == {first.id, last.id}
    assert len(shown(store, 2)) == 3


@pytest.mark.parametrize(
    "leaving",
    [
        {"stage": NoticeStage.MONITORING},
        {"components": {Slug("shop"): ComponentStatus.PARTIAL_OUTAGE}},
    ],
    ids=["open", "affected"],
)
def test_what_is_left_open_is_shown_however_old(
    store: ServingStore, leaving: dict[str, Any]
) -> None:
    old, new = declared(store), declared(store)
    now = store.read(lambda tx: tx.now)
    first = told(store, old, at=now - 9 * MINUTE, **leaving)
    last = told(store, new, at=now)

    assert shown(store, 1) == {first.id, last.id}
    told(store, old, 2, at=now - 8 * MINUTE)
    assert shown(store, 1) == {last.id}
