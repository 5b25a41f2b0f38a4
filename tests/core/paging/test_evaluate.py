from dataclasses import replace
from datetime import time, timedelta

import pytest
from tests.core.paging.making import NOW, PLAN, alert, policy

from handrail.core.configuration.snapshot import Integration, Snapshot
from handrail.core.ids import Slug
from handrail.core.paging.evaluate import Hold, Mute, MuteReason, PageNow, evaluate
from handrail.core.routing.matcher import parse_matchers
from handrail.core.routing.route import Route
from handrail.core.service.service import Service
from handrail.core.service.support_hours import SupportHours, Window
from handrail.core.severity.severity import Severity, Urgency

AFTERNOONS = SupportHours(
    time_zone="UTC",
    windows=(Window(weekdays=frozenset({0}), start=time(13), end=time(17)),),
)
CHECKOUT = Service(
    name=Slug("checkout"),
    title="Checkout",
    team=None,
    escalation_policy=Slug("payments"),
    support_hours=AFTERNOONS,
)
CONFIGURED = replace(
    PLAN,
    services={CHECKOUT.name: CHECKOUT},
    policies={Slug("payments"): policy(["ana"])},
    integrations={
        Slug("monitoring"): Integration(
            name=Slug("monitoring"), source="generic", service=CHECKOUT.name
        )
    },
)


ROUTE = Route(name=Slug("r"), matchers=(), service=CHECKOUT.name)


def routed(route: Route) -> Snapshot:
    return replace(CONFIGURED, routes=(route,))


def matching(text: str) -> Route:
    return replace(ROUTE, matchers=tuple(parse_matchers(text)))


@pytest.mark.parametrize("word", ["critical", "SEV2", None, "nonsense"])
def test_what_is_grave_or_unknown_pages_at_any_hour(word: str | None) -> None:
    verdict = evaluate(
        replace(alert(), severity_word=word), snapshot=CONFIGURED, now=NOW
    )

    assert isinstance(verdict, PageNow)
    assert verdict.destination.policy == policy(["ana"])


def test_sev3_waits_for_support_hours_and_pages_within_them() -> None:
    minor = replace(alert(), severity_word="warning")
    opens_at = NOW.replace(hour=13)

    held = evaluate(minor, snapshot=CONFIGURED, now=NOW)

    assert isinstance(held, Hold)
    assert held.until == opens_at
    assert isinstance(evaluate(minor, snapshot=CONFIGURED, now=opens_at), PageNow)


def test_sev3_of_a_service_without_hours_pages() -> None:
    always = replace(CHECKOUT, support_hours=None)
    plan = replace(CONFIGURED, services={CHECKOUT.name: always})

    verdict = evaluate(
        replace(alert(), severity_word="warning"), snapshot=plan, now=NOW
    )

    assert isinstance(verdict, PageNow)


def test_sev4_is_muted() -> None:
    verdict = evaluate(
        replace(alert(), severity_word="info"), snapshot=CONFIGURED, now=NOW
    )

    assert isinstance(verdict, Mute)
    assert verdict.reason is MuteReason.SEVERITY_NEVER_PAGES


def test_a_services_default_severity_stands_in_for_a_missing_word() -> None:
    minor = replace(CHECKOUT, default_severity=Severity.SEV4)
    plan = replace(CONFIGURED, services={CHECKOUT.name: minor})

    assert isinstance(evaluate(alert(), snapshot=plan, now=NOW), Mute)


def test_a_route_may_say_severity_and_urgency() -> None:
    plan = routed(replace(ROUTE, severity=Severity.SEV4))
    urgent = routed(replace(ROUTE, severity=Severity.SEV4, urgency=Urgency.HIGH))

    assert isinstance(evaluate(alert(), snapshot=plan, now=NOW), Mute)
    verdict = evaluate(alert(), snapshot=urgent, now=NOW)
    assert isinstance(verdict, PageNow)
    assert verdict.destination.urgency is Urgency.HIGH


def test_the_integrations_name_is_a_label_that_routes_match() -> None:
    plan = routed(matching('integration="monitoring"'))

    verdict = evaluate(alert(), snapshot=plan, now=NOW)

    assert verdict.destination.decided_by == "route r, configuration 1"


def test_a_route_lets_it_settle_from_its_opening() -> None:
    plan = routed(replace(ROUTE, settle=timedelta(minutes=2)))
    late = NOW + timedelta(minutes=2)

    held = evaluate(alert(), snapshot=plan, now=NOW)

    assert isinstance(held, Hold)
    assert held.until == late
    assert isinstance(evaluate(alert(), snapshot=plan, now=late), PageNow)


def test_a_route_that_does_not_match_leaves_it_to_the_integration() -> None:
    verdict = evaluate(alert(), snapshot=routed(matching('team="core"')), now=NOW)

    assert verdict.destination.decided_by.startswith("default service")


@pytest.mark.parametrize(
    "integrations",
    [{}, {Slug("monitoring"): Integration(name=Slug("monitoring"), source="generic")}],
)
def test_without_a_service_it_pages_the_last_resort(
    integrations: dict[Slug, Integration],
) -> None:
    plan = replace(CONFIGURED, integrations=integrations)

    verdict = evaluate(
        replace(alert(), severity_word="warning"), snapshot=plan, now=NOW
    )

    assert isinstance(verdict, PageNow)
    assert verdict.destination.policy is None
