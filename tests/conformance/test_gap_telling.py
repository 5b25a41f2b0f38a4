"""Two nodes prove coverage at the same time; who can mend a gap is told once."""

import threading
from datetime import timedelta

import pytest
from tests.conformance.examples import IDS
from tests.conformance.test_lock_order import somebody_waits, two_nodes
from tests.storage.test_postgres import until

from handrail.core.ids import Slug
from handrail.ports.store import Store, Transaction
from handrail.usecases.gap_telling import Gap, tell_gaps

pytestmark = pytest.mark.postgres


def tell(tx: Transaction) -> int:
    service = Slug("checkout")
    starts_at = tx.now + timedelta(days=3)
    gap = Gap(
        service=service,
        mark="the same",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        is_open=False,
        is_near=True,
        why="nobody is there",
    )
    return tell_gaps(tx, {service: [gap]}, began_at=tx.now, ids=IDS)


def test_a_gap_that_two_nodes_find_at_once_is_told_by_one(postgres_url: str) -> None:
    told: list[int] = []

    def tell_on(store: Store) -> None:
        told.append(store.run(tell))

    with two_nodes(postgres_url) as (one, other):
        second = threading.Thread(target=tell_on, args=(other,))

        def tell_first(tx: Transaction) -> int:
            done = tell(tx)
            second.start()
            assert until(lambda: somebody_waits(postgres_url))
            return done

        told.append(one.run(tell_first))
        second.join()

    assert sorted(told) == [0, 1]
