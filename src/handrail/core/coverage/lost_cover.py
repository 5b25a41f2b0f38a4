"""What a change of the configuration takes away of what services ask for.

A plan says who gains a night; this says that a page would no longer be read in time,
also where no shift changes: a level that waits longer, a contact method that goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.audience import Audience, targets
from handrail.core.configuration.consequence.compare import Renames
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
    day_in_words,
    moment_in_words,
    stretch_in_words,
)
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence, assumed
from handrail.core.coverage.page_source import PageSource, page_sources
from handrail.core.coverage.proof import IntentProof, ServiceProof
from handrail.core.coverage.prove import Prover
from handrail.core.escalation.policy import TargetKind
from handrail.core.ids import Slug
from handrail.core.schedule.difference import minus
from handrail.core.schedule.restriction import Stretch, joined
from handrail.core.service.service import Service

PROVED_MAX = 50
"""Services that are proved twice for a plan, a few milliseconds each."""
_FAULTS_SHOWN = 2
_NO_RENAMES: Renames = MappingProxyType({})

_Sources = Mapping[Slug, tuple[PageSource, ...]]


def lost_cover(
    before: Snapshot,
    after: Snapshot,
    *,
    evidence: Evidence,
    now: datetime,
    until: datetime,
    renames: Renames = _NO_RENAMES,
) -> Iterator[Consequence]:
    """Yield when services miss what they ask for that would not miss it else.

    Args:
        before: What is in force.
        after: What would be.
        evidence: What is known of contact methods.
        now: From when on pages start, UTC.
        until: Up to when, exclusive.
        renames: Documents that only get another name.
    """
    former = {new: old for (kind, old), new in renames.items() if kind == "service"}
    sources = page_sources(before), page_sources(after)
    touched = [
        name
        for name, service in after.services.items()
        if service.coverage.intents
        and _basis(before, former.get(name, name), sources[0])
        != _basis(after, name, sources[1])
    ]
    # What people have shown, and beside it what the files would give if all of it were
    # shown: where nobody has pressed a link yet, everything is missed on both sides.
    known = [(evidence, _renamed(evidence, renames))]
    if not evidence.is_assumed:
        known.append((assumed(), assumed()))
    provers = [
        (
            Prover(before, evidence=then, start=now, end=until),
            Prover(after, evidence=there, start=now, end=until),
        )
        for then, there in known
    ]
    for name in touched[:PROVED_MAX]:
        was = former.get(name, name)
        for old, new in provers:
            proved = old.service(was) if was in before.services else None
            zone = _zone(after, name)
            found = list(_lost(proved, new.service(name), now, until, zone))
            if found:
                yield from found
                break
    left = len(touched) - PROVED_MAX
    if left > 0:
        yield Consequence(
            kind=ConsequenceKind.COVERAGE,
            text=(
                f"whether {left} more services stay covered was not looked at; after "
                "the apply: handrail oncall prove"
            ),
        )


def _renamed(evidence: Evidence, renames: Renames) -> Evidence:
    """Return the evidence as it goes with people who are renamed."""
    now = {old: new for (kind, old), new in renames.items() if kind == "user"}
    known = evidence.verified_at.items()
    found = {key._replace(user=now.get(key.user, key.user)): at for key, at in known}
    return replace(evidence, verified_at=found)


def _basis(snapshot: Snapshot, name: Slug, sources: _Sources) -> object:
    """Return everything that the proof of a service rests on."""
    service = snapshot.services.get(name)
    if service is None:
        return None
    policy = snapshot.policies.get(service.escalation_policy)
    last = snapshot.last_resort
    sought = tuple(
        chain(targets(policy) if policy else (), last.targets if last else ())
    )
    people = sorted(Audience(snapshot=snapshot).all(sought))
    return (
        service.coverage,
        service.support_hours,
        policy and (policy.levels, policy.rounds),
        last,
        sources[name],
        people,
        [_methods(snapshot, user) for user in people],
        [
            snapshot.schedules.get(one.name)
            for one in sought
            if one.kind is TargetKind.SCHEDULE
        ],
        [one.name in snapshot.channels for one in sought],
    )


def _methods(snapshot: Snapshot, name: Slug) -> object:
    user = snapshot.users.get(name)
    return user and (user.contact_methods, user.rules, user.email)


def _lost(
    was: ServiceProof | None,
    will: ServiceProof,
    now: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> Iterator[Consequence]:
    """Yield what is missed of each intent that was not missed of the same before."""
    known = {one.intent: one for one in was.intents} if was else {}
    for one in will.intents:
        old = known.get(one.intent)
        spans = minus(_missed(one), _missed(old) if old else ())
        if not spans:
            continue
        begins = spans[0][0]
        why = next(
            found
            for found in one.counter_examples
            if found.starts_at <= begins < found.ends_at
        )
        reasons = "; ".join(fault.in_words() for fault in why.faults[:_FAULTS_SHOWN])
        said = "is no longer covered as it asks"
        if old is None:
            said = "is not covered as it newly asks"
        yield Consequence(
            kind=ConsequenceKind.COVERAGE,
            text=f"{will.service} {said}, {_when(spans, now, until, zone)}: {reasons}",
            service=will.service,
            starts_at=begins,
            ends_at=spans[0][1],
            weight=sum((b - a).total_seconds() for a, b in spans),
        )


def _missed(proved: IntentProof) -> list[Stretch]:
    return joined((one.starts_at, one.ends_at) for one in proved.counter_examples)


def _when(
    spans: Sequence[Stretch], now: datetime, until: datetime, zone: ZoneInfo
) -> str:
    """Return ``Sat 5 Dec 02:00 to 04:00 Europe/Berlin and 3 more times until …``."""
    begins, ends = spans[0]
    said = f"{stretch_in_words(spans[0], zone)}"
    if begins <= now or ends >= until:
        local = moment_in_words(wall_clock.local(begins, zone))
        said = "from now" if begins <= now else f"from {local}"
        local = moment_in_words(wall_clock.local(ends, zone))
        said += " on" if ends >= until else f" to {local}"
    said += f" {zone.key}"
    if len(spans) > 1:
        times = "time" if len(spans) == 2 else "times"  # noqa: PLR2004  (one more)
        last = day_in_words(wall_clock.local(spans[-1][0], zone))
        said += f" and {len(spans) - 1} more {times} until {last}"
    return said


def _zone(snapshot: Snapshot, name: Slug) -> ZoneInfo:
    """Return the zone of the first schedule that pages about a service consult."""
    service: Service = snapshot.services[name]
    policy = snapshot.policies.get(service.escalation_policy)
    for target in targets(policy) if policy else ():
        schedule = snapshot.schedules.get(target.name)
        if target.kind is TargetKind.SCHEDULE and schedule is not None:
            return wall_clock.zone(schedule.time_zone)
    return wall_clock.zone("UTC")
