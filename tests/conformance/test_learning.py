"""Postmortems, action items and tickets, whatever the database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conformance.examples import IDS
from tests.core.postmortem.making import incident, item, written

from handrail.core.backlog.ticket import (
    BacklogTicket,
    TicketOrigin,
    TicketState,
    claimed,
)
from handrail.core.errors import ConflictError
from handrail.core.ids import (
    ActionItemId,
    AlertId,
    IncidentId,
    NodeId,
    PostmortemId,
    Slug,
    TicketId,
)
from handrail.core.incident.incident import Incident
from handrail.core.postmortem.action_item import ActionState
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.event import FactorAdded, Published, SectionsWritten
from handrail.core.postmortem.section import Section
from handrail.core.severity.severity import Severity
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.storage.database import ServingStore

ANA, BEN = Slug("ana"), Slug("ben")
MINUTE = timedelta(minutes=1)
NOBODY = Viewer()


def add_incident(store: ServingStore, **changes: Any) -> Incident:
    def work(tx: Any) -> Incident:
        number = tx.incident.next_number()
        made = replace(
            incident(), id=IncidentId(IDS.new_id()), number=number, **changes
        )
        tx.incident.add(made, next_due_at=None)
        return made

    return store.run(work)


def postmortem_of(one: Incident) -> Any:
    factor = ContributingFactor(
        id="f1",
        text="ü",
        kind=FactorKind.EXTERNAL,
        made_possible="a",
        would_have_caught="b",
    )
    made = written(
        SectionsWritten(sections={Section.LUCK: "night"}, by=ANA),
        FactorAdded(factor=factor, by=BEN),
        Published(record_until=4, by=ANA),
    )
    return replace(
        made,
        id=PostmortemId(IDS.new_id()),
        incident_id=one.id,
        incident_number=one.number,
        sections={Section.LUCK: "night"},
    )


def test_a_postmortem_comes_back_as_it_was_one_an_incident(
    store: ServingStore,
) -> None:
    one = add_incident(store)
    made = postmortem_of(one)
    store.run(lambda tx: tx.postmortem.add(made))

    assert store.read(lambda tx: tx.postmortem.for_incident(one.id)) == made
    assert store.run(lambda tx: tx.postmortem.for_incident(one.id, lock=True)) == made
    assert store.read(lambda tx: tx.postmortem.for_incident(IncidentId("no"))) is None
    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.postmortem.add(postmortem_of(one)))


def test_a_postmortem_is_saved_only_over_the_one_that_was_read(
    store: ServingStore,
) -> None:
    made = postmortem_of(add_incident(store))
    store.run(lambda tx: tx.postmortem.add(made))
    moved = replace(made, sequence=made.sequence + 1)

    store.run(lambda tx: tx.postmortem.save(moved, expected_sequence=made.sequence))

    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.postmortem.save(made, expected_sequence=made.sequence))
    found = store.read(lambda tx: tx.postmortem.for_incident(made.incident_id))
    assert found == moved


def test_what_was_learned_of_a_private_incident_is_seen_by_its_people(
    store: ServingStore,
) -> None:
    shown = add_incident(store)
    hidden = add_incident(store, is_private=True, participants=(ANA,))
    for one in (shown, hidden):
        learn_from(store, one)

    def numbers(viewer: Viewer) -> tuple[list[int], list[int], list[int | None]]:
        return store.read(
            lambda tx: (
                [
                    p.incident_number
                    for p in tx.postmortem.search(viewer=viewer, limit=9)
                ],
                [i.incident_number for i in items(tx, viewer)],
                [
                    t.incident_number
                    for t in tx.backlog.search(viewer=viewer, open_only=False, limit=9)
                ],
            )
        )

    both = ([2, 1], [1, 2], [2, 1])
    assert numbers(EVERYBODY) == both
    assert numbers(Viewer(user=ANA)) == both
    assert numbers(Viewer(user=BEN)) == ([1], [1], [1])
    assert numbers(NOBODY) == ([1], [1], [1])
    assert store.read(lambda tx: tx.action_item.by_number(2, viewer=NOBODY)) is None


def learn_from(store: ServingStore, one: Incident) -> None:
    def work(tx: Any) -> None:
        tx.postmortem.add(postmortem_of(one))
        tx.action_item.add(numbered(tx, one))
        tx.backlog.add(ticket(tx, incident_=one))

    store.run(work)


def items(tx: Any, viewer: Viewer) -> Any:
    return tx.action_item.search(viewer=viewer, open_only=False, owner=None, limit=9)


def numbered(tx: Any, one: Incident, **plan: Any) -> Any:
    return replace(
        item(tx.action_item.next_number(), **plan),
        id=ActionItemId(IDS.new_id()),
        incident_id=one.id,
        incident_number=one.number,
    )


def test_postmortems_are_listed_backwards(store: ServingStore) -> None:
    for _ in range(3):
        learn_from(store, add_incident(store))

    found = store.read(
        lambda tx: tx.postmortem.search(viewer=EVERYBODY, limit=9, before=3)
    )

    assert [one.incident_number for one in found] == [2, 1]


def test_action_items_come_soonest_due_first_and_count_by_themselves(
    store: ServingStore,
) -> None:
    one = add_incident(store)
    dates = [None, date(2026, 5, 1), date(2026, 4, 1)]

    def add_all(tx: Any) -> None:
        for due_on in dates:
            tx.action_item.add(numbered(tx, one, due_on=due_on))

    store.run(add_all)

    def found(**asked: Any) -> list[int]:
        words = {"open_only": False, "owner": None, "limit": 9, **asked}
        return store.read(
            lambda tx: [
                i.number for i in tx.action_item.search(viewer=EVERYBODY, **words)
            ]
        )

    assert found() == [3, 2, 1]
    assert found(limit=1) == [3]
    assert found(owner=ANA) == []
    third = store.run(lambda tx: tx.action_item.by_number(3, lock=True))
    assert third is not None
    done = replace(third, state=ActionState.DONE, sequence=2)
    store.run(lambda tx: tx.action_item.save(done, expected_sequence=1))
    assert found(open_only=True) == [2, 1]
    assert store.read(lambda tx: tx.action_item.by_number(3)) == done
    theirs = store.read(lambda tx: tx.action_item.for_incident(one.id))
    assert [i.number for i in theirs] == [1, 2, 3]
    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.action_item.save(done, expected_sequence=1))


def ticket(tx: Any, *, incident_: Incident | None = None, **changes: Any) -> Any:
    ticket_id = TicketId(IDS.new_id())
    made = BacklogTicket(
        id=ticket_id,
        origin=TicketOrigin.ALERT,
        origin_key=f"alert:{ticket_id}",
        condition="prom/disk",
        alert_id=AlertId(ticket_id),
        incident_id=incident_.id if incident_ else None,
        incident_number=incident_.number if incident_ else None,
        title="Disk",
        description="70 %",
        service=Slug("checkout"),
        severity=Severity.SEV4,
        created_at=tx.now,
        tried_since=tx.now,
        idempotency_key=f"backlog-{ticket_id}",
        next_attempt_at=tx.now,
    )
    return replace(made, **changes)


def put(store: ServingStore, make: Callable[[Any], Any]) -> Any:
    def work(tx: Any) -> Any:
        made = make(tx)
        tx.backlog.add(made)
        return made

    return store.run(work)


def test_a_ticket_comes_back_as_it_was_one_an_origin(store: ServingStore) -> None:
    one = add_incident(store)
    made = put(store, lambda tx: ticket(tx, incident_=one))
    changed = replace(
        claimed(made, owner=NodeId("n"), lease_until=made.created_at + MINUTE),
        reason="busy",
        failures=2,
        reference="OPS-1",
        link="https://t.example.org/1",
        opened_at=made.created_at,
    )

    store.run(lambda tx: tx.backlog.save(changed))

    assert store.run(lambda tx: tx.backlog.get(made.id, lock=True)) == changed
    assert store.read(lambda tx: tx.backlog.for_alert(made.alert_id)) == changed
    assert store.read(lambda tx: tx.backlog.for_incident(one.id)) == changed
    twin = replace(made, id=TicketId(IDS.new_id()))
    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.backlog.add(twin))


def test_tickets_are_due_when_pending_or_when_their_lease_lapsed(
    store: ServingStore,
) -> None:
    late = put(store, lambda tx: ticket(tx, next_attempt_at=tx.now - MINUTE))
    lapsed = put(
        store,
        lambda tx: claimed(
            ticket(tx), owner=NodeId("n"), lease_until=tx.now - 2 * MINUTE
        ),
    )
    put(store, lambda tx: ticket(tx, next_attempt_at=tx.now + MINUTE))
    put(
        store,
        lambda tx: claimed(ticket(tx), owner=NodeId("n"), lease_until=tx.now + MINUTE),
    )
    opened = put(store, lambda tx: ticket(tx, state=TicketState.OPENED))

    due = store.run(lambda tx: tx.backlog.claimable(limit=9))

    assert due == [lapsed, late]
    assert store.run(lambda tx: tx.backlog.claimable(limit=1)) == [lapsed]
    assert store.read(lambda tx: tx.backlog.next_due()) == lapsed.lease_until
    waiting = store.read(
        lambda tx: tx.backlog.search(viewer=EVERYBODY, open_only=True, limit=9)
    )
    assert opened not in waiting
    assert len(waiting) == 4


def test_a_condition_is_remembered_from_an_instant_on(store: ServingStore) -> None:
    made = put(store, ticket)

    def asked(condition: str, shift: timedelta) -> bool:
        return store.read(
            lambda tx: tx.backlog.asked_since(condition, made.created_at + shift)
        )

    assert asked("prom/disk", timedelta(0))
    assert not asked("prom/disk", timedelta(microseconds=1))
    assert not asked("prom/other", timedelta(0))
