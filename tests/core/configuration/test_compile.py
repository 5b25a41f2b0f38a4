from datetime import UTC, datetime, time, timedelta

from tests.configured import EXAMPLE, checked

from handrail.core.configuration.compile import compile_snapshot
from handrail.core.configuration.kind.escalation import AUDIENCES
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.incident.event import Audience
from handrail.core.instants import EPOCH
from handrail.core.obligation.demand import DEFAULT_DEMANDS
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.people.contact_method import ChannelKind
from handrail.core.severity.severity import DEFAULT_MATRIX, Hours, Severity, Urgency


def compiled(text: str) -> Snapshot:
    drafts = checked(text).drafts
    documents = [
        draft.document(version=3, order=draft.rank, revision=1, effective_from=EPOCH)
        for draft in drafts
    ]
    return compile_snapshot(documents, revision=1)


EXAMPLE_SNAPSHOT = compiled(EXAMPLE.read_text())


def test_nothing_compiles_to_the_defaults() -> None:
    assert compile_snapshot([], revision=0) == Snapshot()


def test_users_keep_their_ladder() -> None:
    ana = EXAMPLE_SNAPSHOT.users[Slug("ana")]

    assert [method.name for method, _ in ana.ladder(Urgency.HIGH)] == [
        "terminal",
        "mail",
    ]
    assert [method.kind for method, _ in ana.ladder(Urgency.LOW)] == [ChannelKind.EMAIL]


def test_an_override_is_read_in_the_zone_of_its_schedule() -> None:
    schedule = EXAMPLE_SNAPSHOT.schedules[Slug("payments-primary")]

    (override,) = schedule.overrides
    assert override.starts_at == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert override.ends_at == datetime(2027, 1, 1, 17, tzinfo=UTC)


def test_overrides_rank_by_their_place_in_the_file() -> None:
    extra = (
        "---\noverride: {name: aaa, schedule: payments-primary, user: ana, "
        "from: 2026-12-31 18:00, until: 2026-12-31 19:00}\n"
    )

    snapshot = compiled(EXAMPLE.read_text() + extra)

    overrides = snapshot.schedules[Slug("payments-primary")].overrides
    latest = max(overrides, key=lambda override: override.order)
    assert latest.name == "aaa"


def test_support_hours_become_windows() -> None:
    hours = EXAMPLE_SNAPSHOT.services[Slug("checkout")].support_hours

    assert hours is not None
    (window,) = hours.windows
    assert window.weekdays == frozenset(range(5))
    assert (window.start, window.end) == (time(9), time(17))


def test_routes_keep_their_order_and_matchers() -> None:
    first, last = EXAMPLE_SNAPSHOT.routes

    assert [str(matcher) for matcher in first.matchers] == [
        'service="checkout"',
        'alertname=~"Latency.*"',
    ]
    assert (first.severity, first.settle) == (Severity.SEV2, timedelta(seconds=30))
    assert last.matchers == ()


def test_a_policy_knows_the_version_of_its_document() -> None:
    assert EXAMPLE_SNAPSHOT.policies[Slug("payments-oncall")].version == 3


def test_a_partial_matrix_keeps_the_rest_of_the_default() -> None:
    matrix = compiled("severity_matrix: {SEV3: {hours: always}}").matrix

    assert matrix[Severity.SEV3].hours is Hours.ALWAYS
    assert matrix[Severity.SEV3].impact == DEFAULT_MATRIX[Severity.SEV3].impact
    assert matrix[Severity.SEV1] == DEFAULT_MATRIX[Severity.SEV1]


def test_components_keep_the_order_of_the_file_and_say_who_they_are() -> None:
    text = """\
components:
  - {name: web, title: Website, group: Shop, description: Pages}
  - {name: api}
status_page: {title: Shop, link: https://status.example.org/, support: help@example.org}
"""

    snapshot = compiled(text)

    web, api = snapshot.components.values()
    assert (web.title, web.group, web.description) == ("Website", "Shop", "Pages")
    assert (api.title, api.group, api.service) == ("api", "", None)
    assert web.since == EPOCH
    page = snapshot.status_page
    assert (page.title, page.link) == ("Shop", "https://status.example.org")
    assert page.support == "help@example.org"


def test_a_component_refers_to_a_service_that_exists() -> None:
    result = checked("component: {name: web, service: shop}")

    lines = [problem.line() for problem in result.problems if problem.is_error]
    assert len(lines) == 1
    assert 'no service "shop"' in lines[0]


DEMANDING = """
user: {name: mia, full_name: Mia, email: mia@example.org}
channel: {name: ops, kind: terminal, address: wall}
severity_matrix:
  assess_within: none
  SEV1:
    page: user:mia
    obligations: {public_notice: 20m, scribe_named: none, stakeholders_told: 1h}
    tell: {stakeholders: [channel:ops, user:mia]}
"""


def test_what_a_severity_demands_is_written_over_its_defaults() -> None:
    demands = compiled(DEMANDING).demands

    within = demands[Severity.SEV1].within
    kind = ObligationKind
    assert within[kind.PUBLIC_NOTICE] == timedelta(minutes=20)
    assert within[kind.STAKEHOLDERS_TOLD] == timedelta(hours=1)
    assert kind.SCRIBE_NAMED not in within
    assert within[kind.EXECUTIVES_TOLD] == timedelta(minutes=15)
    assert demands[Severity.SEV2] == DEFAULT_DEMANDS[Severity.SEV2]


def test_who_is_paged_and_told_about_an_incident_is_read() -> None:
    demand = compiled(DEMANDING).demands[Severity.SEV1]

    assert [str(target) for target in demand.page] == ["user:mia"]
    told = [str(target) for target in demand.tell["stakeholders"]]
    assert told == ["channel:ops", "user:mia"]


def test_the_time_to_assess_a_severity_can_be_lifted() -> None:
    assert compiled(DEMANDING).demands[None].within == {}


def test_the_audiences_of_the_file_are_those_of_updates() -> None:
    assert set(AUDIENCES) == set(Audience)


def test_every_promise_but_one_can_be_set_for_a_severity() -> None:
    everything = ", ".join(
        f"{kind}: 1h"
        for kind in ObligationKind
        if kind is not ObligationKind.SEVERITY_ASSESSED
    )

    owed = f"SEV3: {{obligations: {{{everything}}}}}"
    demands = compiled(f"severity_matrix: {{assess_within: 1h, {owed}}}").demands

    kinds = {*demands[None].within, *demands[Severity.SEV3].within}
    assert kinds == set(ObligationKind)
