"""A ticket is owed until the tracker took it, and never opened by a late loser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState
from handrail.core.backlog.ticket import (
    BacklogTicket,
    TicketState,
    TrackerTook,
    again,
    backoff,
    claimed,
    for_alert,
    settled,
)
from handrail.core.ids import AlertId, NodeId, Slug, TicketId
from handrail.core.paging.outcome import Permanent, Retryable, Scope, Unknown
from handrail.core.severity.severity import Severity

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ALERT = Alert(
    id=AlertId("a"),
    integration=Slug("prom"),
    dedup_key="disk",
    state=AlertState.FIRING,
    title="Disk 70 % full",
    labels={},
    starts_at=NOW,
    opened_at=NOW,
    last_seen_at=NOW,
)
FAILURES = [
    Retryable(reason="busy"),
    Unknown(reason="silence"),
    Permanent(reason="404", scope=Scope.METHOD),
]


def taken() -> BacklogTicket:
    fresh = for_alert(ALERT, Severity.SEV4, ticket_id=TicketId("t"), now=NOW)
    return claimed(fresh, owner=NodeId("n"), lease_until=NOW + limits.LEASE)


def test_what_the_tracker_took_is_recorded_whatever_happened_meanwhile() -> None:
    took = TrackerTook(reference="OPS-1", link="https://t.example.org/OPS-1")
    elsewhere = replace(taken(), fence=9)

    done = settled(elsewhere, took, fence=1, jitter=0, now=NOW)

    assert (done.state, done.reference) == (TicketState.OPENED, "OPS-1")
    assert done.next_attempt_at is None
    other = TrackerTook(reference="OPS-2")
    assert settled(done, other, fence=9, jitter=0, now=NOW) == done


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: type(f).__name__)
def test_a_failure_counts_only_under_the_present_fence(
    failure: Retryable | Unknown | Permanent,
) -> None:
    now_ours = replace(taken(), fence=2)

    assert settled(now_ours, failure, fence=1, jitter=0, now=NOW) == now_ours
    after = settled(now_ours, failure, fence=2, jitter=0, now=NOW)

    is_over = isinstance(failure, Permanent)
    assert after.state is (TicketState.FAILED if is_over else TicketState.PENDING)
    assert (after.next_attempt_at is None) is is_over
    assert after.reason == failure.reason


def test_it_is_given_up_after_a_week_and_can_be_tried_again() -> None:
    late = NOW + limits.BACKLOG_MAX_AGE

    failed = settled(taken(), Retryable(reason="busy"), fence=1, jitter=0, now=late)
    retried = again(failed, now=late)
    once_more = claimed(retried, owner=NodeId("n"), lease_until=late + limits.LEASE)
    waiting = settled(once_more, Unknown(reason="-"), fence=2, jitter=0, now=late)

    assert failed.state is TicketState.FAILED
    assert retried.next_attempt_at == late
    assert waiting.state is TicketState.PENDING


@given(
    failures=st.integers(1, 1000),
    jitter=st.floats(0, 1, exclude_max=True),
    wish=st.none() | st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_the_wait_is_bounded_but_for_the_trackers_own_wish(
    failures: int, jitter: float, wish: timedelta | None
) -> None:
    outcome = Retryable(reason="busy", after=wish)

    wait = backoff(failures, jitter=jitter, outcome=outcome)

    assert wait >= max(limits.BACKLOG_BACKOFF_FIRST / 2, wish or timedelta(0))
    assert wait <= max(limits.BACKLOG_BACKOFF_MAX, wish or timedelta(0))
