"""A row that always fails never blocks the others, whatever the database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.conformance.examples import IDS, alert
from tests.world.configuration import payments

from handrail.core.alert.alert import Alert, Disposition
from handrail.core.ids import NodeId, Slug
from handrail.core.paging.delivery import Delivery, DeliveryState
from handrail.core.paging.outcome import Permanent, Scope
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page
from handrail.core.severity.severity import Severity
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.storage.sqlite import SqliteStore
from handrail.usecases import delivery, evaluation, paging
from handrail.usecases.receipt import conservation
from handrail.usecases.setback import OURSELVES

NODE = NodeId("here")
KEYS = ("first", "poison", "last")


@pytest.fixture
def poisoned(store: ServingStore) -> ServingStore:
    """Three alerts that were accepted; the middle one's title is ``poison``."""
    store.run(lambda tx: payments().apply(tx))
    store.run(lambda tx: tx.alert.add([_accepted(tx, key) for key in KEYS]))
    return store


def _accepted(tx: Transaction, key: str) -> Alert:
    return alert(
        tx.now,
        key,
        title=key,
        integration=Slug("monitoring"),
        severity_word="critical",
        evaluate_due_at=tx.now,
        expire_due_at=tx.now + timedelta(hours=1),
    )


def raise_on(store: ServingStore, table: str, verb: str, when: str) -> None:
    """Let the database refuse some rows for ever, as a defect would."""
    if isinstance(store, SqliteStore):
        statements = [
            (
                f"CREATE TRIGGER poison BEFORE {verb} ON {table} WHEN {when}"
                " BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
        ]
    else:
        statements = [
            (
                "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'poison'; END $$"
            ),
            (
                f"CREATE TRIGGER poison BEFORE {verb} ON {table} FOR EACH ROW"
                f" WHEN ({when}) EXECUTE FUNCTION poison()"
            ),
        ]

    def work(tx: Transaction) -> None:
        for statement in statements:
            tx._scope.control(statement)  # type: ignore[attr-defined] # no port has DDL

    store.run(work)


def evaluate(store: ServingStore) -> int:
    return store.run(lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=25))


def advance(store: ServingStore) -> int:
    return store.run(lambda tx: paging.advance_due(tx, ids=IDS, limit=25))


def alerts(store: ServingStore) -> dict[str, Alert]:
    found = store.read(lambda tx: tx.alert.search(open_only=False, limit=100))
    return {a.dedup_key: a for a in found}


def page(store: ServingStore, key: str) -> Page:
    page_id = alerts(store)[key].page_id
    assert page_id is not None
    found = store.read(lambda tx: tx.page.get(page_id))
    assert found is not None
    return found


def deliveries(store: ServingStore, key: str) -> list[Delivery]:
    page_id = page(store, key).id
    return store.read(lambda tx: tx.delivery.for_page(page_id))


def let_timers_run_out(store: ServingStore) -> None:
    def work(tx: Transaction) -> None:
        for found in tx.page.search(active_only=True, limit=100):
            due = replace(found, advance_due_at=tx.now)
            tx.page.save(due, expected_sequence=found.sequence)

    store.run(work)


def test_an_attempt_that_fails_undoes_its_own_writes_only(store: ServingStore) -> None:
    def fails(tx: Transaction) -> Callable[[], None]:
        def work() -> None:
            tx.meta.set("lost", "1")
            msg = "a defect"
            raise AssertionError(msg)

        return work

    def work(tx: Transaction) -> object:
        tx.meta.set("before", "1")
        undone = tx.attempt(fails(tx))
        assert tx.attempt(lambda: tx.meta.set("after", "1")) is None
        return undone

    undone = store.run(work)

    assert isinstance(undone, Setback)
    assert not undone.is_passing
    assert dict(store.read(lambda tx: tx.meta.all())) == {"before": "1", "after": "1"}


def test_an_attempt_refused_by_the_database_leaves_the_transaction_usable(
    store: ServingStore,
) -> None:
    raise_on(store, "meta", "INSERT", "NEW.value = 'bad'")

    def work(tx: Transaction) -> object:
        undone = tx.attempt(lambda: tx.meta.set("a", "bad"))
        tx.meta.set("a", "good")
        return undone

    assert isinstance(store.run(work), Setback)
    assert store.read(lambda tx: tx.meta.get("a")) == "good"


def test_an_alert_that_cannot_be_evaluated_goes_to_the_last_resort_at_once(
    poisoned: ServingStore,
) -> None:
    when = "NEW.title = 'poison' AND NEW.policy IS NOT NULL"
    raise_on(poisoned, "page", "INSERT", when)

    assert evaluate(poisoned) == 3

    recipients = {key: [d.recipient for d in deliveries(poisoned, key)] for key in KEYS}
    assert recipients == {
        "first": ["user:ana"],
        "poison": ["channel:ops"],
        "last": ["user:ana"],
    }
    assert "last resort" in alerts(poisoned)["poison"].decided_by


def test_an_alert_that_cannot_be_paged_waits_and_an_alert_of_our_own_says_so(
    poisoned: ServingStore,
) -> None:
    raise_on(poisoned, "page", "INSERT", "NEW.title = 'poison'")

    evaluate(poisoned)
    again = evaluate(poisoned)

    found = alerts(poisoned)
    assert [found[key].page_id is not None for key in KEYS] == [True, False, True]
    poison = found["poison"]
    assert poison.evaluate_due_at is not None
    now = poisoned.read(lambda tx: tx.now)
    assert poison.evaluate_due_at > now + timedelta(seconds=30)
    assert poison.disposition is Disposition.OPENED
    assert again == 1
    ours = next(a for a in found.values() if a.integration == OURSELVES)
    assert ours.title == "Handrail cannot evaluate an alert"
    assert [d.recipient for d in deliveries(poisoned, ours.dedup_key)] == [
        "channel:ops"
    ]
    assert poisoned.read(lambda tx: conservation(tx).accepted_by_kind) == {"opened": 1}


def test_an_alert_of_our_own_that_fails_raises_no_other(store: ServingStore) -> None:
    store.run(lambda tx: payments().apply(tx))

    def work(tx: Transaction) -> None:
        tx.alert.add([replace(_accepted(tx, "poison"), integration=OURSELVES)])

    store.run(work)
    raise_on(store, "page", "INSERT", "NEW.title = 'poison'")

    evaluate(store)

    assert list(alerts(store)) == ["poison"]


def test_an_alert_that_cannot_expire_blocks_no_other(poisoned: ServingStore) -> None:
    raise_on(
        poisoned, "alert", "UPDATE", "NEW.title = 'poison' AND NEW.state = 'expired'"
    )

    def work(tx: Transaction) -> None:
        for found in tx.alert.search(open_only=True, limit=10):
            tx.alert.save(replace(found, evaluate_due_at=None, expire_due_at=tx.now))

    poisoned.run(work)
    poisoned.run(lambda tx: evaluation.expire_due(tx, ids=IDS, limit=25))

    found = alerts(poisoned)
    assert [found[key].state for key in KEYS] == ["expired", "firing", "expired"]
    again = poisoned.run(lambda tx: tx.alert.due_for_expiry(limit=25))
    assert again == []


def test_a_page_whose_level_cannot_be_told_goes_to_the_last_resort(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    poison = page(poisoned, "poison").id
    let_timers_run_out(poisoned)
    when = f"NEW.page_id = '{poison}' AND NEW.recipient = 'user:ben'"
    raise_on(poisoned, "delivery", "INSERT", when)

    advance(poisoned)

    assert [page(poisoned, key).level for key in KEYS] == [1, LAST_RESORT_LEVEL, 1]


def test_a_page_that_cannot_be_passed_on_waits_and_blocks_no_other(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    poison = page(poisoned, "poison").id
    let_timers_run_out(poisoned)
    raise_on(poisoned, "delivery", "INSERT", f"NEW.page_id = '{poison}'")

    assert advance(poisoned) == 3
    assert advance(poisoned) == 0

    assert [page(poisoned, key).level for key in KEYS] == [1, 0, 1]
    assert "set-aside:escalate a page" in alerts(poisoned)


def test_a_page_whose_record_cannot_be_written_blocks_no_other(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    poison = page(poisoned, "poison").id
    let_timers_run_out(poisoned)
    raise_on(poisoned, "event", "INSERT", f"NEW.stream = 'page:{poison}'")

    assert advance(poisoned) == 3
    assert advance(poisoned) == 0

    assert [page(poisoned, key).level for key in KEYS] == [1, 0, 1]


def test_a_delivery_that_cannot_be_claimed_blocks_no_other(
    poisoned: ServingStore,
) -> None:
    poisoned.run(lambda tx: payments(policy=("user:ana, user:ben for 5m",)).apply(tx))
    evaluate(poisoned)
    when = "NEW.recipient = 'user:ana' AND NEW.state = 'claimed'"
    raise_on(poisoned, "delivery", "UPDATE", when)

    sends = poisoned.run(lambda tx: delivery.claim(tx, node=NODE, ids=IDS))
    again = poisoned.run(lambda tx: tx.delivery.claimable(limit=25))

    assert [send.first.recipient for send in sends] == ["user:ben"]
    assert again == []
    assert {d.state for d in deliveries(poisoned, "last")} == {
        DeliveryState.PENDING,
        DeliveryState.CLAIMED,
    }


def test_an_outcome_is_recorded_even_where_nothing_can_follow_from_it(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    (send,) = poisoned.run(lambda tx: delivery.claim(tx, node=NODE, ids=IDS))
    raise_on(poisoned, "page", "UPDATE", "NEW.title = 'poison'")
    dead = Permanent(reason="no such mailbox", scope=Scope.METHOD)

    poisoned.run(lambda tx: delivery.record(tx, send, dead, node=NODE, ids=IDS))

    states = [deliveries(poisoned, key)[0].state for key in KEYS]
    assert states == [DeliveryState.DEAD] * 3
    assert [page(poisoned, key).level for key in KEYS] == [1, 0, 1]


def test_an_alert_with_an_open_page_needs_no_other_when_it_cannot_be_evaluated(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    before = page(poisoned, "poison")
    about = before.alert_id
    assert about is not None
    raise_on(poisoned, "page", "INSERT", "NEW.policy IS NOT NULL")

    def worsen(tx: Transaction) -> None:
        tx.page.save(
            replace(before, severity=Severity.SEV3), expected_sequence=before.sequence
        )
        found = tx.alert.get(about)
        assert found is not None
        tx.alert.save(replace(found, evaluate_due_at=tx.now))

    poisoned.run(worsen)

    assert evaluate(poisoned) == 1

    assert page(poisoned, "poison").id == before.id
    assert page(poisoned, "poison").is_seeking
    assert alerts(poisoned)["poison"].evaluate_due_at is None
