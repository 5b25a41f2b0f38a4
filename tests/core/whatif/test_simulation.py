"""The sequence in words, with what is skipped, held and muted, and why."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tests.core.paging.making import MINUTE, NOW, PLAN, policy

from handrail.core.configuration.snapshot import Integration, Snapshot
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.people.user import NotificationRule
from handrail.core.routing.route import Route
from handrail.core.service.service import Service
from handrail.core.service.support_hours import SupportHours, Window
from handrail.core.severity.severity import Severity, Urgency
from handrail.core.whatif.behaviour import parse_answers
from handrail.core.whatif.question import Question
from handrail.core.whatif.simulation import Outcome, Simulation, simulate
from handrail.core.whatif.wording import StepKind

SHOP = Slug("shop")
HOURS = SupportHours(
    time_zone="UTC",
    windows=(Window(weekdays=frozenset({0}), start=time(14), end=time(17)),),
)
SETTLES = Route(name=Slug("calm"), matchers=(), service=SHOP, settle=2 * MINUTE)


def configured(*levels: list[str], rounds: int = 1) -> Snapshot:
    runs = policy(*levels, rounds=rounds)
    service = Service(
        name=SHOP,
        title="Shop",
        team=None,
        escalation_policy=runs.name,
        support_hours=HOURS,
    )
    bare = replace(PLAN.users[Slug("mia")], contact_methods=(), email="")
    far = replace(PLAN.users[Slug("ben")], time_zone="Asia/Tokyo")
    return replace(
        PLAN,
        users={**PLAN.users, Slug("mia"): bare, Slug("ben"): far},
        services={SHOP: service},
        policies={runs.name: runs},
    )


def ask(snapshot: Snapshot, *acks: str, **more: Any) -> Simulation:
    question = Question(at=NOW, service=SHOP)
    behaviour = parse_answers(acks, known=snapshot.users)
    return simulate(
        replace(question, **more),
        snapshot=snapshot,
        behaviour=behaviour,
    )


def told(simulation: Simulation) -> list[tuple[int, str, str]]:
    return [
        (step.offset_seconds, step.level, step.recipient)
        for step in simulation.steps
        if step.kind is StepKind.TOLD
    ]


def test_nobody_answers_and_the_whole_policy_is_told() -> None:
    simulation = ask(configured(["ana"], ["mia"], ["ben"], rounds=2))

    assert told(simulation) == [
        (0, "level 1", "user:ana"),
        (300, "level 3", "user:ben"),
        (600, "level 1, round 2", "user:ana"),
        (900, "level 3, round 2", "user:ben"),
        (1200, "last resort", "user:olga"),
        (1800, "last resort", "user:olga"),
    ]
    assert simulation.outcome is Outcome.EXHAUSTED
    assert simulation.seconds_to_contact == 0
    assert simulation.seconds_to_answer is None
    assert simulation.steps[-1].kind is StepKind.EXHAUSTED
    assert simulation.steps[-1].offset_seconds == 2400


def test_a_skipped_level_and_who_is_left_out_say_why() -> None:
    simulation = ask(configured(["ghost"], ["mia", "ana"]))

    says = [step.says for step in simulation.steps]
    assert "level 1 is skipped: user:ghost leads to nobody" in says
    assert "left out: user:mia has no contact method" in says


def test_an_answer_ends_the_sequence_and_cancels_what_was_owed() -> None:
    simulation = ask(configured(["ana"], ["ben"]), "ben@2+1m")

    assert [recipient for _, _, recipient in told(simulation)] == [
        "user:ana",
        "user:ben",
    ]
    assert simulation.outcome is Outcome.ACKNOWLEDGED
    assert simulation.seconds_to_answer == 360


def test_an_answer_of_somebody_who_is_not_told_is_not_passed_over_in_silence() -> None:
    """Else "answered by ben" over a page that nobody answered reads like a proof."""
    plan = configured(["ana"], ["ben"])

    simulation = ask(plan, "ben@1", "olga@2", "mia+1m", "ana@last")

    assert simulation.outcome is Outcome.EXHAUSTED
    assert simulation.never_told == ("ben@1", "olga@2", "mia+1m", "ana@last")
    # Who is overtaken is not told either; who answers is.
    assert ask(plan, "ana@1", "ben@2").never_told == ("ben@2",)
    assert ask(plan, "ben@2").never_told == ()


def test_a_rule_that_waits_a_day_is_told_after_a_day() -> None:
    """The longest delay there is; the proof counts on it."""
    plan = configured(["ana"])
    day = timedelta(days=1)
    rule = NotificationRule(method=Slug("mail"), after=day)
    ana = replace(plan.users[Slug("ana")], rules={Urgency.HIGH: (rule,)})
    plan = replace(plan, users={**plan.users, ana.name: ana})

    assert (86400, "level 1", "user:ana") in told(ask(plan))


def test_who_is_told_is_told_in_their_own_time() -> None:
    simulation = ask(configured(["ben"]))

    step = next(step for step in simulation.steps if step.kind is StepKind.TOLD)
    assert step.time_zone == "Asia/Tokyo"
    assert step.local_time == "2026-03-02T18:00:00"
    assert (step.method, step.channel, step.address) == ("mail", "email", "be…@a.test")


def test_what_can_wait_is_held_to_support_hours() -> None:
    simulation = ask(configured(["ana"]), severity=Severity.SEV3)

    held, opened = simulation.steps[:2]
    assert held.kind is StepKind.HELD
    assert held.says.startswith("held for 5h: ")
    assert opened.offset_seconds == 5 * 3600
    assert simulation.seconds_to_contact == 5 * 3600


def test_a_severity_that_never_pages_says_so() -> None:
    simulation = ask(configured(["ana"]), severity=Severity.SEV4)

    assert simulation.outcome is Outcome.MUTED
    assert [step.kind for step in simulation.steps] == [StepKind.MUTED]
    assert simulation.seconds_to_contact is None


def test_what_ends_while_it_settles_tells_nobody() -> None:
    snapshot = replace(
        configured(["ana"]),
        routes=(SETTLES,),
        integrations={Slug("prom"): Integration(name=Slug("prom"), source="generic")},
    )
    labels: dict[str, Any] = {
        "service": None,
        "labels": {"a": "b"},
        "integration": Slug("prom"),
    }

    calm = ask(snapshot, **labels, resolves_after=MINUTE)
    lasting = ask(snapshot, **labels)

    assert calm.outcome is Outcome.OVER_BEFORE_PAGING
    assert told(calm) == []
    assert lasting.seconds_to_contact == 120
    assert "route calm" in lasting.decided_by


def test_a_set_urgency_pages_at_all_hours() -> None:
    simulation = ask(configured(["ana"]), severity=Severity.SEV3, urgency=Urgency.HIGH)

    assert simulation.urgency == "high"
    assert simulation.seconds_to_contact == 0


def test_labels_that_no_route_knows_lead_to_the_last_resort() -> None:
    simulation = ask(configured(["ana"]), service=None, labels={"severity": "info"})

    assert simulation.severity == "SEV4"
    assert simulation.service is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"service": Slug("shp")}, "there is no service shp"),
        ({"service": None}, "ask about a service"),
        ({"labels": {"a": "b"}}, "ask about a service"),
        (
            {"service": None, "labels": {"a": "b"}, "urgency": Urgency.LOW},
            "the route decides",
        ),
        ({"integration": Slug("prom")}, "there is no integration prom"),
    ],
)
def test_a_question_about_what_is_not_there_is_refused(
    asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidError, match=said):
        ask(configured(["ana"]), **asked)


def test_offsets_are_since_it_fired() -> None:
    at = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)

    simulation = ask(configured(["ana"]), at=at)

    assert simulation.steps[0].at == at
    assert simulation.steps[-1].at - at == timedelta(
        seconds=simulation.steps[-1].offset_seconds
    )
