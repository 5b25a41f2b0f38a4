"""What an attempt's outcome does to its delivery: done, again later, or dead."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.paging.delivery import OWED, Delivery, DeliveryState
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Unknown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The delivery after an attempt.

    Attributes:
        delivery: What to store.
        fail_over: The recipient's next contact method is due at once.
    """

    delivery: Delivery
    fail_over: bool


def settle(
    delivery: Delivery, outcome: Outcome, *, fence: int, jitter: float, now: datetime
) -> Settled:
    """Return the delivery as an attempt made under ``fence`` leaves it.

    Success is monotone: it is recorded whatever happened meanwhile, since the person
    was told. Failures count only under the current fence and while still claimed, so
    that a late loser cannot undo another node's work.
    """
    if isinstance(outcome, Accepted):
        return Settled(delivery=_handed_over(delivery, now), fail_over=False)
    if delivery.fence != fence or delivery.state is not DeliveryState.CLAIMED:
        return Settled(delivery=delivery, fail_over=False)
    match outcome:
        case Permanent():
            dead = _ended(delivery, DeliveryState.DEAD, outcome.reason, now)
            return Settled(delivery=dead, fail_over=True)
        case Retryable() | Unknown():
            return _again(delivery, outcome, jitter=jitter, now=now)


def _handed_over(delivery: Delivery, now: datetime) -> Delivery:
    if delivery.state is DeliveryState.HANDED_OVER:
        return delivery
    return _ended(delivery, DeliveryState.HANDED_OVER, "the provider took it", now)


def _again(
    delivery: Delivery, outcome: Retryable | Unknown, *, jitter: float, now: datetime
) -> Settled:
    failures = delivery.failures + 1
    wish = outcome.after if isinstance(outcome, Retryable) else None
    next_at = now + backoff(failures, jitter=jitter, wish=wish)
    delivery = replace(delivery, failures=failures)
    if next_at >= delivery.deadline_at:
        reason = f"given up at its deadline; last: {outcome.reason}"
        dead = _ended(delivery, DeliveryState.DEAD, reason, now)
        return Settled(delivery=dead, fail_over=True)
    waiting = replace(
        delivery,
        state=DeliveryState.PENDING,
        next_attempt_at=next_at,
        lease_until=None,
        lease_owner=None,
        reason=outcome.reason,
    )
    return Settled(
        delivery=waiting, fail_over=failures >= limits.FAILOVER_AFTER_FAILURES
    )


def backoff(failures: int, *, jitter: float, wish: timedelta | None) -> timedelta:
    """Return how long to wait after that many failures; ``jitter`` is in [0, 1).

    Doubles from the first wait up to the cap, spread over the upper half. A provider's
    own wish is honoured up to the cap: a page does not sleep an hour on its word.
    """
    doublings: int = 2 ** min(failures - 1, 10)
    wait = min(limits.RETRY_BACKOFF_FIRST * doublings, limits.RETRY_BACKOFF_MAX)
    wait = wait / 2 + wait / 2 * jitter
    return max(wait, min(wish or timedelta(0), limits.RETRY_BACKOFF_MAX))


def bring_forward(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return the delivery due at once, if it is pending and was not due yet."""
    if delivery.state is not DeliveryState.PENDING or delivery.failures:
        return delivery
    if delivery.next_attempt_at <= now:
        return delivery
    reason = "brought forward: another contact method fails"
    return replace(delivery, due_at=now, next_attempt_at=now, reason=reason)


def cancel(delivery: Delivery, *, reason: str, now: datetime) -> Delivery:
    """Return the delivery cancelled, if it was still owed."""
    if delivery.state not in OWED:
        return delivery
    return _ended(delivery, DeliveryState.CANCELLED, reason, now)


def collapse(delivery: Delivery, *, into: Delivery, now: datetime) -> Delivery:
    """Return the delivery ended because another one tells the same person the same."""
    reason = f"told with delivery {into.id}"
    return _ended(delivery, DeliveryState.COLLAPSED, reason, now)


def _ended(
    delivery: Delivery, state: DeliveryState, reason: str, now: datetime
) -> Delivery:
    return replace(
        delivery,
        state=state,
        reason=reason,
        closed_at=now,
        lease_until=None,
        lease_owner=None,
    )
