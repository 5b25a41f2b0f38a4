"""Changes and the calls of mitigations, whatever the database."""

from dataclasses import replace
from datetime import timedelta

from tests.conformance.examples import IDS, MINUTE

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.change.change import Change, ChangeKind
from handrail.core.ids import ChangeId, MitigationId, NodeId, Slug
from handrail.core.mitigation.catalogue import Call, CallHeader
from handrail.core.mitigation.run import MitigationRun, RunState, claimed, ended
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration, declare

ANA = Slug("ana")
ACTOR = Actor(kind=ActorKind.USER, name=ANA, role=Role.ADMIN, user=ANA)


def reported(tx: Transaction, ago: timedelta, service: str | None = "a") -> Change:
    made = Change(
        id=ChangeId(IDS.new_id()),
        kind=ChangeKind.FLAG,
        title="Flag ü\x00 off",
        service=Slug(service) if service else None,
        version="4.2",
        link="https://example.org/4.2",
        changed_by="ci",
        source="token:ci",
        occurred_at=tx.now - ago,
        recorded_at=tx.now,
    )
    tx.change.add(made)
    return replace(made, title="Flag ü\ufffd off")


def asked_run(tx: Transaction) -> MitigationRun:
    desk = Desk(tx=tx, actor=ACTOR, ids=IDS)
    made = MitigationRun(
        id=MitigationId(IDS.new_id()),
        incident_id=declare(desk, Declaration(title="It broke")).id,
        entry=Slug("roll-back"),
        call=Call(
            method="PUT",
            url="https://example.org",
            headers=(CallHeader(name="X-Token", secret="env:TOKEN"),),
            body='{"why":"ü"}',
            secret="file:token",
        ),
        state=RunState.WAITING,
        asked_at=tx.now,
        due_at=tx.now,
    )
    tx.mitigation_run.add(made)
    return made


def test_changes_of_a_time_come_newest_first(store: ServingStore) -> None:
    first, second, _ = store.run(
        lambda tx: (
            reported(tx, 2 * MINUTE),
            reported(tx, MINUTE, service=None),
            reported(tx, 9 * MINUTE),
        )
    )

    found = store.read(
        lambda tx: tx.change.between(first.occurred_at, second.occurred_at, limit=10)
    )
    cut = store.read(
        lambda tx: tx.change.between(first.occurred_at, second.occurred_at, limit=1)
    )

    assert found == [second, first]
    assert cut == [second]


def test_changes_are_listed_as_reported(store: ServingStore) -> None:
    first, second, third = store.run(
        lambda tx: (
            reported(tx, MINUTE, "a"),
            reported(tx, 2 * MINUTE, "b"),
            reported(tx, 3 * MINUTE, "a"),
        )
    )

    everything = store.read(lambda tx: tx.change.search(limit=9))
    of_a = store.read(lambda tx: tx.change.search(limit=9, service=Slug("a")))
    older = store.read(lambda tx: tx.change.search(limit=9, before=second.id))

    assert everything == [third, second, first]
    assert of_a == [third, first]
    assert older == [first]


def test_a_run_is_kept_whole_and_due_until_it_ends(store: ServingStore) -> None:
    run = store.run(asked_run)
    due = store.run(lambda tx: tx.mitigation_run.due(limit=9))

    mine = store.run(lambda tx: _saved(tx, claimed(run, node=NodeId("n"), now=tx.now)))
    claimed_due = store.run(lambda tx: tx.mitigation_run.due(limit=9))
    lapse = store.read(lambda tx: tx.mitigation_run.next_due())
    under_way = store.read(lambda tx: tx.mitigation_run.under_way(run.incident_id))
    over = store.run(lambda tx: _saved(tx, ended(mine, RunState.UNKNOWN, now=tx.now)))

    assert due == [run]
    assert claimed_due == []
    assert lapse == mine.due_at
    assert under_way == [mine]
    assert store.read(lambda tx: tx.mitigation_run.get(run.id)) == over
    assert store.read(lambda tx: tx.mitigation_run.under_way(run.incident_id)) == []
    assert store.read(lambda tx: tx.mitigation_run.next_due()) is None


def _saved(tx: Transaction, run: MitigationRun) -> MitigationRun:
    tx.mitigation_run.save(run)
    return run
