"""A row that cannot be read any more stops nobody else's page, on every database."""

import pytest
from tests.conformance.examples import IDS
from tests.conformance.test_poison import (
    KEYS,
    NODE,
    advance,
    alerts,
    deliveries,
    evaluate,
    let_timers_run_out,
    page,
    poisoned,
)
from tests.world.configuration import payments

from handrail.core.alert.receipt import EntryKind
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.ids import ReceiptId, Slug
from handrail.core.paging.page import PageState
from handrail.ports.setback import UnreadableError
from handrail.ports.source import Parsed
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases import delivery, evaluation, paging
from handrail.usecases.admission import accept
from handrail.usecases.delivery import Send
from handrail.usecases.setback import count_set_aside
from handrail.usecases.submission import Submission

__all__ = ["poisoned"]


def spoil(store: ServingStore, table: str, change: str, which: str) -> None:
    """Let a row become what no version of ours would have written."""

    def work(tx: Transaction) -> None:
        tx._scope.control(f"UPDATE {table} SET {change} WHERE {which}")  # type: ignore[attr-defined] # no port spoils

    store.run(work)


def claim(store: ServingStore) -> list[Send]:
    return store.run(lambda tx: delivery.claim(tx, node=NODE, ids=IDS))


def set_aside(store: ServingStore) -> int:
    return store.read(count_set_aside)


def titles(store: ServingStore) -> set[str]:
    found = store.read(lambda tx: tx.page.search(active_only=True, limit=9))
    return {one.title for one in found}


@pytest.mark.parametrize(
    "change",
    ["labels = '{'", "labels = '[]'", "annotations = ''", "disposition = 'gone'"],
)
def test_an_alert_that_cannot_be_read_blocks_no_other(
    poisoned: ServingStore, change: str
) -> None:
    spoil(poisoned, "alert", change, "dedup_key = 'poison'")

    assert evaluate(poisoned) == 3
    assert evaluate(poisoned) == 1, "our own alert, and not the poison again"

    assert titles(poisoned) == {"first", "last", "Handrail cannot read an alert"}
    assert set_aside(poisoned) == 1


def test_an_alert_that_cannot_be_read_expires_no_other(poisoned: ServingStore) -> None:
    evaluate(poisoned)
    spoil(poisoned, "alert", "expire_due_at = 1", "1 = 1")
    spoil(poisoned, "alert", "labels = '{'", "dedup_key = 'poison'")

    def expire(tx: Transaction) -> int:
        return evaluation.expire_due(tx, ids=IDS, limit=25)

    assert (poisoned.run(expire), poisoned.run(expire)) == (3, 0)

    spoil(poisoned, "alert", "labels = '{}'", "dedup_key = 'poison'")
    states = [alerts(poisoned)[key].state for key in KEYS]
    assert states == ["expired", "firing", "expired"]


@pytest.mark.parametrize("change", ["policy = '{}'", "severity = 'sev0'"])
def test_a_page_that_cannot_be_read_blocks_no_other(
    poisoned: ServingStore, change: str
) -> None:
    evaluate(poisoned)
    let_timers_run_out(poisoned)
    spoil(poisoned, "page", change, "title = 'poison'")

    assert (advance(poisoned), advance(poisoned)) == (3, 0)

    assert [page(poisoned, key).level for key in ("first", "last")] == [1, 1]
    assert "set-aside:read a page" in alerts(poisoned)


@pytest.mark.parametrize(
    "change", ["kind = 'telepathy'", "due_at = -9223372036854775808"]
)
def test_a_delivery_that_cannot_be_read_blocks_no_other(
    poisoned: ServingStore, change: str
) -> None:
    poisoned.run(lambda tx: payments(policy=("user:ana, user:ben for 5m",)).apply(tx))
    evaluate(poisoned)
    spoil(poisoned, "delivery", change, "recipient = 'user:ana'")

    sends = claim(poisoned)
    again = claim(poisoned)

    assert [send.first.recipient for send in sends] == ["user:ben"]
    assert again == []
    assert "set-aside:read a delivery" in alerts(poisoned)


def test_a_page_goes_on_though_its_alert_cannot_be_read(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    about = page(poisoned, "poison")
    spoil(poisoned, "alert", "labels = '{'", "dedup_key = 'poison'")

    (send,) = claim(poisoned)
    assert len(send.deliveries) == 3
    assert about.alert_id not in send.alerts

    let_timers_run_out(poisoned)
    advance(poisoned)
    taken = poisoned.run(
        lambda tx: paging.acknowledge(
            tx, about.id, by=Slug("ben"), via="link", actor="ben", ids=IDS
        )
    )
    assert (taken.state, taken.level) == (PageState.ACKNOWLEDGED, 1)


def post(store: ServingStore, action: SignalAction) -> list[EntryKind]:
    """Post all three again; return what became of each."""
    signals = tuple(
        Signal(action=action, dedup_key=key, title=key, severity_word="critical")
        for key in KEYS
    )

    def work(tx: Transaction) -> list[EntryKind]:
        known = tx.configuration.snapshot().integrations[Slug("monitoring")]
        submission = Submission(
            integration=known,
            parsed=Parsed(signals=signals),
            receipt_id=ReceiptId(IDS.new_id()),
            body=b"",
            content_type="application/json",
        )
        return [entry.kind for entry in accept(tx, submission, ids=IDS).entries]

    return store.run(work)


def test_an_alert_that_cannot_be_read_costs_no_other_of_its_request(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    spoil(poisoned, "alert", "labels = '{'", "dedup_key = 'poison'")

    assert post(poisoned, SignalAction.RESOLVE) == [EntryKind.RESOLVED] * 3

    assert titles(poisoned) == {"poison"}
    assert set_aside(poisoned) == 1


def test_what_fires_anew_is_opened_where_the_old_alert_cannot_be_read(
    poisoned: ServingStore,
) -> None:
    post(poisoned, SignalAction.RESOLVE)
    spoil(poisoned, "alert", "labels = '{'", "dedup_key = 'poison'")

    kinds = post(poisoned, SignalAction.FIRE)

    assert kinds == [EntryKind.REOPENED, EntryKind.OPENED, EntryKind.REOPENED]


def test_an_alert_pages_anew_where_its_page_cannot_be_read(
    poisoned: ServingStore,
) -> None:
    evaluate(poisoned)
    spoil(poisoned, "page", "policy = '{}'", "title = 'poison'")
    spoil(poisoned, "alert", "evaluate_due_at = 1", "dedup_key = 'poison'")

    evaluate(poisoned)

    assert page(poisoned, "poison").is_seeking
    assert len(deliveries(poisoned, "poison")) == 1


def test_what_asks_for_one_row_is_told_that_it_cannot_be_read(
    poisoned: ServingStore,
) -> None:
    spoil(poisoned, "alert", "labels = '{'", "dedup_key = 'poison'")

    with pytest.raises(UnreadableError, match="cannot be read"):
        poisoned.read(lambda tx: tx.alert.search(open_only=True, limit=9))
