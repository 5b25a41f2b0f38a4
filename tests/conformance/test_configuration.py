"""Configuration documents, whatever the database."""

from dataclasses import replace

import pytest

from handrail.core.configuration.document import Document
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

TEAM = '{"title":"SRE","members":[]}'


def document(tx: Transaction, name: str, body: str = TEAM, order: int = 0) -> Document:
    return Document(
        kind="team",
        name=Slug(name),
        version=1,
        body=body,
        order=order,
        revision=1,
        effective_from=tx.now,
        managed_by="file",
    )


def applied(store: ServingStore, *names: str, body: str = TEAM) -> None:
    store.run(
        lambda tx: tx.configuration.apply(
            [document(tx, n, body) for n in names], [], by="user:ana"
        )
    )


def test_the_empty_configuration_is_revision_0(store: ServingStore) -> None:
    snapshot = store.read(lambda tx: tx.configuration.snapshot())

    assert snapshot.revision == 0
    assert not snapshot.teams


def test_an_apply_is_one_revision(store: ServingStore) -> None:
    applied(store, "b", "a")
    applied(store, "c")

    revisions = store.read(lambda tx: tx.configuration.revisions())
    documents = store.read(lambda tx: tx.configuration.documents())

    assert [(r.number, r.by, r.changes) for r in revisions] == [
        (1, "user:ana", 2),
        (2, "user:ana", 1),
    ]
    assert [(d.name, d.version, d.revision) for d in documents] == [
        ("a", 1, 1),
        ("b", 1, 1),
        ("c", 1, 2),
    ]


def test_documents_come_in_their_order(store: ServingStore) -> None:
    def work(tx: Transaction) -> None:
        last, first = document(tx, "a", order=1), document(tx, "z", order=0)
        tx.configuration.apply([last, first], [], by="x")

    store.run(work)

    found = store.read(lambda tx: tx.configuration.documents())
    assert [d.name for d in found] == ["z", "a"]


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    def work(tx: Transaction) -> Document:
        one = replace(
            document(tx, "a"), renamed_from=Slug("b"), managed_by="console", order=4
        )
        tx.configuration.apply([one], [], by="x")
        return one

    one = store.run(work)

    assert store.read(lambda tx: tx.configuration.documents()) == [one]


def test_the_past_stays(store: ServingStore) -> None:
    applied(store, "a", body='{"title":"Old","members":[]}')
    applied(store, "a", body='{"title":"New","members":[]}')

    def titles(revision: int) -> list[str]:
        return store.read(
            lambda tx: [
                t.title for t in tx.configuration.snapshot_at(revision).teams.values()
            ]
        )

    assert (titles(0), titles(1), titles(2)) == ([], ["Old"], ["New"])
    assert store.read(lambda tx: tx.configuration.snapshot()).teams[Slug("a")].title
    history = store.read(lambda tx: tx.configuration.history("team", Slug("a")))
    assert [(d.version, d.revision) for d in history] == [(1, 1), (2, 2)]


def test_a_removed_document_is_gone_and_may_come_back(store: ServingStore) -> None:
    applied(store, "a", "b")

    def remove(tx: Transaction) -> None:
        gone = [d for d in tx.configuration.documents() if d.name == "a"]
        tx.configuration.apply([], gone, by="x")

    store.run(remove)
    names = store.read(lambda tx: [d.name for d in tx.configuration.documents()])
    applied(store, "a")

    history = store.read(lambda tx: tx.configuration.history("team", Slug("a")))
    assert names == ["b"]
    assert [(d.version, d.is_removed) for d in history] == [
        (1, False),
        (2, True),
        (3, False),
    ]


def test_the_snapshot_is_compiled_once_for_a_revision(store: ServingStore) -> None:
    applied(store, "a")

    first = store.read(lambda tx: tx.configuration.snapshot())
    second = store.run(lambda tx: tx.configuration.snapshot())

    assert first is second


def test_what_a_transaction_applied_it_compiles_once_and_anew_after_the_next(
    store: ServingStore,
) -> None:
    def names(tx: Transaction) -> list[Slug]:
        return list(tx.configuration.snapshot().teams)

    def work(tx: Transaction) -> None:
        tx.configuration.apply([document(tx, "a")], [], by="x")
        assert tx.configuration.snapshot() is tx.configuration.snapshot()

        def undone() -> None:
            tx.configuration.apply([document(tx, "ghost")], [], by="x")
            assert names(tx) == ["a", "ghost"]
            msg = "no"
            raise InvalidError(msg)

        tx.attempt(undone)
        assert names(tx) == ["a"]
        tx.configuration.apply([document(tx, "b")], [], by="x")
        assert names(tx) == ["a", "b"]

    store.run(work)


def test_what_was_rolled_back_is_not_in_the_next_snapshot(
    store: ServingStore,
) -> None:
    def work(tx: Transaction) -> None:
        tx.configuration.apply([document(tx, "ghost")], [], by="x")
        assert Slug("ghost") in tx.configuration.snapshot().teams
        msg = "no"
        raise InvalidError(msg)

    with pytest.raises(InvalidError):
        store.run(work)
    applied(store, "real")

    teams = store.read(lambda tx: tx.configuration.snapshot()).teams
    assert list(teams) == ["real"]
