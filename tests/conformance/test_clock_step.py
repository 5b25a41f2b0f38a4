"""Due times follow a clock that was set back, whatever the database."""

from datetime import timedelta

from tests.conformance.examples import IDS, alert
from tests.world.configuration import payments

from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases import evaluation, paging

BACK = timedelta(minutes=-4)


def test_what_is_to_come_follows_a_clock_that_was_set_back(
    store: ServingStore,
) -> None:
    def arrange(tx: Transaction) -> None:
        payments().apply(tx)
        made = alert(
            tx.now,
            integration=Slug("monitoring"),
            severity_word="critical",
            evaluate_due_at=tx.now,
        )
        waiting = alert(tx.now, "later", evaluate_due_at=tx.now - 2 * BACK)
        tx.alert.add([made, waiting])

    store.run(arrange)
    store.run(lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=9))
    (before,) = store.read(lambda tx: tx.page.timed())
    (owed,) = store.read(lambda tx: tx.delivery.for_page(before.id))
    evaluation_before = store.read(lambda tx: tx.alert.next_evaluation())

    moved = store.run(lambda tx: paging.follow_clock(tx, BACK, ids=IDS))

    (after,) = store.read(lambda tx: tx.page.timed())
    assert before.advance_due_at is not None
    assert evaluation_before is not None
    assert moved == 1
    assert after.advance_due_at == before.advance_due_at + BACK
    assert after.sequence == before.sequence + 1
    assert store.read(lambda tx: tx.alert.next_evaluation()) == evaluation_before + BACK
    # What was due already stays as it was.
    assert store.read(lambda tx: tx.delivery.for_page(before.id)) == [owed]
