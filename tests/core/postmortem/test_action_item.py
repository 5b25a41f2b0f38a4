"""Action items: closed only with what shows or explains it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.postmortem.making import ANA, BEN, START, item

from handrail.core.errors import ConflictError, InvalidError
from handrail.core.postmortem import action_item
from handrail.core.postmortem.action_item import (
    ActionItem,
    ActionItemEvent,
    ActionPlan,
    ActionState,
)

LINK = "https://tracker.example.org/OPS-1"


def after(one: ActionItem, events: tuple[ActionItemEvent, ...]) -> ActionItem:
    for event in events:
        one = action_item.evolve(one, event, at=START + timedelta(hours=1))
    return one


@pytest.mark.parametrize(
    ("state", "words", "link", "field"),
    [
        (ActionState.DONE, "", "", "result"),
        (ActionState.DONE, "   ", LINK, "result"),
        (ActionState.WAIVED, "", "", "reason"),
        (ActionState.MOVED, "later", "", "link"),
        (ActionState.MOVED, "", "OPS-1", "link"),
        (ActionState.MOVED, "", "javascript:alert(1)", "link"),
        (ActionState.MOVED, "", "https://a b", "link"),
    ],
)
def test_an_item_is_not_closed_without_what_it_needs(
    state: ActionState, words: str, link: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        action_item.close(item(), state, words=words, link=link, by=ANA)

    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("state", "words", "link"),
    [
        (ActionState.DONE, "the alert fired in the drill", ""),
        (ActionState.WAIVED, "the queue goes away", ""),
        (ActionState.MOVED, "", LINK),
    ],
)
def test_a_closed_item_says_why_and_can_be_taken_up_again(
    state: ActionState, words: str, link: str
) -> None:
    closed = after(
        item(), action_item.close(item(), state, words=words, link=link, by=BEN)
    )

    assert (closed.state, closed.outcome, closed.plan.link) == (state, words, link)
    assert closed.changed_by == BEN
    assert closed.closed_at is not None
    assert action_item.close(closed, state, words="", by=ANA) == ()
    with pytest.raises(ConflictError, match="reopen it"):
        action_item.change(closed, ActionPlan(title="x"), version=2, by=ANA)
    again = after(closed, action_item.reopen(closed, reason="no", by=ANA))
    assert again.is_open
    assert again.closed_at is None


def test_a_plan_that_somebody_changed_since_is_not_overwritten() -> None:
    first = replace(item().plan, title="Alert on age")
    changed = after(item(), action_item.change(item(), first, version=1, by=BEN))

    with pytest.raises(ConflictError, match="ben changed ACT-1"):
        action_item.change(changed, ActionPlan(title="Other"), version=1, by=ANA)


@given(
    due=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    today=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_an_open_item_is_overdue_from_the_day_after(due: date, today: date) -> None:
    one = item(due_on=due)

    assert one.is_overdue(today) is (today > due)
    assert not replace(one, state=ActionState.DONE).is_overdue(today)
    assert not item(due_on=None).is_overdue(today)
