"""Bulletins, pages about incidents, and what both owe, whatever the database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from tests.conformance.examples import HOUR, IDS, MINUTE, add_page, delivery
from tests.world.configuration import payments

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.ids import BulletinId, IncidentId, NodeId, PageId, Slug
from handrail.core.incident.event import Audience, PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.paging.delivery import DeliveryState
from handrail.core.paging.outcome import Accepted
from handrail.core.paging.page import Page, PageState
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases import delivery as deliveries
from handrail.usecases import incident as use
from handrail.usecases import paging
from handrail.usecases.desk import Desk

NODE = NodeId("here")
ANA = Slug("ana")


def declared(store: ServingStore) -> Incident:
    """Return a SEV1 about checkout, declared by Ana; Mia is to be told of it."""
    tell = {"stakeholders": ["user:mia"]}
    plan = payments().severity("SEV1", page=["user:ben"], tell=tell)
    store.run(plan.apply)
    said = use.Declaration(
        title="Down", severity=Severity.SEV1, service=Slug("checkout")
    )
    return store.run(lambda tx: use.declare(desk(tx), said))


def desk(tx: Transaction) -> Desk:
    actor = Actor(kind=ActorKind.USER, name=ANA, role=Role.RESPONDER, user=ANA)
    return Desk(tx=tx, actor=actor, ids=IDS)


def pages_of(store: ServingStore, incident: Incident) -> dict[PagePurpose, Page]:
    def look(tx: Transaction) -> dict[PagePurpose, Page]:
        now = tx.incident.get(incident.id)
        assert now is not None
        found = {why: tx.page.get(one) for one, why in now.pages.items()}
        return {why: page for why, page in found.items() if page is not None}

    return store.read(look)


def bulletin(tx: Transaction, incident_id: IncidentId | None) -> Bulletin:
    return Bulletin(
        id=BulletinId(IDS.new_id()),
        incident_id=incident_id,
        kind=BulletinKind.UPDATE,
        about="x",
        title="INC-1: Down",
        service=Slug("checkout"),
        severity=None,
        text="All \u00fc\nis well.",
        link="/incidents/INC-1",
        created_at=tx.now,
        deadline_at=tx.now + HOUR,
    )


def test_a_bulletin_is_kept_as_it_is(store: ServingStore) -> None:
    incident = declared(store)

    def keep(tx: Transaction) -> Bulletin:
        made = bulletin(tx, incident.id)
        tx.bulletin.add(made)
        return made

    made = store.run(keep)

    assert store.read(lambda tx: tx.bulletin.get(made.id)) == made
    assert store.read(lambda tx: tx.bulletin.for_incident(incident.id)) == [made]
    assert store.read(lambda tx: tx.bulletin.get(BulletinId("none"))) is None


def test_a_bulletin_names_what_it_owes(store: ServingStore) -> None:
    of_page = add_page(store)

    def owe(tx: Transaction) -> str:
        made = bulletin(tx, None)
        tx.bulletin.add(made)
        theirs = delivery(of_page, tx.now)
        ours = replace(delivery(of_page, tx.now), page_id=None, bulletin_id=made.id)
        tx.delivery.add([theirs, ours])
        assert tx.delivery.for_bulletin(made.id) == [ours]
        assert tx.delivery.for_page(of_page.id) == [theirs]
        return ours.id

    store.run(owe)


def test_pages_about_an_incident_come_due_with_the_others(
    store: ServingStore,
) -> None:
    incident = declared(store)
    of_alert = add_page(store)

    def make_due(tx: Transaction) -> list[PageId]:
        ours = [one for one, _ in sorted(pages_of_tx(tx, incident).items())]
        for page_id in (*ours, of_alert.id):
            found = tx.page.get(page_id)
            assert found is not None
            due = replace(found, advance_due_at=tx.now - MINUTE, state=PageState.OPEN)
            tx.page.save(due, expected_sequence=found.sequence)
        return sorted([*ours, of_alert.id])

    wanted = store.run(make_due)

    assert sorted(p.id for p in store.run(lambda tx: tx.page.due(limit=9))) == wanted


def pages_of_tx(tx: Transaction, incident: Incident) -> dict[PageId, PagePurpose]:
    now = tx.incident.get(incident.id)
    assert now is not None
    return dict(now.pages)


def test_a_page_is_nudged_when_it_is_time(store: ServingStore) -> None:
    made = add_page(store)
    assert store.read(lambda tx: tx.page.next_nudge()) is None

    def set_time(span: timedelta) -> Callable[[Transaction], None]:
        def work(tx: Transaction) -> None:
            later = replace(made, nudge_due_at=tx.now + span)
            tx.page.save(later, expected_sequence=made.sequence)

        return work

    store.run(set_time(HOUR))
    assert store.read(lambda tx: tx.page.next_nudge()) is not None
    assert store.read(lambda tx: tx.page.due_for_nudge(limit=9)) == []

    store.run(set_time(-MINUTE))
    (due,) = store.read(lambda tx: tx.page.due_for_nudge(limit=9))
    assert due.id == made.id


def test_an_incident_is_answered_told_and_ended(store: ServingStore) -> None:
    incident = declared(store)
    pages = pages_of(store, incident)
    assert set(pages) == {PagePurpose.COMMAND, PagePurpose.RESPONSE}

    def answer(tx: Transaction, page_id: PageId, by: str) -> Page:
        return paging.acknowledge(
            tx, page_id, by=Slug(by), via="link", actor=f"user:{by}", ids=IDS
        )

    store.run(lambda tx: answer(tx, pages[PagePurpose.COMMAND].id, "ben"))
    store.run(lambda tx: answer(tx, pages[PagePurpose.RESPONSE].id, "mia"))
    store.run(
        lambda tx: use.post_update(
            desk(tx), "INC-1", text="Rolling back.", audience=Audience.STAKEHOLDERS
        )
    )
    sends = store.run(lambda tx: deliveries.claim(tx, node=NODE, ids=IDS))
    for send in sends:
        taken = partial(
            deliveries.record, send=send, outcome=Accepted(), node=NODE, ids=IDS
        )
        store.run(taken)
    store.run(lambda tx: use.decline(desk(tx), "INC-1", reason="a test"))

    now = store.read(lambda tx: tx.incident.get(incident.id))
    assert now is not None
    assert now.roles == (("operations", "mia"),)
    told = {b.kind for send in sends for b in send.bulletins.values()}
    assert told == {BulletinKind.COMMAND_OFFER, BulletinKind.UPDATE}
    assert {p.state for p in pages_of(store, incident).values()} == {PageState.RESOLVED}

    def owed(tx: Transaction) -> set[DeliveryState]:
        about = tx.bulletin.for_incident(incident.id)
        return {d.state for one in about for d in tx.delivery.for_bulletin(one.id)}

    assert store.read(owed) == {DeliveryState.HANDED_OVER}
