"""When a delivery that came again is excused, and when it is a fault."""

from datetime import UTC, datetime, timedelta

from tests.crash.lives import Death
from tests.crash.reckoning import needless_repeats
from tests.crash.sink import Arrival

from handrail.core.ids import AttemptId, DeliveryId, NodeId
from handrail.core.paging.delivery import Attempt

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_repeat_in_one_life_is_a_fault() -> None:
    came = [_arrival(1), _arrival(5)]

    faults = list(needless_repeats(came, [], [_death(0), _death(9)]))

    assert len(faults) == 1
    assert "twice in one life" in faults[0]


def test_a_repeat_after_a_death_that_left_no_record_is_excused() -> None:
    came = [_arrival(1), _arrival(5)]

    assert list(needless_repeats(came, [], [_death(3)])) == []


def test_each_repeat_needs_a_death_of_its_own() -> None:
    came = [_arrival(1), _arrival(5), _arrival(7)]

    faults = list(needless_repeats(came, [], [_death(3)]))

    assert len(faults) == 1


def test_what_is_read_after_its_sender_died_belongs_to_the_life_that_sent_it() -> None:
    read_late = _arrival(1, read_at=3.5)
    again = _arrival(4)

    assert list(needless_repeats([read_late, again], [], [_death(3)])) == []


def test_arrivals_are_judged_in_the_order_of_their_claims() -> None:
    read_last = _arrival(1, read_at=8)
    again = _arrival(5)

    assert list(needless_repeats([again, read_last], [], [_death(3)])) == []


def test_a_repeat_of_what_is_recorded_as_unknown_is_excused() -> None:
    came = [_arrival(1), _arrival(5)]

    assert list(needless_repeats(came, [_attempt(1, "unknown")], [])) == []


def test_an_unknown_of_another_claim_excuses_nothing() -> None:
    came = [_arrival(1), _arrival(5)]

    faults = list(needless_repeats(came, [_attempt(3, "unknown")], []))

    assert len(faults) == 1


def test_a_repeat_of_what_is_recorded_as_accepted_is_a_fault_even_after_a_death() -> (
    None
):
    came = [_arrival(1), _arrival(5)]

    faults = list(needless_repeats(came, [_attempt(1, "accepted")], [_death(3)]))

    assert len(faults) == 1
    assert "recorded as accepted" in faults[0]


def test_a_record_that_a_receiver_of_everything_refused_is_a_fault() -> None:
    came = [_arrival(1), _arrival(5)]

    faults = list(needless_repeats(came, [_attempt(1, "retryable")], []))

    assert len(faults) == 1


def test_one_claim_that_came_twice_is_a_fault_whatever_died() -> None:
    came = [_arrival(1), _arrival(1, read_at=4)]

    faults = list(needless_repeats(came, [], [_death(3)]))

    assert len(faults) == 1
    assert "twice of one claim" in faults[0]


def _arrival(claimed: float, *, read_at: float | None = None) -> Arrival:
    return Arrival(
        key="key",
        page="page",
        delivery="delivery",
        title="title",
        claimed_at=START + timedelta(seconds=claimed),
        at=START + timedelta(seconds=claimed if read_at is None else read_at),
        monotonic=0.0,
        messages=1,
    )


def _attempt(claimed: float, outcome: str) -> Attempt:
    # The store is finer than what a message tells.
    started_at = START + timedelta(seconds=claimed, microseconds=345)
    return Attempt(
        id=AttemptId(f"delivery.{claimed}"),
        delivery_id=DeliveryId("delivery"),
        node=NodeId("node"),
        fence=1,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=1),
        outcome=outcome,
        detail="",
        reference="",
    )


def _death(at: float) -> Death:
    asked_at = START + timedelta(seconds=at)
    gone_at = asked_at + timedelta(milliseconds=20)
    return Death(asked_at=asked_at, gone_at=gone_at, monotonic=at)
