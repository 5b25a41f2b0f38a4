"""Whole small configurations for tests: people, rotas, policies, intents, evidence."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st
from tests.core.schedule.rotas import PEOPLE, places, revisions

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence, MethodKey, assumed
from handrail.core.escalation.policy import (
    EscalationPolicy,
    LastResort,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import NotificationRule, User
from handrail.core.schedule.schedule import Schedule
from handrail.core.service.coverage_intent import (
    Coverage,
    CoverageIntent,
    IntendedGaps,
    LastResortCounts,
)
from handrail.core.service.service import Service
from handrail.core.severity.severity import Urgency

MINUTE = timedelta(minutes=1)
SERVICE = Slug("checkout")
POLICY = Slug("oncall")
METHODS = (
    ContactMethod(name=Slug("mail"), kind=ChannelKind.EMAIL, address="p@a.test"),
    ContactMethod(name=Slug("mail-2"), kind=ChannelKind.EMAIL, address="q@b.test"),
    ContactMethod(
        name=Slug("hook"), kind=ChannelKind.WEBHOOK, address="https://a.test/x"
    ),
    ContactMethod(
        name=Slug("hook-2"), kind=ChannelKind.WEBHOOK, address="https://A.test:8443/y"
    ),
    ContactMethod(name=Slug("tty"), kind=ChannelKind.TERMINAL, address="tty"),
)
ROTAS = tuple(map(Slug, ("first", "second")))
TARGETS = (
    *(Target(kind=TargetKind.SCHEDULE, name=name) for name in ROTAS),
    *(Target(kind=TargetKind.USER, name=name) for name in (*PEOPLE, Slug("ghost"))),
    Target(kind=TargetKind.TEAM, name=Slug("sre")),
    Target(kind=TargetKind.CHANNEL, name=Slug("ops")),
)
delays = st.sampled_from((0, 1, 5, 5, 30, 90)).map(lambda count: count * MINUTE)


class Roster(NamedTuple):
    snapshot: Snapshot
    evidence: Evidence
    start: datetime
    end: datetime

    @property
    def intent(self) -> CoverageIntent:
        return self.snapshot.services[SERVICE].coverage.intents[0]

    @property
    def policy(self) -> EscalationPolicy:
        return self.snapshot.policies[POLICY]


@st.composite
def users(draw: st.DrawFn, name: Slug) -> User:
    methods = tuple(
        draw(st.lists(st.sampled_from(METHODS), max_size=3, unique_by=lambda m: m.name))
    )
    rules = {
        urgency: tuple(
            NotificationRule(method=method.name, after=draw(delays))
            for method in methods
            if draw(st.booleans())
        )
        for urgency in Urgency
    }
    return User(
        name=name,
        full_name=name,
        email=draw(st.sampled_from(("", f"{name}@a.test"))),
        time_zone="UTC",
        contact_methods=methods,
        rules={urgency: ladder for urgency, ladder in rules.items() if ladder},
    )


@st.composite
def policies(draw: st.DrawFn) -> EscalationPolicy:
    targets = st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3, unique=True)
    waits = st.sampled_from((1, 5, 5, 30)).map(lambda count: count * MINUTE)
    level = st.builds(
        lambda names, wait: Level(targets=tuple(names), escalate_after=wait),
        targets,
        waits,
    )
    return EscalationPolicy(
        name=POLICY,
        levels=tuple(draw(st.lists(level, min_size=1, max_size=3))),
        rounds=draw(st.integers(1, 3)),
    )


intents = st.builds(
    CoverageIntent,
    people=st.sampled_from((1, 1, 2)),
    methods=st.sampled_from((1, 1, 2)),
    within=delays,
    urgency=st.sampled_from(Urgency),
    intended_gaps=st.sampled_from(IntendedGaps),
    last_resort=st.sampled_from(LastResortCounts),
)


@st.composite
def evidences(draw: st.DrawFn, known: list[User], start: datetime) -> Evidence:
    if draw(st.booleans()):
        return assumed()
    keys = [
        MethodKey(user.name, method.name, method.kind, method.address)
        for user in known
        for method in user.contact_methods
    ]
    ends = st.none() | st.integers(-60, 4000).map(lambda count: count * MINUTE)
    lasts = timedelta(days=2)
    found = {key: draw(ends) for key in keys}
    return Evidence(
        verified_at={
            key: start + after - lasts
            for key, after in found.items()
            if after is not None
        },
        lasts=lasts,
        renewable_from=start + draw(st.integers(0, 4000)) * MINUTE,
    )


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Draw a configuration with one service, evidence, and two days to prove."""
    time_zone, start = draw(places)
    known = [draw(users(name)) for name in PEOPLE if draw(st.integers(0, 9))]
    rotas = [
        Schedule(
            name=name, title=name, time_zone=time_zone, revisions=draw(revisions(start))
        )
        for name in ROTAS
    ]
    nets = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True)
    net = draw(st.none() | nets)
    service = Service(
        name=SERVICE,
        title="Checkout",
        team=None,
        escalation_policy=POLICY,
        coverage=Coverage(intents=(draw(intents),), declared_by="service checkout"),
    )
    snapshot = Snapshot(
        revision=1,
        users={user.name: user for user in known},
        teams={
            Slug("sre"): Team(name=Slug("sre"), title="SRE", members=PEOPLE[:2]),
        },
        services={SERVICE: service},
        schedules={rota.name: rota for rota in rotas},
        policies={POLICY: draw(policies())},
        channels=(
            {Slug("ops"): replace(METHODS[0], name=Slug("ops"))}
            if draw(st.booleans())
            else {}
        ),
        last_resort=None
        if net is None
        else LastResort(
            targets=tuple(Target(kind=TargetKind.USER, name=name) for name in net),
            repeat_after=5 * MINUTE,
            times=2,
        ),
    )
    evidence = draw(evidences(known, start))
    return Roster(snapshot, evidence, start, start + timedelta(days=2))
