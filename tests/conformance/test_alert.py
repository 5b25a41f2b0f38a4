"""Alerts, whatever the database."""

from dataclasses import replace

import pytest
from tests.conformance.examples import (
    HOUR,
    MINUTE,
    PROM,
    SECOND,
    alert,
    page,
    whole_alert,
)

from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.errors import ConflictError
from handrail.core.ids import AlertId, Slug
from handrail.core.paging.page import PageState
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore


def added(store: ServingStore, *alerts: Alert) -> None:
    store.run(lambda tx: tx.alert.add(alerts))


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    whole = whole_alert(store.read(lambda tx: tx.now))
    bare = alert(store.read(lambda tx: tx.now))

    added(store, whole, bare)

    assert store.read(lambda tx: tx.alert.get(whole.id)) == whole
    assert store.run(lambda tx: tx.alert.get(bare.id, lock=True)) == bare


def test_an_unknown_alert_is_none(store: ServingStore) -> None:
    assert store.read(lambda tx: tx.alert.get(AlertId("nowhere"))) is None


def test_saving_changes_every_field(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    bare = alert(now)
    changed = replace(whole_alert(now + SECOND), id=bare.id)
    added(store, bare)

    store.run(lambda tx: tx.alert.save(changed))

    assert store.read(lambda tx: tx.alert.get(bare.id)) == changed


def test_saving_an_alert_that_was_never_added_is_a_bug(store: ServingStore) -> None:
    with pytest.raises(AssertionError, match="never added"):
        store.run(lambda tx: tx.alert.save(alert(tx.now)))


def test_a_second_open_alert_with_the_same_key_is_a_conflict(
    store: ServingStore,
) -> None:
    now = store.read(lambda tx: tx.now)
    added(store, alert(now, "disk"))

    with pytest.raises(ConflictError):
        added(store, alert(now, "disk"))

    added(store, alert(now, "disk", closed_at=now), alert(now, "memory"))
    added(store, replace(alert(now, "disk"), integration=Slug("other")))


def test_reopening_beside_an_open_one_is_a_conflict(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    closed = alert(now, "disk", closed_at=now)
    added(store, alert(now, "disk"), closed)

    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.alert.save(replace(closed, closed_at=None)))


def test_known_prefers_the_open_one_and_else_the_last_closed(
    store: ServingStore,
) -> None:
    now = store.read(lambda tx: tx.now)
    opened = alert(now, "a", generation=2, severity_word="page")
    older = alert(now, "b", closed_at=now - 3 * MINUTE)
    newer = alert(now, "b", closed_at=now - MINUTE)
    old = alert(now, "c", closed_at=now - HOUR)
    added(store, alert(now, "a", closed_at=now), opened, newer, older, old)

    def work(tx: Transaction) -> dict[str, object]:
        known = tx.alert.known(
            PROM, ["a", "b", "c", "d"], closed_since=now - 5 * MINUTE
        )
        return {
            key: (k.id, k.generation, k.closed_at, k.severity_word)
            for key, k in known.items()
        }

    assert store.run(work) == {
        "a": (opened.id, 2, None, "page"),
        "b": (newer.id, 1, now - MINUTE, None),
    }


def test_known_takes_any_key_and_any_number_of_keys(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    odd = "k\x00\ud800'\"\\ü%s?"
    keys = [odd, "", *(f"key {n}" for n in range(3000))]
    added(store, *(alert(now, key) for key in keys))

    known = store.run(lambda tx: tx.alert.known(PROM, keys, closed_since=now))

    assert set(known) == set(keys)
    assert store.run(lambda tx: tx.alert.known(PROM, [], closed_since=now)) == {}
    other = Slug("other")
    assert store.run(lambda tx: tx.alert.known(other, keys, closed_since=now)) == {}


def test_due_alerts_come_oldest_first_and_no_sooner(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    late = alert(now, "a", evaluate_due_at=now - SECOND)
    later = alert(now, "b", evaluate_due_at=now - MINUTE)
    early = alert(now, "c", evaluate_due_at=now + HOUR)
    added(store, late, later, early, alert(now, "d"))

    assert store.run(lambda tx: tx.alert.due_for_evaluation(limit=9)) == [later, late]
    assert store.run(lambda tx: tx.alert.due_for_evaluation(limit=1)) == [later]
    assert store.read(lambda tx: tx.alert.next_evaluation()) == now - MINUTE


def test_only_firing_alerts_expire(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    silent = alert(now, "a", expire_due_at=now - SECOND)
    over = whole_alert(now)
    gone = replace(over, dedup_key="b", expire_due_at=now - MINUTE)
    added(store, silent, gone, alert(now, "c", expire_due_at=now + HOUR))

    assert store.run(lambda tx: tx.alert.due_for_expiry(limit=9)) == [silent]
    assert store.read(lambda tx: tx.alert.next_expiry()) == now - SECOND


def test_nothing_due_is_none(store: ServingStore) -> None:
    added(store, alert(store.read(lambda tx: tx.now)))

    assert store.read(lambda tx: tx.alert.next_evaluation()) is None
    assert store.read(lambda tx: tx.alert.next_expiry()) is None


def test_search_goes_backwards_through_all_or_open_ones(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    first = alert(now, "a")
    second = alert(now, "b", closed_at=now, state=AlertState.RESOLVED)
    third = alert(now, "c")
    added(store, third, first, second)

    def found(*, open_only: bool, before: AlertId | None = None) -> list[str]:
        return store.read(
            lambda tx: [
                a.dedup_key
                for a in tx.alert.search(open_only=open_only, limit=2, before=before)
            ]
        )

    assert found(open_only=False) == ["c", "b"]
    assert found(open_only=False, before=second.id) == ["a"]
    assert found(open_only=True) == ["c", "a"]
    assert found(open_only=True, before=first.id) == []


def test_a_stale_alert_is_open_as_long_as_its_page(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    silent = {"closed_at": now, "state": AlertState.EXPIRED}
    first, second = alert(now, "a", **silent), alert(now, "b", **silent)
    living = page(first, now)
    over = page(second, now, state=PageState.RESOLVED)
    first, second = (
        replace(first, page_id=living.id),
        replace(second, page_id=over.id),
    )
    added(store, first, second, alert(now, "c", **silent))
    store.run(lambda tx: tx.page.add(living))
    store.run(lambda tx: tx.page.add(over))

    found = store.read(lambda tx: tx.alert.search(open_only=True, limit=9))

    assert [a.dedup_key for a in found] == ["a"]


def test_firing_ones_are_found_by_integration(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    ours = alert(now, "a")
    theirs = replace(alert(now, "a"), integration=Slug("other"))
    over = alert(now, "b", state=AlertState.EXPIRED, closed_at=now)
    added(store, ours, theirs, over)

    assert store.read(lambda tx: tx.alert.firing(PROM)) == [ours]
    assert store.read(lambda tx: tx.alert.firing(None)) == [ours, theirs]


def test_dispositions_are_counted(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    added(store, alert(now, "a"), alert(now, "b"), whole_alert(now))

    counts = store.read(lambda tx: tx.alert.count_by_disposition())

    assert counts == {
        Disposition.OPENED.value: 2,
        Disposition.PAGED_ACKNOWLEDGED.value: 1,
    }


def test_generations_are_summed(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    assert store.read(lambda tx: tx.alert.generations()) == 0
    added(store, alert(now, "a"), replace(alert(now, "b"), generation=3))

    assert store.read(lambda tx: tx.alert.generations()) == 4
