"""Deliveries, their claims and attempts, whatever the database."""

from dataclasses import replace

from tests.conformance.examples import (
    HOUR,
    MINUTE,
    SECOND,
    add_page,
    attempt,
    delivery,
)

from handrail.core.ids import DeliveryId, NodeId, PageId, Slug
from handrail.core.limits import LEASE
from handrail.core.paging.delivery import Delivery, DeliveryState
from handrail.core.paging.page import Page
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

CLAIMED = DeliveryState.CLAIMED


def add(store: ServingStore, *deliveries: Delivery) -> None:
    store.run(lambda tx: tx.delivery.add(deliveries))


def claimed(of: Page, tx: Transaction, owner: str = "n1") -> Delivery:
    return delivery(
        of,
        tx.now - SECOND,
        state=CLAIMED,
        lease_until=tx.now + MINUTE,
        lease_owner=NodeId(owner),
        fence=1,
    )


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    page = add_page(store)
    now = store.read(lambda tx: tx.now)
    bare = delivery(page, now)
    whole = delivery(
        page,
        now,
        state=DeliveryState.DEAD,
        lease_until=now,
        lease_owner=NodeId("n1"),
        fence=3,
        attempts=2,
        failures=1,
        closed_at=now,
        reason="no such mailbox",
    )

    add(store, bare, whole)

    assert store.read(lambda tx: tx.delivery.get(bare.id)) == bare
    assert store.run(lambda tx: tx.delivery.get(whole.id, lock=True)) == whole
    assert store.read(lambda tx: tx.delivery.get(DeliveryId("nowhere"))) is None


def test_saving_changes_a_delivery(store: ServingStore) -> None:
    page = add_page(store)
    one = delivery(page, page.opened_at)
    add(store, one)
    moved = replace(one, failures=1, next_attempt_at=page.opened_at + HOUR)

    store.run(lambda tx: tx.delivery.save(moved))

    assert store.read(lambda tx: tx.delivery.get(one.id)) == moved


def test_due_ones_are_claimable_soonest_first(store: ServingStore) -> None:
    page = add_page(store)
    now = page.opened_at
    late = delivery(page, now - SECOND)
    later = delivery(page, now - MINUTE, kind=ChannelKind.WEBHOOK)
    early = delivery(page, now + HOUR)
    over = delivery(page, now - HOUR, state=DeliveryState.HANDED_OVER)
    add(store, late, later, early, over)

    assert store.run(lambda tx: tx.delivery.claimable(limit=9)) == [later, late]
    assert store.run(lambda tx: tx.delivery.claimable(limit=1)) == [later]
    email = ChannelKind.EMAIL
    assert store.run(lambda tx: tx.delivery.claimable(limit=9, kind=email)) == [late]


def test_a_claim_holds_until_its_lease_lapses(store: ServingStore) -> None:
    page = add_page(store)
    held = store.run(lambda tx: _stored(tx, claimed(page, tx)))

    assert store.run(lambda tx: tx.delivery.claimable(limit=9)) == []

    lapsed = replace(held, lease_until=page.opened_at - SECOND)
    store.run(lambda tx: tx.delivery.save(lapsed))
    assert store.run(lambda tx: tx.delivery.claimable(limit=9)) == [lapsed]


def test_the_claims_of_a_dead_node_come_back_at_once(store: ServingStore) -> None:
    page = add_page(store)
    gone = store.run(lambda tx: _stored(tx, claimed(page, tx, "gone")))
    store.run(lambda tx: _stored(tx, claimed(page, tx, "alive")))
    assert store.read(lambda tx: tx.delivery.lease_owners()) == ["alive", "gone"]

    count = store.run(lambda tx: tx.delivery.lapse_leases([NodeId("gone")]))
    found = store.run(lambda tx: tx.delivery.claimable(limit=9))

    assert count == 1
    assert [d.id for d in found] == [gone.id]
    assert found[0].fence == gone.fence
    assert store.run(lambda tx: tx.delivery.lapse_leases([])) == 0


def test_cancelling_ends_what_is_owed_and_nothing_else(store: ServingStore) -> None:
    page, other = add_page(store), add_page(store)
    now = page.opened_at
    pending = delivery(page, now)
    done = delivery(page, now, state=DeliveryState.HANDED_OVER)
    theirs = delivery(other, now)
    add(store, pending, done, theirs)
    held = store.run(lambda tx: _stored(tx, claimed(page, tx)))

    def work(tx: Transaction) -> tuple[int, object]:
        return tx.delivery.cancel_owed(page.id, reason="acknowledged"), tx.now

    count, ended_at = store.run(work)

    found = {d.id: d for d in store.read(lambda tx: tx.delivery.for_page(page.id))}
    assert count == 2
    assert found[done.id] == done
    for one in (pending, held):
        assert found[one.id].state is DeliveryState.CANCELLED
        assert found[one.id].reason == "acknowledged"
        assert found[one.id].closed_at == ended_at
        assert found[one.id].lease_owner is None
        assert found[one.id].fence == one.fence
    assert store.read(lambda tx: tx.delivery.get(theirs.id)) == theirs


def test_a_pages_deliveries_come_in_the_order_they_were_made(
    store: ServingStore,
) -> None:
    page = add_page(store)
    now = page.opened_at
    made = [delivery(page, now) for _ in range(3)]
    late = delivery(page, now, created_at=now + SECOND)
    add(store, late, *reversed(made))

    found = store.read(lambda tx: tx.delivery.for_page(page.id))

    assert found == [*made, late]
    assert store.read(lambda tx: tx.delivery.for_page(PageId("nowhere"))) == []


def test_what_one_recipient_is_owed_comes_soonest_first(store: ServingStore) -> None:
    page = add_page(store)
    now = page.opened_at
    later = delivery(page, now, next_attempt_at=now + HOUR)
    soon = delivery(page, now, next_attempt_at=now + MINUTE)
    done = delivery(page, now, state=DeliveryState.DEAD)
    bert = delivery(page, now, recipient="user:bert")
    add(store, later, soon, done, bert)

    found = store.run(lambda tx: tx.delivery.owed_for_recipient(page.id, "user:ana"))

    assert found == [soon, later]


def test_what_comes_next_is_known(store: ServingStore) -> None:
    page = add_page(store)
    now = page.opened_at
    assert store.read(lambda tx: tx.delivery.next_due()) is None
    assert store.read(lambda tx: tx.delivery.oldest_owed()) is None

    far = delivery(page, now, next_attempt_at=now + HOUR, due_at=now - HOUR)
    add(store, far, delivery(page, now - 2 * HOUR, state=DeliveryState.CANCELLED))
    assert store.read(lambda tx: tx.delivery.next_due()) == now + HOUR
    assert store.read(lambda tx: tx.delivery.oldest_owed()) == now - HOUR

    held = store.run(lambda tx: _stored(tx, claimed(page, tx)))
    assert store.read(lambda tx: tx.delivery.next_due()) == held.lease_until
    assert store.read(lambda tx: tx.delivery.owed(limit=9)) == [held, far]
    assert store.read(lambda tx: tx.delivery.owed(limit=1)) == [held]


def test_attempts_are_kept_and_found_by_page(store: ServingStore) -> None:
    page, other = add_page(store), add_page(store)
    now = page.opened_at
    one, two = delivery(page, now), delivery(page, now)
    theirs = delivery(other, now)
    add(store, one, two, theirs)
    late = attempt(two, now + SECOND, detail="x\x00", outcome="unknown")
    first = attempt(one, now)

    def work(tx: Transaction) -> None:
        tx.delivery.add_attempts([late, first, attempt(theirs, now)])
        tx.delivery.add_attempts([])

    store.run(work)

    found = store.read(lambda tx: tx.delivery.attempts(page.id))
    assert found == [first, replace(late, detail="x\ufffd")]


def test_recent_messages_count_a_bundle_once(store: ServingStore) -> None:
    page = add_page(store)
    now = page.opened_at
    ana, more = delivery(page, now), delivery(page, now)
    bert = delivery(page, now, recipient="user:bert", method=Slug("hook"))
    add(store, ana, more, bert)

    def work(tx: Transaction) -> None:
        tx.delivery.add_attempts(
            [
                attempt(ana, now - HOUR),
                attempt(ana, now),
                attempt(ana, now + SECOND, bundle_id="b"),
                attempt(more, now + SECOND, bundle_id="b"),
                attempt(bert, now),
            ]
        )

    store.run(work)

    recent = store.read(lambda tx: tx.delivery.recent_messages(since=now))
    assert recent == {
        ("user:ana", "mail"): [now, now + SECOND],
        ("user:bert", "hook"): [now],
    }


def test_recent_messages_count_what_is_under_way(store: ServingStore) -> None:
    page = add_page(store)
    now = page.opened_at
    lease = {"state": CLAIMED, "lease_until": now + LEASE}
    bundle = [delivery(page, now, **lease), delivery(page, now, **lease)]
    older = delivery(page, now, state=CLAIMED, lease_until=now + LEASE - MINUTE)
    add(store, *bundle, older)

    recent = store.read(lambda tx: tx.delivery.recent_messages(since=now - SECOND))

    assert recent == {("user:ana", "mail"): [now]}


def test_an_attempt_that_is_added_again_is_left_as_it_is(store: ServingStore) -> None:
    page = add_page(store)
    one = delivery(page, page.opened_at)
    add(store, one)
    first = attempt(one, page.opened_at)

    for again in (first, replace(first, detail="again")):
        store.run(lambda tx, again=again: tx.delivery.add_attempts([again]))  # type: ignore[misc]  # a default

    assert store.read(lambda tx: tx.delivery.attempts(page.id)) == [first]


def _stored(tx: Transaction, one: Delivery) -> Delivery:
    tx.delivery.add([one])
    return one
