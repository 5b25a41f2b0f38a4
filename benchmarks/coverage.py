"""How long the coverage proof takes, and how that grows with the organisation.

A realistic one: for every 10 services 3 schedules, a policy of three levels for every
2 services, people with two contact methods; weekly and daily rotations, a layer of
office hours above a weekly one, and overrides. The proof is of 12 weeks. There is no
peer: nobody else proves it.
"""

import gc
import resource
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

from benchmarks.ratio import quantile
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence, MethodKey
from handrail.core.coverage.proof import Proof
from handrail.core.coverage.prove import prove
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
from handrail.core.routing.matcher import parse_matchers
from handrail.core.routing.route import Route
from handrail.core.schedule.schedule import (
    Layer,
    Override,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
    Window,
)
from handrail.core.service.coverage_intent import Coverage, CoverageIntent
from handrail.core.service.service import Service
from handrail.core.severity.severity import Severity, Urgency

START = datetime(2026, 3, 2, tzinfo=UTC)
WEEKS = 12
SIZES = (10, 100, 300, 1000)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")
OVERRIDES = 5
PARTY = 6
MINUTE = timedelta(minutes=1)


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Prove organisations of growing size, each several times, from nothing."""
    rounds = 2 if is_quick else 5
    found: dict[str, Any] = {}
    for size in SIZES[:3] if is_quick else SIZES:
        snapshot, evidence = organisation(size)
        took: list[float] = []
        counts: dict[str, int] = {}
        for _ in range(rounds):
            gc.collect()
            began = time.process_time()
            proof = _prove(snapshot, evidence)
            took.append(time.process_time() - began)
            counts = _counts(proof)
        found[str(size)] = {"seconds": took, **counts}
        print(
            f"{size:>5} services, {len(snapshot.schedules):>3} schedules: "
            f"{quantile(took, 0.5):.2f} s ({min(took):.2f}-{max(took):.2f}), "
            f"{found[str(size)]['findings']} findings",
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of this process: {peak:.0f} MiB", flush=True)
    return found | {"peak_mib": peak}


def organisation(services: int) -> tuple[Snapshot, Evidence]:
    """Return a configuration with so many services, and what is known of its people."""
    schedules = [_schedule(number) for number in range(max(2, services * 3 // 10))]
    people = sorted({name for one in schedules for name in one.people})
    policies = [
        _policy(number, schedules, people) for number in range(max(1, services // 2))
    ]
    users = {name: _user(name) for name in people}
    snapshot = Snapshot(
        revision=1,
        users=users,
        teams={
            Slug(f"team-{number}"): Team(
                name=Slug(f"team-{number}"), title="", members=tuple(people[:5])
            )
            for number in range(max(1, services // 20))
        },
        services={
            one.name: one
            for one in (_service(number, policies) for number in range(services))
        },
        schedules={one.name: one for one in schedules},
        policies={one.name: one for one in policies},
        routes=tuple(
            Route(
                name=Slug(f"route-{number}"),
                matchers=parse_matchers(f'service="service-{number}"'),
                service=Slug(f"service-{number}"),
                severity=Severity.SEV2 if number % 3 else None,
            )
            for number in range(services)
        ),
        last_resort=LastResort(
            targets=(Target(kind=TargetKind.USER, name=people[0]),),
            repeat_after=15 * MINUTE,
            times=4,
        ),
    )
    return snapshot, _evidence(users)


def _schedule(number: int) -> Schedule:
    first = number * 4
    names = tuple((Slug(f"user-{first + place}"),) for place in range(PARTY))
    weekly = Rotation(
        participants=names,
        unit=RotationUnit.WEEK,
        lengths=(1,),
        starts_on=date(2026, 1, 5),
        handoff=clock(9),
    )
    daily = Rotation(
        participants=names[::-1],
        unit=RotationUnit.DAY,
        lengths=(1,),
        starts_on=date(2026, 1, 5),
        handoff=clock(8, 30),
    )
    office = tuple(
        Window(weekday=day, start=clock(9), days=0, end=clock(17)) for day in range(5)
    )
    # A third turns weekly, a third daily, a third has days above nights.
    layers = {
        0: (Layer(name=Slug("weekly"), rotation=weekly),),
        1: (Layer(name=Slug("daily"), rotation=daily),),
        2: (
            Layer(name=Slug("nights"), rotation=weekly),
            Layer(name=Slug("days"), rotation=daily, windows=office),
        ),
    }[number % 3]
    overrides = tuple(
        Override(
            name=Slug(f"cover-{number}-{order}"),
            user=Slug(f"user-{first + order % PARTY}"),
            starts_at=START + timedelta(days=order * 15 + number % 11, hours=18),
            ends_at=START + timedelta(days=order * 15 + number % 11 + 1, hours=6),
            order=order,
        )
        for order in range(OVERRIDES)
    )
    return Schedule(
        name=Slug(f"schedule-{number}"),
        title="",
        time_zone=ZONES[number % len(ZONES)],
        revisions=(Revision(layers=layers),),
        overrides=overrides,
    )


def _user(name: Slug) -> User:
    return User(
        name=name,
        full_name=name,
        email=f"{name}@example.org",
        time_zone="UTC",
        contact_methods=(
            ContactMethod(
                name=Slug("push"),
                kind=ChannelKind.WEBHOOK,
                address=f"https://push.example.org/{name}",
            ),
            ContactMethod(
                name=Slug("mail"), kind=ChannelKind.EMAIL, address=f"{name}@example.org"
            ),
        ),
        rules={
            Urgency.HIGH: (
                NotificationRule(method=Slug("push"), after=timedelta(0)),
                NotificationRule(method=Slug("mail"), after=MINUTE),
            )
        },
    )


def _policy(
    number: int, schedules: list[Schedule], people: list[Slug]
) -> EscalationPolicy:
    count = len(schedules)
    first, second = schedules[number % count], schedules[(number * 7 + 1) % count]
    levels = (
        Target(kind=TargetKind.SCHEDULE, name=first.name),
        Target(kind=TargetKind.SCHEDULE, name=second.name),
        Target(kind=TargetKind.USER, name=people[number % len(people)]),
    )
    return EscalationPolicy(
        name=Slug(f"policy-{number}"),
        levels=tuple(Level(targets=(t,), escalate_after=5 * MINUTE) for t in levels),
    )


def _service(number: int, policies: list[EscalationPolicy]) -> Service:
    intents = [CoverageIntent(people=1, methods=2, within=5 * MINUTE)]
    if number % 2:
        intents.append(CoverageIntent(people=2, methods=2, within=15 * MINUTE))
    return Service(
        name=Slug(f"service-{number}"),
        title="",
        team=None,
        escalation_policy=policies[number % len(policies)].name,
        coverage=Coverage(intents=tuple(intents), declared_by="benchmark"),
    )


def _evidence(users: dict[Slug, User]) -> Evidence:
    """Return evidence for nearly everybody; some of it ends within the week."""
    keys = [
        MethodKey(user.name, one.name, one.kind, one.address)
        for user in users.values()
        for one in user.contact_methods
    ]
    lasts = timedelta(days=90)
    return Evidence(
        verified_at={
            key: START - timedelta(days=place % 89)
            for place, key in enumerate(keys)
            if place % 40
        },
        lasts=lasts,
        renewable_from=START + timedelta(days=7),
    )


def _prove(snapshot: Snapshot, evidence: Evidence) -> Proof:
    return prove(
        snapshot, evidence=evidence, start=START, end=START + timedelta(weeks=WEEKS)
    )


def _counts(proof: Proof) -> dict[str, int]:
    intents = [intent for service in proof.services for intent in service.intents]
    return {
        "intents": len(intents),
        "findings": sum(len(intent.counter_examples) for intent in intents),
    }
