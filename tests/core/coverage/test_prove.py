"""The proof says of every instant what the live pager would do then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.core.coverage.rosters import SERVICE, Roster, rosters

from handrail.core.coverage.evidence import MethodKey
from handrail.core.coverage.fault import FaultKind
from handrail.core.coverage.judge import LATE_MAX
from handrail.core.coverage.proof import Finding, IntentProof
from handrail.core.coverage.prove import prove
from handrail.core.coverage.provider import provider
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import AlertId, PageId, Slug
from handrail.core.paging.escalate import advance, climb
from handrail.core.paging.event import (
    EscalationReason,
    LevelNotified,
    PageEvent,
    PageOpened,
)
from handrail.core.paging.evolve import begin, evolve
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.user import NotificationRule, User
from handrail.core.schedule.on_call import tile_at
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import FixedShift, Layer, Revision, Schedule
from handrail.core.service.coverage_intent import IntendedGaps, LastResortCounts
from handrail.core.severity.severity import Severity, Urgency

MICROSECOND = timedelta(microseconds=1)


class Outcome(NamedTuple):
    """Who the live pager reaches well in time, and when that is enough."""

    people: frozenset[Slug]
    met_after: timedelta | None


def paged(roster: Roster, at: datetime) -> Outcome:
    """Run the live core from an instant, and count without the proof's help."""
    intent = roster.intent
    first: dict[Slug, dict[str, timedelta]] = {}
    for told_at, told in notified(roster, at):
        if told.level == LAST_RESORT_LEVEL and intent.last_resort is not (
            LastResortCounts.YES
        ):
            continue
        for owed in told.deliveries:
            kind, _, name = owed.recipient.partition(":")
            user = Slug(name)
            due_at = told_at + owed.after
            if kind != "user" or not is_responsible(roster, user, told, told_at):
                continue
            key = MethodKey(user, owed.method, owed.kind, owed.address)
            until = roster.evidence.counts_until(key)
            if until is None or due_at >= until:
                continue
            carriers = first.setdefault(user, {})
            carrier = provider(owed.kind, owed.address).name
            carriers[carrier] = min(carriers.get(carrier, due_at - at), due_at - at)
    reached = {
        user: sorted(carriers.values())[intent.methods - 1]
        for user, carriers in first.items()
        if len(carriers) >= intent.methods
    }
    times = sorted(reached.values())
    enough = times[intent.people - 1] if len(times) >= intent.people else None
    people = frozenset(u for u, after in reached.items() if after <= intent.within)
    return Outcome(people, enough)


def notified(roster: Roster, at: datetime) -> Iterator[tuple[datetime, LevelNotified]]:
    opened = PageOpened(
        title="Disk full",
        service=SERVICE,
        severity=Severity.SEV1,
        urgency=roster.intent.urgency,
        policy=roster.policy,
        revision=1,
        alert_id=AlertId("alert"),
    )
    page = begin(PageId("page"), opened, at=at)
    now = at
    events: tuple[PageEvent, ...] = climb(
        page,
        reason=EscalationReason.OPENED,
        by=None,
        snapshot=roster.snapshot,
        now=now,
    )
    while events:
        for one in events:
            page = evolve(page, one, at=now)
            if isinstance(one, LevelNotified):
                yield now, one
        due_at = page.advance_due_at
        if due_at is None or due_at > at + roster.intent.within + LATE_MAX:
            return
        now = due_at
        events = advance(page, snapshot=roster.snapshot, nobody_was_told=False, now=now)


def is_responsible(
    roster: Roster, user: Slug, told: LevelNotified, at: datetime
) -> bool:
    if told.level == LAST_RESORT_LEVEL:
        return True
    return any(
        user in responsible(roster, target, at)
        for target in roster.policy.levels[told.level].targets
    )


def responsible(roster: Roster, target: Target, at: datetime) -> tuple[Slug, ...]:
    if target.kind is TargetKind.SCHEDULE:
        return tile_at(roster.snapshot.schedules[target.name], at).users
    if target.kind is TargetKind.TEAM:
        return roster.snapshot.teams[target.name].members
    return (target.name,)


def finding_at(proof: IntentProof, at: datetime) -> Finding | None:
    found = [
        one
        for one in (*proof.counter_examples, *proof.excused)
        if one.starts_at <= at < one.ends_at
    ]
    assert len(found) <= 1, "findings overlap"
    return found[0] if found else None


def edges(roster: Roster, proof: IntentProof) -> set[datetime]:
    """Return where something may change: findings' edges, and handoffs moved back."""
    found = {
        edge
        for one in (*proof.counter_examples, *proof.excused)
        for edge in (one.starts_at, one.ends_at)
    }
    waits = [level.escalate_after for level in roster.policy.levels]
    offsets = [sum(waits[:count], timedelta(0)) for count in range(len(waits) + 1)]
    for schedule in roster.snapshot.schedules.values():
        for tile in resolve(schedule, roster.start, roster.end)[:6]:
            found |= {tile.ends_at - offset for offset in offsets}
    near = {edge + step * MICROSECOND for edge in found for step in (-1, 0, 1)}
    return {edge for edge in near if roster.start <= edge < roster.end}


@settings(max_examples=150, deadline=None)
@given(rosters(), st.data())
def test_a_proof_agrees_with_the_live_pager(
    roster: Roster, data: st.DataObject
) -> None:
    proved = prove(
        roster.snapshot, evidence=roster.evidence, start=roster.start, end=roster.end
    )
    (proof,) = proved.services[0].intents
    length = (roster.end - roster.start) // MICROSECOND
    drawn = data.draw(st.lists(st.integers(0, length - 1), max_size=4))
    instants = {roster.start + count * MICROSECOND for count in drawn}
    if not proof.pages:
        assert proof.is_proved
        return

    for at in sorted(instants | set(sorted(edges(roster, proof))[:40])):
        found, live = finding_at(proof, at), paged(roster, at)
        is_met = live.met_after is not None and live.met_after <= roster.intent.within

        is_excusable = roster.intent.intended_gaps is IntendedGaps.EXCUSED
        event("met" if is_met else "missed")
        assert (found is None) == is_met, at
        if found is not None:
            assert frozenset(found.people) == live.people, at
            assert found.met_after == live.met_after, at
            assert found.faults, "a finding says why"
            full = paged(filled(roster), at).met_after
            is_full = full is not None and full <= roster.intent.within
            is_excused = is_excusable and is_full and has_turn_of_nobody(found)
            event("excused" if is_excused else "not excused")
            assert (found in proof.excused) == is_excused, at


def has_turn_of_nobody(found: Finding) -> bool:
    return any(fault.kind is FaultKind.INTENDED_GAP for fault in found.faults)


def filled(roster: Roster) -> Roster:
    """Return the roster with somebody well reachable in every turn of nobody."""
    hosts = range(roster.intent.methods)
    stand_ins = {
        Slug(f"for-{name}"): User(
            name=Slug(f"for-{name}"),
            full_name="",
            email="",
            time_zone="UTC",
            contact_methods=tuple(
                ContactMethod(
                    name=Slug(f"m{host}"),
                    kind=ChannelKind.WEBHOOK,
                    address=f"https://h{host}.test/",
                )
                for host in hosts
            ),
        )
        for name in roster.snapshot.schedules
    }
    keys = {
        MethodKey(user.name, one.name, one.kind, one.address): roster.end
        for user in stand_ins.values()
        for one in user.contact_methods
    }
    low = {
        user.name: tuple(
            NotificationRule(method=one.name, after=timedelta(0))
            for one in user.contact_methods
        )
        for user in stand_ins.values()
    }
    evidence = roster.evidence
    return roster._replace(
        evidence=replace(evidence, verified_at={**evidence.verified_at, **keys}),
        snapshot=replace(
            roster.snapshot,
            users={
                **roster.snapshot.users,
                **{
                    name: replace(user, rules=dict.fromkeys(Urgency, low[name]))
                    for name, user in stand_ins.items()
                },
            },
            schedules={
                name: without_nobody(schedule, roster)
                for name, schedule in roster.snapshot.schedules.items()
            },
        ),
    )


def without_nobody(schedule: Schedule, roster: Roster) -> Schedule:
    """Return the schedule as listed shifts, a stand-in for every intended gap."""
    tiles = resolve(schedule, roster.start, roster.end + 3 * timedelta(days=1))
    duties: list[FixedShift] = []
    shadows: list[FixedShift] = []
    for tile in tiles:
        users = (Slug(f"for-{schedule.name}"),) if tile.is_intended else tile.users
        for said, found in ((users, duties), (tile.companions, shadows)):
            if said:
                found.append(
                    FixedShift(
                        users=said, starts_at=tile.starts_at, ends_at=tile.ends_at
                    )
                )
    layers = tuple(
        Layer(name=Slug(name), shifts=tuple(listed), is_shadow=is_shadow)
        for name, listed, is_shadow in (
            ("duty", duties, False),
            ("shadow", shadows, True),
        )
    )
    return Schedule(
        name=schedule.name,
        title=schedule.title,
        time_zone="UTC",
        revisions=(Revision(layers=layers),),
    )


@settings(max_examples=60, deadline=None)
@given(rosters(), st.integers(1, 2 * 1440 - 1))
def test_a_proof_of_two_parts_is_the_proof_of_the_whole(
    roster: Roster, minute: int
) -> None:
    middle = roster.start + timedelta(minutes=minute)

    def findings(start: datetime, end: datetime) -> list[Finding]:
        found = prove(roster.snapshot, evidence=roster.evidence, start=start, end=end)
        return list(found.services[0].intents[0].counter_examples)

    halves = [
        *findings(roster.start, middle),
        *findings(middle, roster.end),
    ]

    assert joined(halves) == findings(roster.start, roster.end)


def joined(found: list[Finding]) -> list[Finding]:
    result: list[Finding] = []
    for one in found:
        last = result[-1] if result else None
        if (
            last is not None
            and last.ends_at == one.starts_at
            and said(last) == said(one)
        ):
            result[-1] = Finding(
                starts_at=last.starts_at,
                ends_at=one.ends_at,
                people=one.people,
                faults=one.faults,
                met_after=one.met_after,
            )
        else:
            result.append(one)
    return result


def said(one: Finding) -> tuple[object, ...]:
    return one.people, one.faults, one.met_after


pytestmark = pytest.mark.timeout(280)
