from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.configuration.ranking import STRIDE, new_orders

RANKS = st.lists(st.none() | st.integers(1, 40 * STRIDE), max_size=12)


@given(RANKS, st.integers(0, 5 * STRIDE))
def test_ranks_rise_strictly_above_the_floor(
    ranks: list[int | None], above: int
) -> None:
    orders = new_orders(ranks, above=above)

    assert len(orders) == len(ranks)
    assert all(left < right for left, right in pairwise([above, *orders]))


@given(st.sets(st.integers(1, 10_000), max_size=10))
def test_what_is_in_order_keeps_its_ranks(ranks: set[int]) -> None:
    kept = sorted(ranks)

    assert new_orders(list(kept), above=0) == kept


def test_an_insertion_moves_nobody() -> None:
    assert new_orders([1024, None, 2048], above=0) == [1024, 1536, 2048]


def test_one_that_moves_to_the_front_is_the_only_one_to_move() -> None:
    orders = new_orders([3072, 1024, 2048], above=0)

    assert orders == [512, 1024, 2048]


def test_without_room_everything_is_numbered_anew() -> None:
    assert new_orders([1, None, 2], above=0) == [1024, 2048, 3072]
