"""Receipts and the touch journal, whatever the database."""

from datetime import datetime
from functools import partial

from tests.conformance.examples import (
    HOUR,
    MINUTE,
    SECOND,
    alert,
    entry,
    receipt,
)

from handrail.core.alert.alert import Alert
from handrail.core.alert.receipt import EntryKind, RawBody, Receipt
from handrail.core.ids import ReceiptId
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

OPENED = EntryKind.OPENED
REPEATED = EntryKind.REPEATED


def accept(tx: Transaction, one: Receipt) -> None:
    """Count repeats as admission does: at once, or through the journal."""
    done = tx.alert.touch(one.entries, seen_at=one.received_at)
    tx.receipt.add(one, is_folded=done)


def opened(store: ServingStore, key: str = "disk") -> Alert:
    def work(tx: Transaction) -> Alert:
        made = alert(tx.now - HOUR, key, expire_due_at=tx.now + SECOND)
        tx.alert.add([made])
        accept(tx, receipt(tx.now, entry(OPENED, made)))
        return made

    return store.run(work)


def now_of(store: ServingStore) -> datetime:
    return store.read(lambda tx: tx.now)


def test_a_receipt_comes_back_with_every_entry_in_order(store: ServingStore) -> None:
    now = now_of(store)
    about = alert(now)
    kept = receipt(
        now,
        entry(OPENED, about),
        entry(REPEATED, about, ends_at=now + HOUR),
        entry(EntryKind.DROPPED),
        entry(EntryKind.RESOLVED, about),
    )

    store.run(lambda tx: tx.receipt.add(kept, is_folded=False))

    assert store.read(lambda tx: tx.receipt.get(kept.id)) == kept
    assert store.read(lambda tx: tx.receipt.get(ReceiptId("nowhere"))) is None


def test_an_alert_names_the_receipts_that_opened_or_ended_it(
    store: ServingStore,
) -> None:
    now = now_of(store)
    about, other = alert(now, "a"), alert(now, "b")
    opening = receipt(now, entry(OPENED, other), entry(OPENED, about))
    repeating = receipt(now + SECOND, entry(REPEATED, about))
    ending = receipt(
        now + MINUTE, entry(EntryKind.RESOLVED, about), entry(EntryKind.REOPENED, about)
    )

    def work(tx: Transaction) -> None:
        for one in (ending, repeating, opening):
            tx.receipt.add(one, is_folded=True)

    store.run(work)

    found = store.read(lambda tx: tx.receipt.for_alert(about.id, limit=9))
    assert found == [opening, ending]
    assert store.read(lambda tx: tx.receipt.for_alert(about.id, limit=1)) == [opening]
    assert store.read(lambda tx: tx.receipt.for_alert(other.id, limit=9)) == [opening]


def test_the_body_that_could_not_be_read_is_kept_byte_by_byte(
    store: ServingStore,
) -> None:
    raw = RawBody(
        receipt_id=ReceiptId("r"),
        content_type="application/json",
        error="line 1: \x00",
        body=bytes(range(256)),
    )

    store.run(lambda tx: tx.receipt.add_raw(raw))

    kept = store.read(lambda tx: tx.receipt.raw(ReceiptId("r")))
    assert kept is not None
    assert kept.body == raw.body
    assert kept.error == "line 1: \ufffd"
    assert store.read(lambda tx: tx.receipt.raw(ReceiptId("s"))) is None


def test_repeats_are_counted_and_push_the_expiry_on(store: ServingStore) -> None:
    first, second = opened(store, "a"), opened(store, "b")
    now = now_of(store)
    for number in range(5):
        one = receipt(
            now + number * SECOND,
            entry(REPEATED, first, ends_at=now + HOUR + number * SECOND),
            entry(REPEATED, second),
            entry(REPEATED, second),
        )
        store.submit(partial(accept, one=one)).result()

    while store.run(lambda tx: tx.receipt.fold(limit=2)):
        pass

    a = store.read(lambda tx: tx.alert.get(first.id))
    b = store.read(lambda tx: tx.alert.get(second.id))
    assert a is not None
    assert b is not None
    assert (a.repeats, b.repeats) == (5, 10)
    assert a.last_seen_at == b.last_seen_at == now + 4 * SECOND
    assert a.expire_due_at == now + HOUR + 4 * SECOND
    assert b.expire_due_at == second.expire_due_at


def test_folding_tells_how_many_and_ends(store: ServingStore) -> None:
    about = opened(store)
    now = now_of(store)
    for _ in range(4):
        store.run(lambda tx: accept(tx, receipt(now, entry(REPEATED, about))))

    assert store.read(lambda tx: tx.receipt.has_unfolded())
    assert store.run(lambda tx: tx.receipt.fold(limit=3)) == 3
    assert store.run(lambda tx: tx.receipt.fold(limit=3)) == 2
    assert store.run(lambda tx: tx.receipt.fold(limit=3)) == 0
    assert not store.read(lambda tx: tx.receipt.has_unfolded())


def test_an_alert_read_for_writing_has_all_its_repeats(store: ServingStore) -> None:
    about = opened(store)
    now = now_of(store)
    store.run(
        lambda tx: accept(tx, receipt(now, entry(REPEATED, about, ends_at=now + HOUR)))
    )

    found = store.run(lambda tx: tx.alert.get(about.id, lock=True))

    assert found is not None
    assert (found.repeats, found.expire_due_at) == (1, now + HOUR)


def test_an_alert_that_was_just_repeated_is_not_found_expired(
    store: ServingStore,
) -> None:
    now = now_of(store)
    about = alert(now, expire_due_at=now - SECOND)
    store.run(lambda tx: tx.alert.add([about]))
    store.run(
        lambda tx: accept(tx, receipt(now, entry(REPEATED, about, ends_at=now + HOUR)))
    )

    assert store.run(lambda tx: tx.alert.due_for_expiry(limit=9)) == []


def test_entries_are_counted_before_and_after_folding_and_pruning(
    store: ServingStore,
) -> None:
    about = opened(store)
    now = now_of(store)
    for _ in range(3):
        one = receipt(now - HOUR, entry(REPEATED, about), entry(EntryKind.DROPPED))
        store.run(partial(accept, one=one))
    expected = {"opened": 1, "repeated": 3, "dropped": 3}

    assert store.read(lambda tx: tx.receipt.count_entries()) == expected
    store.run(lambda tx: tx.receipt.fold(limit=2))
    assert store.read(lambda tx: tx.receipt.count_entries()) == expected
    store.run(lambda tx: tx.receipt.fold(limit=9))
    store.run(lambda tx: tx.receipt.prune(before=now, limit=9))
    assert store.read(lambda tx: tx.receipt.count_entries()) == expected


def test_only_old_folded_receipts_of_repeats_are_pruned(store: ServingStore) -> None:
    now = now_of(store)
    about = alert(now)
    opening = receipt(now - HOUR, entry(OPENED, about), entry(REPEATED, about))
    repeats = [receipt(now - HOUR, entry(REPEATED, about)) for _ in range(3)]
    recent = receipt(now, entry(REPEATED, about))

    def work(tx: Transaction) -> None:
        tx.alert.add([about])
        for one in (opening, *repeats, recent):
            tx.receipt.add(one, is_folded=False)

    store.run(work)

    def prune() -> int:
        return store.run(lambda tx: tx.receipt.prune(before=now - MINUTE, limit=2))

    assert prune() == 0, "they are the journal until they are folded"
    store.run(lambda tx: tx.receipt.fold(limit=9))
    assert (prune(), prune(), prune()) == (2, 1, 0)
    assert store.read(lambda tx: tx.receipt.get(opening.id)) == opening
    assert store.read(lambda tx: tx.receipt.get(recent.id)) == recent


def test_a_kept_body_goes_with_age_unless_its_alert_is_open(
    store: ServingStore,
) -> None:
    now = now_of(store)
    still_open, ended = alert(now, "open"), alert(now, "ended", closed_at=now)
    old = [
        receipt(now - HOUR, entry(EntryKind.UNPARSED, of)) for of in (still_open, ended)
    ]
    told = receipt(now - HOUR)
    recent = receipt(now)

    def work(tx: Transaction) -> None:
        tx.alert.add([still_open, ended])
        for one in (*old, told, recent):
            tx.receipt.add(one, is_folded=True)
            tx.receipt.add_raw(
                RawBody(receipt_id=one.id, content_type="", error="bad", body=b"x")
            )

    store.run(work)
    while store.run(lambda tx: tx.receipt.fold(limit=9)):
        pass

    def prune() -> int:
        return store.run(lambda tx: tx.receipt.prune(before=now - MINUTE, limit=1))

    while prune():
        pass
    ids = [one.id for one in (*old, told, recent)]
    kept = store.read(lambda tx: [tx.receipt.raw(i) is not None for i in ids])
    assert kept == [True, False, False, True]
    assert store.read(lambda tx: tx.receipt.get(told.id)) is None
