from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.paging.making import NOW, claimed, delivery

from handrail.core import limits
from handrail.core.paging.delivery import DeliveryState
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.core.paging.retry import (
    Settled,
    backoff,
    bring_forward,
    cancel,
    settle,
)

SECOND = timedelta(seconds=1)
FAILURES: tuple[Outcome, ...] = (
    Retryable(reason="503"),
    Unknown(reason="no answer"),
    Permanent(reason="unknown", scope=Scope.METHOD),
)


def after(outcome: Outcome, *, fence: int = 1, failures: int = 0) -> Settled:
    given_one = replace(claimed(delivery()), failures=failures)
    return settle(given_one, outcome, fence=fence, jitter=0.5, now=NOW)


@pytest.mark.parametrize("state", DeliveryState)
def test_success_is_recorded_whatever_happened_meanwhile(state: DeliveryState) -> None:
    moved_on = replace(claimed(delivery(), fence=7), state=state)

    settled = settle(moved_on, Accepted(), fence=1, jitter=0, now=NOW)

    assert settled.delivery.state is DeliveryState.HANDED_OVER
    assert not settled.fail_over


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_counts_only_under_the_present_fence(outcome: Outcome) -> None:
    moved_on = claimed(delivery(), fence=2)

    settled = settle(moved_on, outcome, fence=1, jitter=0, now=NOW)

    assert settled.delivery == moved_on
    assert not settled.fail_over


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_of_what_was_cancelled_changes_nothing(outcome: Outcome) -> None:
    gone = cancel(claimed(delivery()), reason="acknowledged", now=NOW)

    assert settle(gone, outcome, fence=1, jitter=0, now=NOW).delivery == gone


def test_a_permanent_failure_ends_it_and_fails_over() -> None:
    settled = after(Permanent(reason="unknown", scope=Scope.METHOD))

    assert settled.delivery.state is DeliveryState.DEAD
    assert settled.fail_over


@pytest.mark.parametrize("outcome", FAILURES[:2])
def test_what_may_work_later_is_due_again(outcome: Outcome) -> None:
    settled = after(outcome)

    assert settled.delivery.state is DeliveryState.PENDING
    assert settled.delivery.next_attempt_at > NOW
    assert settled.delivery.lease_owner is None
    assert not settled.fail_over


def test_the_second_failure_brings_in_the_next_method() -> None:
    assert after(Retryable(reason="503"), failures=1).fail_over


def test_it_is_given_up_at_its_deadline_only() -> None:
    last = replace(claimed(delivery()), deadline_at=NOW + SECOND)

    settled = settle(last, Unknown(reason="silence"), fence=1, jitter=0.5, now=NOW)

    assert settled.delivery.state is DeliveryState.DEAD
    assert "silence" in settled.delivery.reason
    assert settled.fail_over


@given(
    failures=st.integers(1, 10_000),
    jitter=st.floats(0, 1, exclude_max=True),
    wish=st.none() | st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_the_wait_is_bounded_and_honours_the_providers_wish_up_to_the_cap(
    failures: int, jitter: float, wish: timedelta | None
) -> None:
    wait = backoff(failures, jitter=jitter, wish=wish)

    assert limits.RETRY_BACKOFF_FIRST / 2 <= wait <= limits.RETRY_BACKOFF_MAX
    if wish is not None:
        assert wait >= min(wish, limits.RETRY_BACKOFF_MAX)


def test_only_what_still_waits_for_its_time_is_brought_forward() -> None:
    waiting = delivery(due_at=NOW + 60 * SECOND)
    failing = replace(waiting, failures=1)
    due = delivery()

    assert bring_forward(waiting, now=NOW).due_at == NOW
    assert bring_forward(failing, now=NOW) == failing
    assert bring_forward(due, now=NOW) == due
    assert bring_forward(claimed(waiting), now=NOW) == claimed(waiting)


def test_what_is_over_is_not_cancelled() -> None:
    done = replace(delivery(), state=DeliveryState.HANDED_OVER)

    assert cancel(done, reason="acknowledged", now=NOW) == done
