"""Cover requests and swaps in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.conformance.examples import IDS

from handrail.core.cover import cover_request, swap
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Leg, Swap
from handrail.core.errors import LostRaceError
from handrail.core.ids import CoverId, Slug, SwapId
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

ANA, BEN = Slug("ana"), Slug("ben")
HOUR = timedelta(hours=1)


def asked(tx: Transaction, *, ahead: timedelta = HOUR) -> CoverRequest:
    made = CoverRequest(
        id=CoverId(IDS.new_id()),
        number=tx.cover.next_request(),
        schedule=Slug("web"),
        asker=ANA,
        starts_at=tx.now + ahead,
        ends_at=tx.now + ahead + HOUR,
        asked=(BEN,),
        note="a train, ü",
        created_at=tx.now,
        expires_at=tx.now + ahead,
    )
    tx.cover.add_request(made)
    return made


def proposed(tx: Transaction, *, ahead: timedelta = HOUR) -> Swap:
    starts_at = tx.now + ahead
    legs = tuple(
        Leg(
            schedule=Slug("web"),
            starts_at=starts_at + n * HOUR,
            ends_at=starts_at + (n + 1) * HOUR,
            gives=gives,
            takes=takes,
        )
        for n, (gives, takes) in enumerate(((ANA, BEN), (BEN, ANA)))
    )
    made = Swap(
        id=SwapId(IDS.new_id()),
        number=tx.cover.next_swap(),
        proposer=ANA,
        legs=legs,
        created_at=tx.now,
        expires_at=starts_at,
        consents=(ANA,),
    )
    tx.cover.add_swap(made)
    return made


def test_what_is_kept_is_what_was_given(store: ServingStore) -> None:
    request, one = store.run(lambda tx: (asked(tx), proposed(tx)))

    assert store.read(lambda tx: tx.cover.request(request.number)) == request
    assert store.read(lambda tx: tx.cover.swap(one.number)) == one
    assert store.read(lambda tx: tx.cover.request(99)) is None
    assert store.read(lambda tx: tx.cover.swap(99)) is None


def test_lists_are_newest_first_and_open_ones_by_themselves(
    store: ServingStore,
) -> None:
    def work(tx: Transaction) -> tuple[CoverRequest, CoverRequest]:
        first, second = asked(tx), asked(tx)
        closed = cover_request.withdrawn(first, ANA, now=tx.now)
        tx.cover.save_request(closed, expected_sequence=1)
        return closed, second

    closed, second = store.run(work)

    found = store.read(lambda tx: tx.cover.requests(open_only=False, limit=9))
    still = store.read(lambda tx: tx.cover.requests(open_only=True, limit=9))
    assert found == [second, closed]
    assert still == [second]


def test_a_save_that_another_went_before_is_refused(store: ServingStore) -> None:
    request, one = store.run(lambda tx: (asked(tx), proposed(tx)))

    with pytest.raises(LostRaceError, match="COV-1"):
        store.run(lambda tx: tx.cover.save_request(request, expected_sequence=7))
    with pytest.raises(LostRaceError, match="SWAP-1"):
        store.run(lambda tx: tx.cover.save_swap(one, expected_sequence=7))


def test_what_is_due_is_open_and_its_time_has_come(store: ServingStore) -> None:
    def work(tx: Transaction) -> tuple[CoverRequest, Swap]:
        late, coming = asked(tx, ahead=-HOUR), asked(tx)
        one = proposed(tx, ahead=-2 * HOUR)
        settled = replace(
            swap.expired(proposed(tx, ahead=-HOUR), now=tx.now), sequence=2
        )
        tx.cover.save_swap(settled, expected_sequence=1)
        assert coming.due_at is not None
        return late, one

    late, one = store.run(work)

    assert store.run(lambda tx: tx.cover.due_requests(limit=9)) == [late]
    assert store.run(lambda tx: tx.cover.due_swaps(limit=9)) == [one]
    assert store.read(lambda tx: tx.cover.next_due()) == one.expires_at


def test_numbers_count_up_each_by_itself(store: ServingStore) -> None:
    def take(tx: Transaction) -> list[int]:
        cover = tx.cover
        return [cover.next_override(), cover.next_request(), cover.next_request()]

    assert store.run(take) == [1, 1, 2]
    assert store.run(lambda tx: tx.cover.next_swap()) == 1
