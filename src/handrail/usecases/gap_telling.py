"""Telling who can mend it that a gap comes: once, and again when it changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from handrail.core import limits, wall_clock
from handrail.core.access.role import Role
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.proof import Finding, IntentProof, ServiceProof
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import BulletinId, Slug
from handrail.core.instants import to_micros
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.severity.severity import Urgency
from handrail.ports.contact import GapTelling
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.bulletin import people, tell
from handrail.usecases.coverage_view import reason
from handrail.usecases.delivery import HELD

BEYOND = timedelta(days=14)
"""Proved past the notice, so that the end of a gap that is told is mostly known."""
SOON = timedelta(days=1)
"""A gap that begins within this is told over the contact methods of high urgency."""
GAPS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch that misses an intent, as its team's lead is told of it.

    Attributes:
        mark: What makes it the same gap on another day: what is asked, why it is
            missed, and its end.
        starts_at: UTC; the present for one that runs.
        is_open: No end is known.
        is_near: It begins within the notice. One that begins later is no news yet, and
            is told along: what comes back every night is one message, not one a night.
    """

    service: Slug
    mark: str
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    is_near: bool
    why: str


def gaps_of(proved: ServiceProof, *, until: datetime, end: datetime) -> tuple[Gap, ...]:
    """Return a service's gaps, by intent; what is far, as far as its end is known.

    Args:
        proved: A proof from the present on.
        until: Those that begin before it are near.
        end: Of the proof. What reaches it has no known end.
    """
    found = (
        _gap(proved.service, intent, found, until, end)
        for intent in proved.intents
        for found in intent.counter_examples
    )
    # What is far and cut off by the proof's end may well have one.
    return tuple(gap for gap in found if gap.is_near or not gap.is_open)


def tell_gaps(
    tx: Transaction,
    found: Mapping[Slug, Sequence[Gap]],
    *,
    began_at: datetime,
    ids: IdSource,
) -> int:
    """Tell of services whose gaps are new or changed; return how many were told of.

    Each reader gets one message about all of theirs. None while held.

    Args:
        tx: The transaction.
        found: Every service's gaps, also where there are none.
        began_at: The present of the proof.
        ids: Makes ids.
    """
    if tx.meta.get(HELD):
        return 0
    snapshot = tx.configuration.snapshot()
    before = tx.contact.tellings(lock=True)
    told = 0
    by_lead: dict[Slug | None, list[Slug]] = {}
    for service, gaps in found.items():
        known = before.get(service)
        if _has_news(gaps, known, began_at):
            by_lead.setdefault(lead_of(service, snapshot), []).append(service)
        elif known is not None:
            _forget_mended(tx, known, gaps)
    for lead, services in by_lead.items():
        gaps = [gap for service in services for gap in found[service]]
        whom = _tell(tx, lead, gaps, snapshot, ids)
        for service in services if whom else ():
            tx.contact.tell(_telling(tx, service, found[service], ", ".join(whom)))
        told += len(services) if whom else 0
    return told


def lead_of(service: Slug, snapshot: Snapshot) -> Slug | None:
    """Return who can mend what a service's team owns, or none."""
    known = snapshot.services.get(service)
    team = snapshot.teams.get(known.team) if known and known.team else None
    lead = team.lead if team else None
    return lead if lead in snapshot.users else None


def _gap(
    service: Slug,
    intent: IntentProof,
    found: Finding,
    until: datetime,
    end: datetime,
) -> Gap:
    why = reason(found, intent.intent)
    is_open = found.ends_at >= end
    ends = "" if is_open else str(to_micros(found.ends_at))
    said = f"{intent.intent!r}\n{why}\n{ends}"
    return Gap(
        service=service,
        mark=hashlib.sha256(said.encode()).hexdigest()[:16],
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        is_open=is_open,
        is_near=found.starts_at < until,
        why=why,
    )


def _has_news(
    gaps: Sequence[Gap], before: GapTelling | None, began_at: datetime
) -> bool:
    """Return whether a near gap was not told, or begins earlier than was told."""
    told: dict[str, int] = {}
    for mark, starts in json.loads(before.gaps) if before is not None else ():
        told[mark] = min(starts, told.get(mark, starts))
    return any(
        gap.mark not in told
        or (gap.starts_at > began_at and to_micros(gap.starts_at) < told[gap.mark])
        for gap in gaps
        if gap.is_near
    )


def _forget_mended(tx: Transaction, before: GapTelling, gaps: Sequence[Gap]) -> None:
    """Keep what was told and still comes: what comes back later is news again."""
    coming = {gap.mark for gap in gaps}
    told = json.loads(before.gaps)
    kept = [one for one in told if one[0] in coming]
    if kept != told:
        tx.contact.tell(replace(before, gaps=_spelled(kept)))


def _spelled(marks: Sequence[Sequence[object]]) -> str:
    return json.dumps(marks, separators=(",", ":"))


def _telling(
    tx: Transaction, service: Slug, gaps: Iterable[Gap], told: str
) -> GapTelling:
    marks = [(gap.mark, to_micros(gap.starts_at)) for gap in gaps]
    ends = [gap.ends_at for gap in gaps]
    return GapTelling(
        service=service,
        gaps=_spelled(marks),
        until=max(ends, default=tx.now),
        told_at=tx.now,
        told=told,
    )


def _tell(
    tx: Transaction,
    lead: Slug | None,
    gaps: Sequence[Gap],
    snapshot: Snapshot,
    ids: IdSource,
) -> tuple[str, ...]:
    """Tell the lead; else the last resort; else every admin. Return who is told."""
    zone: tzinfo = UTC
    if lead is not None:
        zone = wall_clock.zone(snapshot.users[lead].time_zone)
    ordered = sorted(gaps, key=lambda gap: (gap.starts_at, gap.service))
    is_soon = ordered[0].starts_at - tx.now < SOON
    for targets in _menders(lead, snapshot):
        bulletin = _bulletin(tx, ordered, zone, ids)
        urgency = Urgency.HIGH if is_soon else Urgency.LOW
        whom = tell(tx, bulletin, targets, urgency=urgency, ids=ids)
        if whom:
            return whom
    return ()


def _menders(lead: Slug | None, snapshot: Snapshot) -> Iterable[tuple[Target, ...]]:
    if lead is not None:
        yield (Target(kind=TargetKind.USER, name=lead),)
    if snapshot.last_resort is not None:
        yield snapshot.last_resort.targets
    yield people(
        user.name for user in snapshot.users.values() if user.role is Role.ADMIN
    )


def _bulletin(
    tx: Transaction, gaps: Sequence[Gap], zone: tzinfo, ids: IdSource
) -> Bulletin:
    services = dict.fromkeys(gap.service for gap in gaps)
    first = gaps[0]
    more = f" and {len(services) - 1} more" if len(services) > 1 else ""
    lines = [f"- {_line(gap, zone, tx.now)}" for gap in gaps[:GAPS_SHOWN]]
    if len(gaps) > GAPS_SHOWN:
        lines.append(f"and {len(gaps) - GAPS_SHOWN} more; the page lists them all.")
    when = "now" if first.starts_at <= tx.now else f"{_at(first.starts_at, zone)}"
    text = (
        "A page that starts then would not reach enough people in time:\n"
        + "\n".join(lines)
        + "\nNobody is paged now. The page says what mends each."
    )
    return Bulletin(
        id=BulletinId(ids.new_id()),
        incident_id=None,
        kind=BulletinKind.COVERAGE,
        about=first.service,
        title=f"Not covered from {when}: {first.service}{more}",
        service=first.service,
        severity=None,
        text=text,
        link="/oncall/coverage",
        created_at=tx.now,
        deadline_at=tx.now + limits.BULLETIN_LIFE,
    )


def _line(gap: Gap, zone: tzinfo, now: datetime) -> str:
    begins = "now" if gap.starts_at <= now else _at(gap.starts_at, zone)
    ends = "no known end" if gap.is_open else _at(gap.ends_at, zone)
    return f"{gap.service}: {begins} to {ends}: {gap.why}"


def _at(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M %Z}"
