"""Which pages can be about a service: what the live rule would do with an alert."""

from datetime import UTC, datetime

import pytest
from tests.configured import checked

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.coverage.page_source import page_sources
from handrail.core.ids import AlertId, Slug
from handrail.core.paging.evaluate import Hold, Mute, PageNow, evaluate
from handrail.core.severity.severity import Severity
from handrail.usecases.configuration import proposed

TEXT = """\
user: {name: ana, email: ana@example.org}
last_resort: {notify: user:ana}
escalation_policy: {name: first, rules: [{notify: user:ana, escalate_after: 5m}]}
services:
  - name: shop
    escalation_policy: first
    support_hours: {time_zone: UTC, days: [mon], from: "09:00", to: "17:00"}
  - {name: blog, escalation_policy: first}
routes:
  - {name: urgent, match: 'job="urgent"', service: shop, urgency: high}
  - {name: quiet, match: 'job="quiet"', service: shop, severity: SEV3}
  - {name: loud, match: 'job="loud"', service: shop, severity: SEV1, urgency: low}
  - {name: writing, match: 'job="writing"', service: blog}
  - {name: rest, service: shop}
  - {name: never, match: 'job="x"', service: blog, severity: SEV1}
integration: {name: prom, source: generic, service: blog}
"""
SNAPSHOT = proposed(checked(TEXT))
SUNDAY = datetime(2026, 1, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("route", [r for r in SNAPSHOT.routes if r.name != "never"])
def test_a_source_is_what_the_live_rule_does_with_an_alert(
    route: object, severity: Severity
) -> None:
    name = getattr(route, "name", "")
    alert = Alert(
        id=AlertId("alert"),
        integration=Slug("prom"),
        dedup_key="key",
        state=AlertState.FIRING,
        title="Disk full",
        labels={"job": name},
        severity_word=severity.value,
        starts_at=SUNDAY,
        opened_at=SUNDAY,
        last_seen_at=SUNDAY,
    )

    verdict = evaluate(alert, snapshot=SNAPSHOT, now=SUNDAY)

    place = verdict.destination
    assert place.service is not None
    found = {
        (page.severity, page.urgency, page.is_held)
        for page in page_sources(SNAPSHOT)[place.service]
        if page.via == f"route {name}"
    }
    said = (place.severity, place.urgency, isinstance(verdict, Hold))
    assert isinstance(verdict, PageNow | Hold | Mute)
    assert (said in found) == (not isinstance(verdict, Mute))


def test_what_no_alert_reaches_is_no_source() -> None:
    ways = {page.via for page in page_sources(SNAPSHOT)[Slug("blog")]}

    assert ways == {"incident", "route writing"}
