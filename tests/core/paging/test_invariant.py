"""Each promise, broken on purpose, is noticed; a sound record is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.paging.making import (
    MINUTE,
    NOW,
    PLAN,
    alert,
    attempt,
    claimed,
    delivery,
    fold,
    opened,
    policy,
)

from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.ids import Slug
from handrail.core.paging import escalate
from handrail.core.paging.delivery import DeliveryState
from handrail.core.paging.invariant import (
    LATENESS_MAX,
    PageFacts,
    alert_violations,
    conservation_violations,
    page_violations,
)
from handrail.core.paging.page import PageState

SECOND = timedelta(seconds=1)


def sound() -> PageFacts:
    """Return a page whose first level was told and waits."""
    page, record = opened(policy(["ana"], ["ben"]))
    done = replace(claimed(delivery()), state=DeliveryState.HANDED_OVER)
    return PageFacts(
        page=page,
        events=record,
        deliveries=[done],
        attempts=[attempt(done, "accepted")],
    )


def taken() -> PageFacts:
    """Return a page that Ana has."""
    facts = sound()
    events = escalate.acknowledge(facts.page, by=Slug("ana"), via="link")
    return replace(
        facts,
        page=fold(facts.page, events, at=NOW + SECOND),
        events=[*facts.events, *((event, NOW + SECOND) for event in events)],
    )


def passed_on() -> PageFacts:
    """Return a page that Ana had and passed on to Ben."""
    facts = taken()
    at = NOW + MINUTE
    events = escalate.escalate_now(facts.page, by=None, snapshot=PLAN, now=at)
    page = fold(facts.page, events, at=at)
    assert page.entry_id is not None
    second = claimed(delivery("d2", entry=page.entry_id, due_at=at), at=at)
    return replace(
        facts,
        page=page,
        events=[*facts.events, *((event, at) for event in events)],
        deliveries=[*facts.deliveries, second],
        attempts=[*facts.attempts, attempt(second, "unknown", at=at)],
    )


def broken(facts: PageFacts, *, now: timedelta = MINUTE) -> set[str]:
    return {v.invariant for v in page_violations(facts, now=NOW + now)}


@pytest.mark.parametrize("facts", [sound(), taken(), passed_on()])
def test_a_sound_page_breaks_nothing(facts: PageFacts) -> None:
    assert broken(facts) == set()


def test_a_page_without_a_timer_seeks_nobody() -> None:
    facts = sound()

    assert "I2" in broken(replace(facts, page=replace(facts.page, advance_due_at=None)))


def test_a_page_whose_timer_ran_out_long_ago_is_late() -> None:
    late = 5 * MINUTE + LATENESS_MAX

    assert broken(sound(), now=late) == set()
    assert broken(sound(), now=late + SECOND) == {"I2"}


def test_a_level_that_owes_nobody_is_noticed() -> None:
    assert "I2" in broken(replace(sound(), deliveries=[], attempts=[]))


def test_an_overdue_delivery_is_noticed() -> None:
    facts = replace(sound(), deliveries=[delivery()], attempts=[])

    assert broken(facts, now=LATENESS_MAX) == set()
    assert broken(facts, now=LATENESS_MAX + SECOND) == {"I2"}


def test_a_claim_that_nobody_takes_back_is_noticed() -> None:
    facts = replace(sound(), deliveries=[claimed(delivery())], attempts=[])
    lapses = 30 * SECOND + LATENESS_MAX

    assert broken(facts, now=lapses) == set()
    assert broken(facts, now=lapses + SECOND) == {"I2"}


def test_an_attempt_before_its_time_is_noticed() -> None:
    facts = sound()
    early = [replace(facts.attempts[0], started_at=NOW - SECOND)]

    assert broken(replace(facts, attempts=early)) == {"I3"}


def test_an_attempt_after_somebody_took_it_is_noticed() -> None:
    facts = taken()
    after = replace(facts.attempts[0], started_at=NOW + 2 * SECOND)

    assert broken(replace(facts, attempts=[*facts.attempts, after])) == {"I4"}


def test_a_debt_of_a_taken_page_is_noticed() -> None:
    facts = taken()
    owed = delivery("d2")

    assert "I4" in broken(replace(facts, deliveries=[*facts.deliveries, owed]))


@pytest.mark.parametrize("outcome", ["accepted", "unknown"])
def test_a_success_that_was_not_kept_or_never_was_is_noticed(outcome: str) -> None:
    facts = sound()
    is_kept = outcome != "accepted"
    state = DeliveryState.HANDED_OVER if is_kept else DeliveryState.DEAD
    wrong = replace(facts.deliveries[0], state=state)

    facts = replace(facts, deliveries=[wrong], attempts=[attempt(wrong, outcome)])

    assert broken(facts) == {"I6"}


def test_a_level_told_twice_is_noticed() -> None:
    facts = sound()
    twice = [*facts.events, facts.events[-1]]

    assert "I7" in broken(replace(facts, events=twice))


def test_a_row_that_its_record_does_not_say_is_noticed() -> None:
    facts = sound()

    assert broken(replace(facts, page=replace(facts.page, title="Else"))) == {"I8"}


WRONG_ALERTS: list[tuple[str, Callable[[Alert], Alert]]] = [
    ("I2", lambda a: a),
    ("I2", lambda a: replace(a, evaluate_due_at=NOW - timedelta(hours=1))),
    ("I2", lambda a: replace(a, disposition=Disposition.PAGED)),
    (
        "I9",
        lambda a: replace(a, disposition=Disposition.MUTED, reason=""),
    ),
    (
        "I1",
        lambda a: replace(a, evaluate_due_at=NOW, state=AlertState.RESOLVED),
    ),
]


@pytest.mark.parametrize(("invariant", "spoil"), WRONG_ALERTS)
def test_a_broken_alert_is_noticed(
    invariant: str, spoil: Callable[[Alert], Alert]
) -> None:
    found = alert_violations(spoil(alert()), page=None, now=NOW)

    assert invariant in {violation.invariant for violation in found}


def test_a_paged_alert_whose_page_rests_is_noticed() -> None:
    page, _ = opened(policy(["ana"]))
    paged = replace(alert(), disposition=Disposition.PAGED)

    assert alert_violations(paged, page=page, now=NOW) == ()
    (found,) = alert_violations(
        paged, page=replace(page, state=PageState.ACKNOWLEDGED), now=NOW
    )
    assert found.invariant == "I2"


def test_an_alert_that_waits_for_its_evaluation_is_sound() -> None:
    assert (
        alert_violations(replace(alert(), evaluate_due_at=NOW), page=None, now=NOW)
        == ()
    )


def test_every_opening_is_an_alert() -> None:
    accepted = {"opened": 3, "reopened": 1, "unparsed": 1, "repeated": 9}

    assert conservation_violations(accepted=accepted, generations=5) == ()
    (found,) = conservation_violations(accepted=accepted, generations=4)
    assert found.invariant == "I1"
