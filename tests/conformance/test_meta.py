"""Small facts, whatever the database."""

from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore


def test_a_fact_is_kept_and_replaced(store: ServingStore) -> None:
    def work(tx: Transaction) -> None:
        tx.meta.set("held", "restored")
        tx.meta.set("held", "")
        tx.meta.set("key", "ü\x00")

    store.run(work)

    assert store.read(lambda tx: tx.meta.get("held")) == ""
    assert store.read(lambda tx: tx.meta.get("nothing")) is None
    assert store.read(lambda tx: dict(tx.meta.all())) == {"held": "", "key": "ü\ufffd"}
