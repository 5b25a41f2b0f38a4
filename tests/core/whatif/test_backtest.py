"""A proposal is judged by what it would have done to services and teams."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta

from tests.core.paging.making import MINUTE, PLAN, policy

from handrail.core.configuration.snapshot import Integration, Snapshot
from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.ids import Slug
from handrail.core.schedule.night import NightHours
from handrail.core.schedule.rest import RestRules
from handrail.core.schedule.rest_book import RestBook
from handrail.core.service.service import Service
from handrail.core.whatif.backtest import (
    Assumption,
    Comparison,
    Line,
    Tally,
    compare,
)
from handrail.core.whatif.record import Record, RecordedAlert, RecordedRaise
from handrail.core.whatif.response_times import Contact

SHOP = Slug("shop")
FRIDAY_NIGHT = datetime(2026, 3, 6, 23, tzinfo=UTC)
"""Saturday, eight in the morning, in Tokyo."""
PROM = Slug("prom")


def configured(runs: EscalationPolicy, *, team: str | None = "web") -> Snapshot:
    service = Service(
        name=SHOP,
        title="Shop",
        team=Slug(team) if team else None,
        escalation_policy=runs.name,
    )
    ben = replace(PLAN.users[Slug("ben")], time_zone="Asia/Tokyo")
    return replace(
        PLAN,
        users={**PLAN.users, Slug("ben"): ben},
        services={SHOP: service},
        policies={runs.name: runs},
        integrations={PROM: Integration(name=PROM, source="generic", service=SHOP)},
    )


def fired(number: int, *, word: str = "critical", **more: object) -> RecordedAlert:
    return replace(
        RecordedAlert(
            id=f"alert {number}",
            integration=PROM,
            fired_at=FRIDAY_NIGHT + number * 60 * MINUTE,
            severity_word=word,
        ),
        **more,  # type: ignore[arg-type]  # a test's own words
    )


def played(
    *alerts: RecordedAlert, before: Snapshot, after: Snapshot | None = None
) -> Comparison:
    record = Record(
        starts_at=FRIDAY_NIGHT,
        ends_at=FRIDAY_NIGHT + timedelta(days=7),
        alerts=alerts,
    )
    return compare(record, in_force=lambda _: before, proposed=after or before)


def of(line: Line, assumption: Assumption = Assumption.NOBODY) -> tuple[Tally, Tally]:
    return line.in_force[assumption], line.proposed[assumption]


ANA_THEN_BEN = configured(policy(["ana"], ["ben"]))
BEN_ALONE = configured(policy(["ben"]))


def test_who_sleeps_is_told_by_their_own_clock() -> None:
    comparison = played(fired(0), before=ANA_THEN_BEN, after=BEN_ALONE)

    best_before, best_after = of(comparison.whole, Assumption.ALL_AT_ONCE)
    assert (best_before.at_night, best_before.on_weekends) == (1, 0)
    assert (best_after.at_night, best_after.on_weekends) == (0, 1)


def test_a_night_is_what_the_rest_rules_say_it_is_on_both_sides() -> None:
    """One yardstick: else moved hours would look like fewer nights."""
    late = NightHours(start=time(23, 30), end=time(6))
    lazy = replace(BEN_ALONE, rest=RestBook(rules=RestRules(night=late)))

    usual, _ = of(played(fired(0), before=ANA_THEN_BEN).whole)
    moved, _ = of(played(fired(0), before=ANA_THEN_BEN, after=lazy).whole)

    assert usual.at_night == 2
    assert moved.at_night == 0
    morning = replace(fired(0), fired_at=datetime(2026, 3, 6, 6, 30, tzinfo=UTC))
    awake, _ = of(played(morning, before=ANA_THEN_BEN).whole)
    assert awake.at_night == 0


def test_a_range_goes_from_the_first_contact_to_the_whole_policy() -> None:
    comparison = played(fired(0), before=ANA_THEN_BEN, after=BEN_ALONE)

    best, _ = of(comparison.whole, Assumption.ALL_AT_ONCE)
    worst, _ = of(comparison.whole)
    assert (best.pages, best.interruptions, best.exhausted) == (1, 1, 0)
    assert best.seconds_to_answer == [0]
    assert (worst.pages, worst.interruptions, worst.exhausted) == (1, 3, 1)
    assert worst.seconds_to_answer == []


def test_what_ended_before_a_level_tells_no_further_level() -> None:
    brief = fired(0, closed_at=FRIDAY_NIGHT + 2 * MINUTE)

    worst, _ = of(played(brief, before=ANA_THEN_BEN).whole)

    assert (worst.pages, worst.interruptions, worst.exhausted) == (1, 1, 0)


def test_a_raised_severity_pages_and_a_repeat_does_not() -> None:
    raised = RecordedRaise(at=FRIDAY_NIGHT + 60 * MINUTE, word="critical")
    quiet = fired(0, word="info")

    once, _ = of(played(quiet, before=ANA_THEN_BEN).whole)
    loud, _ = of(played(replace(quiet, raises=(raised,)), before=ANA_THEN_BEN).whole)

    assert (once.pages, once.unpaged) == (0, 1)
    assert (loud.pages, loud.unpaged) == (1, 0)


def test_figures_are_of_services_and_teams() -> None:
    other = configured(policy(["ana"]), team=None)

    comparison = played(*map(fired, range(3)), before=ANA_THEN_BEN, after=other)

    assert [line.name for line in comparison.services] == ["shop"]
    assert [line.name for line in comparison.teams] == ["", "web"]
    nameless, web = comparison.teams
    assert not nameless.in_force
    assert web.in_force[Assumption.NOBODY].alerts == 3


def test_nothing_it_tells_names_a_person() -> None:
    comparison = played(fired(0), before=ANA_THEN_BEN)

    names = {field.name for kind in (Tally, Line, Comparison) for field in fields(kind)}
    assert not {"user", "person", "recipient"} & names
    assert not any(name in repr(comparison) for name in ("ana", "ben", "olga"))


def test_few_alerts_and_few_answers_lead_to_no_conclusion() -> None:
    few = played(*map(fired, range(9)), before=ANA_THEN_BEN)
    enough = played(*map(fired, range(10)), before=ANA_THEN_BEN)

    assert not few.whole.is_conclusive
    assert enough.whole.is_conclusive
    assert Assumption.AS_RECORDED not in enough.whole.in_force


def test_people_answer_as_the_record_has_it() -> None:
    contact = Contact(seconds=90, is_answered=True)
    alerts = [fired(number, contacts=(contact,)) for number in range(10)]

    comparison = played(*alerts, before=ANA_THEN_BEN)

    recorded, _ = of(comparison.whole, Assumption.AS_RECORDED)
    assert recorded.seconds_to_answer == [90] * 10
    assert comparison.answers == 10


def test_each_alert_is_played_by_what_was_in_force_when_it_fired() -> None:
    changed_at = FRIDAY_NIGHT + 30 * MINUTE
    record = Record(
        starts_at=FRIDAY_NIGHT,
        ends_at=FRIDAY_NIGHT + timedelta(days=1),
        alerts=(fired(0), fired(1)),
    )

    comparison = compare(
        record,
        in_force=lambda at: ANA_THEN_BEN if at < changed_at else BEN_ALONE,
        proposed=BEN_ALONE,
    )

    before, after = of(comparison.whole)
    assert before.interruptions == 3 + 2
    assert after.interruptions == 2 + 2


def test_turns_go_on_from_one_alert_to_the_next() -> None:
    runs = policy(["ana", "ben"])
    level = replace(runs.levels[0], round_robin=True)
    turning = configured(replace(runs, levels=(level,)))

    comparison = played(*map(fired, range(2)), before=turning)

    best, _ = of(comparison.whole, Assumption.ALL_AT_ONCE)
    assert (best.interruptions, best.at_night, best.on_weekends) == (2, 1, 1)
