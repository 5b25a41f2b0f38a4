"""The proof holds for alerts as they come in: routes, matrix, hours, turns, messages.

``test_prove`` runs a policy; here whole alerts are played, as a simulation has them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.core.coverage.rosters import MINUTE, POLICY, SERVICE, Roster, rosters
from tests.core.coverage.test_prove import edges, finding_at

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.configuration.snapshot import Integration
from handrail.core.coverage.evidence import MethodKey, assumed
from handrail.core.coverage.prove import prove
from handrail.core.coverage.provider import provider
from handrail.core.ids import AlertId, Slug
from handrail.core.paging.event import PageOpened
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.routing.matcher import parse_matchers
from handrail.core.routing.route import Route
from handrail.core.service.coverage_intent import CoverageIntent, LastResortCounts
from handrail.core.service.support_hours import SupportHours, Window, is_open
from handrail.core.severity.severity import (
    DEFAULT_MATRIX,
    Hours,
    Severity,
    Urgency,
)
from handrail.core.whatif.behaviour import Nobody
from handrail.core.whatif.play import Played, Told, play
from handrail.core.whatif.question import Case

BLOG = Slug("blog")
PROM = Slug("prom")
MICROSECOND = timedelta(microseconds=1)
hours = st.builds(
    lambda days, begins, ends: SupportHours(
        time_zone="Europe/Berlin",
        windows=(Window(weekdays=frozenset(days), start=time(begins), end=time(ends)),),
    ),
    st.sets(st.integers(0, 6), min_size=3),
    st.integers(0, 23),
    st.integers(0, 23),
)
routes = st.builds(
    lambda match, service, severity, urgency, settle: Route(
        name=Slug("r"),
        matchers=tuple(parse_matchers(match)) if match else (),
        service=service,
        severity=severity,
        urgency=urgency,
        settle=settle * MINUTE,
    ),
    st.sampled_from(("", 'job="a"', 'job="b"', 'severity="critical"', 'job!="a"')),
    st.sampled_from((SERVICE, SERVICE, BLOG, Slug("gone"))),
    st.none() | st.sampled_from(Severity),
    st.none() | st.sampled_from(Urgency),
    st.sampled_from((0, 0, 10)),
)


class World(NamedTuple):
    roster: Roster
    labels: dict[str, str]
    word: str | None


@st.composite
def worlds(draw: st.DrawFn) -> World:
    roster = draw(rosters())
    snapshot = roster.snapshot
    support = draw(st.none() | hours)
    policy = snapshot.policies[POLICY]
    turns = draw(st.sampled_from(((False,), (False, True))))
    levels = tuple(
        replace(level, round_robin=draw(st.sampled_from(turns)))
        for level in policy.levels
    )
    (intent,) = snapshot.services[SERVICE].coverage.intents
    if draw(st.integers(0, 2)):
        within = draw(st.sampled_from((5, 90))) * MINUTE
        intent = replace(intent, methods=1, people=1, within=within)
        roster = roster._replace(evidence=assumed())
    asked = draw(st.sampled_from((None, None, None, support)) | hours)
    intent = replace(intent, hours=asked)
    urgencies = st.sampled_from((intent.urgency, intent.urgency, *Urgency))
    service = replace(
        snapshot.services[SERVICE],
        support_hours=support,
        escalation_policy=draw(st.sampled_from((*[POLICY] * 5, Slug("none")))),
        default_severity=draw(st.none() | st.sampled_from(Severity)),
        coverage=replace(snapshot.services[SERVICE].coverage, intents=(intent,)),
    )
    found = tuple(draw(st.lists(routes, max_size=2)))
    leads_to = draw(st.sampled_from((SERVICE, SERVICE, BLOG, None)))
    snapshot = replace(
        snapshot,
        services={SERVICE: service, BLOG: replace(service, name=BLOG)},
        policies={POLICY: replace(policy, levels=levels)},
        routes=tuple(
            replace(one, name=Slug(f"r{place}")) for place, one in enumerate(found)
        ),
        matrix={
            severity: replace(
                DEFAULT_MATRIX[severity],
                urgency=draw(urgencies),
                hours=draw(st.sampled_from((Hours.ALWAYS, *Hours))),
            )
            for severity in Severity
        },
        integrations={PROM: Integration(name=PROM, source="generic", service=leads_to)},
    )
    labels = {"job": draw(st.sampled_from("abc"))}
    if draw(st.booleans()):
        labels["severity"] = "critical"
    word = draw(st.none() | st.sampled_from(("critical", "warning", "info", "what")))
    return World(roster._replace(snapshot=snapshot), labels, word)


def played(world: World, at: datetime) -> Played:
    alert = Alert(
        id=AlertId("alert"),
        integration=PROM,
        dedup_key="key",
        state=AlertState.FIRING,
        title="Disk full",
        labels=world.labels,
        severity_word=world.word,
        starts_at=at,
        opened_at=at,
        last_seen_at=at,
        evaluate_due_at=at,
    )
    snapshot = world.roster.snapshot
    return play(Case(alert=alert), snapshot=snapshot, behaviour=Nobody())


def opened(run: Played) -> Iterator[tuple[datetime, PageOpened]]:
    for one in run.happenings:
        if isinstance(one.what, PageOpened):
            yield one.at, one.what


def met_after(run: Played, roster: Roster, intent: CoverageIntent) -> timedelta | None:
    """Return after how long enough people were told, by the messages that went out."""
    ((began_at, _),) = opened(run)
    first: dict[str, dict[str, timedelta]] = {}
    for one in run.happenings:
        if not isinstance(one.what, Told) or one.what.is_shadow:
            continue
        sent = one.what.delivery
        kind, _, name = sent.recipient.partition(":")
        is_net = one.what.level == LAST_RESORT_LEVEL
        if kind != "user" or (is_net and intent.last_resort is LastResortCounts.NO):
            continue
        key = MethodKey(Slug(name), sent.method, sent.kind, sent.address)
        until = roster.evidence.counts_until(key)
        if until is not None and one.at < until:
            carrier = provider(sent.kind, sent.address).name
            first.setdefault(name, {}).setdefault(carrier, one.at - began_at)
    reached = sorted(
        sorted(carriers.values())[intent.methods - 1]
        for carriers in first.values()
        if len(carriers) >= intent.methods
    )
    return reached[intent.people - 1] if len(reached) >= intent.people else None


@settings(max_examples=150, deadline=None)
@given(worlds(), st.data())
def test_a_proof_holds_for_every_alert_that_pages(
    world: World, data: st.DataObject
) -> None:
    roster = world.roster
    proved = prove(
        roster.snapshot, evidence=roster.evidence, start=roster.start, end=roster.end
    )
    (proof,) = proved.services[0].intents
    intent = proof.intent
    length = (roster.end - roster.start) // MICROSECOND
    drawn = data.draw(st.lists(st.integers(0, length - 1), max_size=4))
    near = sorted(edges(roster, proof))
    if near:
        drawn += [
            (at - roster.start) // MICROSECOND
            for at in data.draw(st.lists(st.sampled_from(near), max_size=6))
        ]
    takes_turns = any(level.round_robin for level in roster.policy.levels)
    for at in (roster.start + count * MICROSECOND for count in drawn):
        run = played(world, at)
        for began_at, page in opened(run):
            if page.service != SERVICE or page.urgency is not intent.urgency:
                continue
            if not roster.start <= began_at < roster.end or not (
                intent.hours is None or is_open(intent.hours, began_at)
            ):
                continue
            assert page.severity in {source.severity for source in proof.pages}
            after = met_after(run, roster, intent)
            is_met = after is not None and after <= intent.within
            is_proved = finding_at(proof, began_at) is None
            event(f"met: {is_met}, proved: {is_proved}, turns: {takes_turns}")
            # Of those who take turns the proof counts whoever serves it worst.
            assert is_met >= is_proved if takes_turns else is_met == is_proved


pytestmark = pytest.mark.timeout(280)
