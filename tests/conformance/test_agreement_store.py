"""Cover requests and swaps in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.conformance.examples import IDS

from handrail.core.cover.agreement import Leg
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.errors import LostRaceError
from handrail.core.ids import AgreementId, Slug
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore

ANA, BEN = Slug("ana"), Slug("ben")
HOUR = timedelta(hours=1)


def asked(tx: Transaction, *, ahead: timedelta = HOUR) -> CoverRequest:
    made = CoverRequest(
        id=AgreementId(IDS.new_id()),
        number=tx.agreement.next_number(CoverRequest),
        schedule=Slug("web"),
        asker=ANA,
        starts_at=tx.now + ahead,
        ends_at=tx.now + ahead + HOUR,
        asked=(BEN,),
        note="a train, ü",
        created_at=tx.now,
        expires_at=tx.now + ahead,
    )
    tx.agreement.add(made)
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
        id=AgreementId(IDS.new_id()),
        number=tx.agreement.next_number(Swap),
        proposer=ANA,
        legs=legs,
        created_at=tx.now,
        expires_at=starts_at,
        consents=(ANA,),
    )
    tx.agreement.add(made)
    return made


def test_what_is_kept_is_what_was_given(store: ServingStore) -> None:
    request, one = store.run(lambda tx: (asked(tx), proposed(tx)))

    assert (
        store.read(lambda tx: tx.agreement.get(CoverRequest, request.number)) == request
    )
    assert store.read(lambda tx: tx.agreement.get(Swap, one.number)) == one
    assert store.read(lambda tx: tx.agreement.get(CoverRequest, 99)) is None
    assert store.read(lambda tx: tx.agreement.get(Swap, 99)) is None


def test_lists_are_newest_first_and_open_ones_by_themselves(
    store: ServingStore,
) -> None:
    def work(tx: Transaction) -> tuple[CoverRequest, CoverRequest]:
        first, second = asked(tx), asked(tx)
        closed = first.withdrawn(ANA, now=tx.now)
        tx.agreement.save(closed, expected_sequence=1)
        return closed, second

    closed, second = store.run(work)

    found = store.read(
        lambda tx: tx.agreement.newest(CoverRequest, open_only=False, limit=9)
    )
    still = store.read(
        lambda tx: tx.agreement.newest(CoverRequest, open_only=True, limit=9)
    )
    assert found == [second, closed]
    assert still == [second]


def test_a_save_that_another_went_before_is_refused(store: ServingStore) -> None:
    request, one = store.run(lambda tx: (asked(tx), proposed(tx)))

    with pytest.raises(LostRaceError, match="COV-1"):
        store.run(lambda tx: tx.agreement.save(request, expected_sequence=7))
    with pytest.raises(LostRaceError, match="SWAP-1"):
        store.run(lambda tx: tx.agreement.save(one, expected_sequence=7))


def test_what_is_due_is_open_and_its_time_has_come(store: ServingStore) -> None:
    def work(tx: Transaction) -> tuple[CoverRequest, Swap]:
        late, coming = asked(tx, ahead=-HOUR), asked(tx)
        one = proposed(tx, ahead=-2 * HOUR)
        settled = replace(proposed(tx, ahead=-HOUR).expired(now=tx.now), sequence=2)
        tx.agreement.save(settled, expected_sequence=1)
        assert coming.due_at is not None
        return late, one

    late, one = store.run(work)

    assert store.run(lambda tx: tx.agreement.due(CoverRequest, limit=9)) == [late]
    assert store.run(lambda tx: tx.agreement.due(Swap, limit=9)) == [one]
    assert store.read(lambda tx: tx.agreement.next_due()) == one.expires_at


def test_numbers_count_up_each_by_itself(store: ServingStore) -> None:
    def take(tx: Transaction) -> list[int]:
        numbers = tx.agreement
        requests = [numbers.next_number(CoverRequest) for _ in range(2)]
        return [numbers.next_override(), *requests]

    assert store.run(take) == [1, 1, 2]
    assert store.run(lambda tx: tx.agreement.next_number(Swap)) == 1
