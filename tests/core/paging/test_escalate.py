from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.paging.making import MINUTE, NOW, PLAN, fold, opened, policy

from handrail.core import limits
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import ConflictError
from handrail.core.ids import EntryId, Slug
from handrail.core.paging import escalate
from handrail.core.paging.event import (
    AlertExpired,
    EscalationReason,
    LevelNotified,
    LevelSkipped,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    ResolveReason,
    TimerRestarted,
)
from handrail.core.paging.ladder import SERVER_TERMINAL
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page, PageState

ANA, BEN = Slug("ana"), Slug("ben")
LEVELS = st.lists(
    st.lists(st.sampled_from(["ana", "ben", "mia", "ghost"]), min_size=1, max_size=3),
    min_size=1,
    max_size=5,
)


def run_out(page: Page, *, told: bool = True) -> tuple[PageEvent, ...]:
    """Return what follows when the page's timer runs out on time."""
    assert page.advance_due_at is not None
    return escalate.advance(
        page, snapshot=PLAN, nobody_was_told=not told, now=page.advance_due_at
    )


def to_the_end(page: Page) -> list[tuple[PageEvent, timedelta]]:
    """Return everything that follows unanswered, and when after the opening."""
    story: list[tuple[PageEvent, timedelta]] = []
    while page.advance_due_at is not None:
        at = page.advance_due_at
        events = run_out(page)
        assert events, "a timer that ran out changes something"
        story += [(event, at - NOW) for event in events]
        page = fold(page, events, at=at)
    return story


@given(levels=LEVELS, rounds=st.integers(1, 3))
def test_whatever_the_policy_somebody_is_told_and_then_the_last_resort(
    levels: list[list[str]], rounds: int
) -> None:
    page, record = opened(policy(*levels, rounds=rounds))

    told = [event for event, _ in record if isinstance(event, LevelNotified)]
    story = to_the_end(page)

    assert len(told) == 1
    assert told[0].deliveries
    rest = [event for event, _ in story if isinstance(event, LevelNotified)]
    assert all(event.deliveries for event in rest)
    last = [e for e in (*told, *rest) if e.level == LAST_RESORT_LEVEL]
    assert len(last) == 2
    assert isinstance(story[-1][0], PageExhausted)


@given(levels=LEVELS, rounds=st.integers(1, 3))
def test_levels_go_up_and_each_waits_its_patience(
    levels: list[list[str]], rounds: int
) -> None:
    page, record = opened(policy(*levels, rounds=rounds))
    entries = [(event, at - NOW) for event, at in record] + to_the_end(page)

    told = [(e, at) for e, at in entries if isinstance(e, LevelNotified)]

    places = [(e.round, e.level) for e, _ in told if e.level != LAST_RESORT_LEVEL]
    assert places == sorted(set(places))
    occupied = sum(any(name != "ghost" for name in level) for level in levels)
    assert len(places) == occupied * rounds
    waits = [5 * MINUTE] * len(places) + [10 * MINUTE] * 2
    assert [at for _, at in told] == [
        sum(waits[:place], timedelta(0)) for place in range(len(told))
    ]
    assert len({e.entry_id for e, _ in told}) == len(told)


def test_an_empty_level_is_skipped_in_the_same_instant_with_its_reason() -> None:
    _, record = opened(policy(["ghost"], ["ana"]))

    (_, skipped, notified) = (event for event, _ in record)

    assert isinstance(skipped, LevelSkipped)
    assert "ghost" in skipped.why
    assert isinstance(notified, LevelNotified)
    assert notified.reason is EscalationReason.LEVEL_EMPTY


def test_no_policy_leads_to_the_last_resort() -> None:
    _, record = opened(None)

    (_, notified) = (event for event, _ in record)

    assert isinstance(notified, LevelNotified)
    assert notified.level == LAST_RESORT_LEVEL
    assert notified.reason is EscalationReason.NO_POLICY


@pytest.mark.parametrize("names", [None, ["ghost"]])
def test_a_last_resort_that_leads_nowhere_is_the_servers_terminal(
    names: list[str] | None,
) -> None:
    from tests.core.paging.making import last_resort

    plan = replace(PLAN, last_resort=last_resort(*names) if names else None)

    _, record = opened(None, snapshot=plan)

    notified = record[-1][0]
    assert isinstance(notified, LevelNotified)
    assert notified.deliveries == (SERVER_TERMINAL,)


def test_nothing_follows_before_the_timer_runs_out() -> None:
    page, _ = opened(policy(["ana"], ["ben"]))
    assert page.advance_due_at is not None
    early = page.advance_due_at - timedelta(microseconds=1)

    assert escalate.advance(page, snapshot=PLAN, nobody_was_told=False, now=early) == ()


def test_a_page_at_rest_does_not_advance() -> None:
    page, _ = opened(policy(["ana"]))
    taken = fold(page, escalate.acknowledge(page, by=ANA, via="link"), at=NOW)

    later = NOW + timedelta(days=1)

    assert (
        escalate.advance(taken, snapshot=PLAN, nobody_was_told=False, now=later) == ()
    )


@pytest.mark.parametrize(
    ("told", "late", "restarts"),
    [
        (False, limits.BUNDLE_STALL, False),
        (False, limits.BUNDLE_STALL + timedelta(microseconds=1), True),
        (True, timedelta(hours=1), False),
    ],
)
def test_only_a_standstill_before_anybody_was_told_restarts_the_timer(
    told: bool,  # noqa: FBT001 - a column of the table
    late: timedelta,
    restarts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    page, _ = opened(policy(["ana"], ["ben"]))
    assert page.advance_due_at is not None
    now = page.advance_due_at + late

    events = escalate.advance(page, snapshot=PLAN, nobody_was_told=not told, now=now)

    assert isinstance(events[0], TimerRestarted) is restarts
    if isinstance(events[0], TimerRestarted):
        assert events[0].escalate_at == now + 5 * MINUTE


def test_after_a_standstill_the_last_resort_waits_its_own_time() -> None:
    page, _ = opened(None)
    now = NOW + timedelta(hours=1)

    (event,) = escalate.advance(page, snapshot=PLAN, nobody_was_told=True, now=now)

    assert isinstance(event, TimerRestarted)
    assert event.escalate_at == now + 10 * MINUTE


def test_a_dead_level_passes_on_at_once_but_only_the_present_one() -> None:
    page, _ = opened(policy(["ana"], ["ben"]))
    assert page.entry_id is not None

    (event,) = escalate.all_dead(page, entry_id=page.entry_id, snapshot=PLAN, now=NOW)
    older = escalate.all_dead(page, entry_id=EntryId("older"), snapshot=PLAN, now=NOW)

    assert isinstance(event, LevelNotified)
    assert event.reason is EscalationReason.ALL_TARGETS_DEAD
    assert older == ()


def test_a_dead_last_resort_keeps_its_timer() -> None:
    page, _ = opened(None)
    assert page.entry_id is not None

    assert escalate.all_dead(page, entry_id=page.entry_id, snapshot=PLAN, now=NOW) == ()


def test_an_exhausted_page_passed_on_begins_the_last_resort_anew() -> None:
    page, _ = opened(None)
    for event, after in to_the_end(page):
        page = fold(page, [event], at=NOW + after)
    assert page.state is PageState.EXHAUSTED

    (event,) = escalate.escalate_now(page, by=BEN, snapshot=PLAN, now=NOW)

    assert isinstance(event, LevelNotified)
    assert event.by == BEN


def test_what_was_taken_at_the_very_end_is_passed_on_to_somebody() -> None:
    page, _ = opened(None)
    for event, after in to_the_end(page):
        page = fold(page, [event], at=NOW + after)
    taken = fold(page, escalate.acknowledge(page, by=ANA, via="link"), at=NOW)

    (event,) = escalate.escalate_now(taken, by=ANA, snapshot=PLAN, now=NOW)

    assert isinstance(event, LevelNotified)
    assert event.deliveries


def test_a_taken_page_is_refused_to_somebody_else_and_repeated_to_the_holder() -> None:
    page, _ = opened(policy(["ana"]))
    events = escalate.acknowledge(page, by=ANA, via="link")
    taken = fold(page, events, at=NOW)

    assert events == (PageAcknowledged(by=ANA, via="link"),)
    assert escalate.acknowledge(taken, by=ANA, via="cli") == ()
    with pytest.raises(ConflictError, match="ana has already"):
        escalate.acknowledge(taken, by=BEN, via="link")


def test_what_a_sender_took_names_the_sender() -> None:
    page, _ = opened(policy(["ana"]))
    taken = fold(page, escalate.acknowledge(page, by=None, via="sender"), at=NOW)

    with pytest.raises(ConflictError, match="the sender has already"):
        escalate.acknowledge(taken, by=ANA, via="link")


def test_a_resolved_page_refuses_all_but_being_resolved() -> None:
    page, _ = opened(policy(["ana"]))
    ended = fold(
        page, escalate.resolve(page, reason=ResolveReason.PERSON, by=ANA), at=NOW
    )

    assert escalate.resolve(ended, reason=ResolveReason.PERSON, by=BEN) == ()
    assert escalate.expire(ended) == ()
    with pytest.raises(ConflictError):
        escalate.acknowledge(ended, by=ANA, via="link")
    with pytest.raises(ConflictError):
        escalate.escalate_now(ended, by=ANA, snapshot=PLAN, now=NOW)


def test_an_expiry_is_noted_once() -> None:
    page, _ = opened(policy(["ana"]))
    noted = fold(page, escalate.expire(page), at=NOW)

    assert escalate.expire(page) == (AlertExpired(),)
    assert escalate.expire(noted) == ()
    assert noted.state is PageState.OPEN


def test_an_empty_installation_still_tells_the_terminal() -> None:
    _, record = opened(policy(["ana"]), snapshot=Snapshot())

    notified = record[-1][0]
    assert isinstance(notified, LevelNotified)
    assert notified.deliveries == (SERVER_TERMINAL,)
