from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.paging.making import NOW, delivery, opened, policy

from handrail.core import limits
from handrail.core.ids import BulletinId, NodeId, PageId, Slug
from handrail.core.instants import EPOCH
from handrail.core.paging.delivery import Delivery, DeliveryState
from handrail.core.paging.dispatch import (
    DispatchPlan,
    claimed,
    may_still_send,
    plan_dispatch,
    reason_not_to_send,
)
from handrail.core.paging.page import Page, PageState

SECOND = timedelta(seconds=1)
PAGE, _ = opened(policy(["ana"]))
KEY = ("user:ana", "mail")


def plan(
    *due: Delivery, page: Page = PAGE, recent: int = 0, after: timedelta = SECOND
) -> DispatchPlan:
    """Return the plan for these, with so many messages a second ago."""
    pages: dict[str, Page] = {
        d.page_id: replace(page, id=d.page_id) for d in due if d.page_id
    }
    begun = {KEY: [NOW] * recent}
    return plan_dispatch(due, pages=pages, bulletins={}, recent=begun, now=NOW + after)


def about(number: int, *, due_at: timedelta = timedelta(0)) -> Delivery:
    return delivery(f"d{number}", page=f"page{number}", due_at=NOW + due_at)


def test_all_that_is_due_to_one_device_travels_in_one_message() -> None:
    other = replace(about(3), recipient="user:ben")

    planned = plan(about(1), about(2), other)

    assert [[d.id for d in send] for send in planned.sends] == [["d1", "d2"], ["d3"]]


def test_of_several_about_one_page_only_the_newest_is_told() -> None:
    older = delivery("d1")
    newer = delivery("d2", due_at=NOW + SECOND)

    planned = plan(newer, older)

    assert planned.sends == ((newer,),)
    (collapsed,) = planned.ended
    assert collapsed.state is DeliveryState.COLLAPSED
    assert collapsed.reason == "told with delivery d2"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (replace(PAGE, state=PageState.ACKNOWLEDGED), "acknowledged by the sender"),
        (
            replace(PAGE, state=PageState.ACKNOWLEDGED, acknowledged_by=Slug("ben")),
            "acknowledged by ben",
        ),
        (replace(PAGE, state=PageState.RESOLVED), "resolved"),
    ],
)
def test_what_somebody_has_is_cancelled_with_its_reason(
    page: Page, reason: str
) -> None:
    planned = plan(delivery(), page=page)

    assert planned.sends == ()
    (cancelled,) = planned.ended
    assert cancelled.state is DeliveryState.CANCELLED
    assert cancelled.reason == reason


def test_an_exhausted_page_is_still_told() -> None:
    assert plan(delivery(), page=replace(PAGE, state=PageState.EXHAUSTED)).sends


def test_a_delivery_of_no_page_or_past_its_deadline_is_not_sent() -> None:
    late = delivery().deadline_at

    assert reason_not_to_send(delivery(), None, now=NOW) == "its page is gone"
    assert reason_not_to_send(delivery(), PAGE, now=late) == "past its deadline"
    assert reason_not_to_send(delivery(), PAGE, now=late - SECOND) is None


def test_a_device_that_got_few_messages_is_used_at_once() -> None:
    assert plan(about(1), recent=limits.METHOD_MESSAGES_MAX - 1).sends


def test_a_device_that_got_many_rests_until_the_slot_ends() -> None:
    now_in_slot = (NOW + SECOND - EPOCH) % limits.BUNDLE_WAIT_MAX

    planned = plan(about(1), recent=limits.METHOD_MESSAGES_MAX)

    (waiting,) = planned.deferred
    assert planned.sends == ()
    assert (
        waiting.next_attempt_at == NOW + SECOND - now_in_slot + limits.BUNDLE_WAIT_MAX
    )


def test_a_device_is_free_again_when_the_window_is() -> None:
    almost = limits.METHOD_WINDOW - timedelta(seconds=5)

    (waiting,) = plan(
        about(1, due_at=almost), recent=limits.METHOD_MESSAGES_MAX, after=almost
    ).deferred

    assert waiting.next_attempt_at == NOW + limits.METHOD_WINDOW


def test_a_lapsed_claim_that_rests_is_a_claim_no_more() -> None:
    lapsed = replace(
        about(1),
        state=DeliveryState.CLAIMED,
        lease_owner=NodeId("gone"),
        lease_until=NOW,
        fence=1,
    )

    (waiting,) = plan(lapsed, recent=limits.METHOD_MESSAGES_MAX).deferred

    assert waiting.state is DeliveryState.PENDING
    assert (waiting.lease_owner, waiting.lease_until) == (None, None)
    assert waiting.fence == 1


def test_what_failed_before_waits_for_a_free_window() -> None:
    failed = replace(about(1), failures=1)

    planned = plan(
        failed, recent=limits.METHOD_MESSAGES_MAX, after=limits.BUNDLE_WAIT_MAX
    )

    assert planned.deferred


@given(
    arrivals=st.lists(st.integers(0, 60_000), min_size=1, max_size=80),
)
def test_a_storm_makes_few_messages_and_none_waits_long(arrivals: list[int]) -> None:
    waiting = {
        number: about(number, due_at=timedelta(milliseconds=at))
        for number, at in enumerate(sorted(arrivals))
    }
    told: Counter[str] = Counter()
    begun: list[timedelta] = []

    while waiting:
        at = min(d.next_attempt_at for d in waiting.values()) - NOW
        due = [d for d in waiting.values() if d.next_attempt_at <= NOW + at]
        planned = plan_dispatch(
            due,
            pages={d.page_id: replace(PAGE, id=d.page_id) for d in due if d.page_id},
            bulletins={},
            recent={KEY: [NOW + began for began in begun]},
            now=NOW + at,
        )
        for late in planned.deferred:
            assert late.next_attempt_at > NOW + at
            waiting[int(late.id[1:])] = late
        for sent in (d for send in planned.sends for d in send):
            told[sent.id] += 1
            assert NOW + at - sent.due_at <= limits.BUNDLE_WAIT_MAX
            del waiting[int(sent.id[1:])]
        begun += [at] * len(planned.sends)

    assert set(told.values()) == {1}
    for began in begun:
        window = [b for b in begun if began <= b < began + limits.METHOD_WINDOW]
        assert len(window) <= limits.METHOD_MESSAGES_MAX + 5


def test_a_claim_is_leased_under_a_new_fence() -> None:
    until = NOW + limits.LEASE

    taken = claimed(delivery(), owner=NodeId("n"), lease_until=until)
    again = claimed(taken, owner=NodeId("m"), lease_until=until)

    assert (taken.fence, taken.attempts, taken.lease_owner) == (1, 1, "n")
    assert (again.fence, again.attempts, again.lease_owner) == (2, 2, "m")


def test_a_node_that_slept_does_not_send() -> None:
    assert may_still_send(waited=limits.SEND_START_MAX - SECOND)
    assert not may_still_send(waited=limits.SEND_START_MAX)
    assert limits.SEND_START_MAX + limits.SEND_TIMEOUT < limits.LEASE


def test_pages_are_told_apart() -> None:
    gone = delivery("d9", page="gone")

    planned = plan_dispatch(
        [gone], pages={PageId("page"): PAGE}, bulletins={}, recent={}, now=NOW
    )

    assert planned.ended[0].reason == "its page is gone"


def bulletin(name: str, *, recipient: str = "user:ana") -> Delivery:
    return replace(
        delivery(name, recipient=recipient),
        page_id=None,
        bulletin_id=BulletinId(name),
    )


def planned_bulletins(
    due: Sequence[Delivery], *, recent: Sequence[timedelta] = (), **pointless: str
) -> DispatchPlan:
    bulletins: dict[str, str | None] = {
        d.bulletin_id: pointless.get(d.bulletin_id) for d in due if d.bulletin_id
    }
    return plan_dispatch(
        due,
        pages={PAGE.id: PAGE},
        bulletins=bulletins,
        recent={KEY: [NOW + began for began in recent]},
        now=NOW,
    )


def test_bulletins_travel_one_by_one_and_after_the_pages() -> None:
    due = [bulletin("b1"), delivery("d1"), bulletin("b2")]

    plan = planned_bulletins(due)

    assert [[d.id for d in send] for send in plan.sends] == [["d1"], ["b1"], ["b2"]]


def test_a_bulletin_that_became_pointless_is_not_told() -> None:
    plan = planned_bulletins([bulletin("b1")], b1="it was met meanwhile")

    (ended,) = plan.ended
    assert ended.state is DeliveryState.CANCELLED
    assert ended.reason == "it was met meanwhile"


def test_many_bulletins_wait_for_room_and_none_is_lost() -> None:
    due = [bulletin(f"b{n}") for n in range(5)]

    plan = planned_bulletins(due, recent=[-30 * SECOND])

    assert len(plan.sends) == limits.BULLETINS_PER_METHOD_MAX - 1
    assert len(plan.deferred) == len(due) - len(plan.sends)
    assert all(d.next_attempt_at > NOW for d in plan.deferred)


def test_a_bulletin_past_its_deadline_is_not_told() -> None:
    late = replace(bulletin("b1"), deadline_at=NOW)

    (ended,) = planned_bulletins([late]).ended

    assert ended.reason == "past its deadline"
