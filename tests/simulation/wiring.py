"""The product as it is wired, and five wirings with a planted defect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.paging.delivery import OWED, Delivery, DeliveryState
from handrail.core.paging.dispatch import DispatchPlan, MethodKey, plan_dispatch
from handrail.core.paging.outcome import Accepted, Outcome
from handrail.core.paging.page import Page
from handrail.core.paging.retry import Settled, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How the simulated nodes are put together.

    Attributes:
        plan: Says what of the due deliveries is sent.
        decide: Says what an outcome does to its delivery.
        answers_before_commit: Senders get their 202 while the commit is yet to come.
        trusts_node_clock: Transactions are given the node's clock.
    """

    name: str = "product"
    plan: Callable[..., DispatchPlan] = plan_dispatch
    decide: Callable[..., Settled] = settle
    answers_before_commit: bool = False
    trusts_node_clock: bool = False


def plan_without_reclaim(
    due: Sequence[Delivery],
    *,
    pages: Mapping[str, Page],
    bulletins: Mapping[str, str | None],
    recent: Mapping[MethodKey, Sequence[datetime]],
    now: datetime,
) -> DispatchPlan:
    """Leave every claim to its owner, even where that is long gone."""
    pending = [d for d in due if d.state is DeliveryState.PENDING]
    return plan_dispatch(
        pending, pages=pages, bulletins=bulletins, recent=recent, now=now
    )


def plan_first_in_first_out(
    due: Sequence[Delivery],
    *,
    pages: Mapping[str, Page],
    bulletins: Mapping[str, str | None],
    recent: Mapping[MethodKey, Sequence[datetime]],
    now: datetime,
) -> DispatchPlan:
    """Send a backlog one by one, as it came."""
    del pages, bulletins, recent, now
    return DispatchPlan(sends=tuple((d,) for d in due), ended=(), deferred=())


def fenced_settle(
    delivery: Delivery, outcome: Outcome, *, fence: int, jitter: float, now: datetime
) -> Settled:
    """Refuse a late success as if it were a failure."""
    is_late = delivery.fence != fence or delivery.state not in OWED
    if isinstance(outcome, Accepted) and is_late:
        return Settled(delivery=delivery, fail_over=False)
    return settle(delivery, outcome, fence=fence, jitter=jitter, now=now)


PRODUCT = Wiring()
DEFECTS = (
    Wiring(name="acknowledge before commit", answers_before_commit=True),
    Wiring(name="no reclaim", plan=plan_without_reclaim),
    Wiring(name="fenced successes", decide=fenced_settle),
    Wiring(name="node clock", trusts_node_clock=True),
    Wiring(name="fifo backlog", plan=plan_first_in_first_out),
)

SKEW_MAX = timedelta(hours=1)
