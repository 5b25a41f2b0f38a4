"""The invariants, checked on live data in bounded batches of reads.

A batch looks at some alerts or pages, newest first, and says where the next one goes
on, so that no read holds up anything else however much is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.audit.event import broken_link
from handrail.core.configuration.snapshot import Integration
from handrail.core.ids import AlertId, PageId, ReceiptId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.invariant import IncidentFacts, incident_violations
from handrail.core.instants import format_rfc3339
from handrail.core.paging.invariant import (
    LATENESS_MAX,
    PageFacts,
    Violation,
    alert_violations,
    conservation_violations,
    page_violations,
)
from handrail.core.paging.page import Page
from handrail.ports.id_source import IdSource
from handrail.ports.incident import EVERYBODY
from handrail.ports.source import Parsed
from handrail.ports.store import Transaction
from handrail.usecases.admission import accept
from handrail.usecases.delivery import HELD
from handrail.usecases.incident_record import incident_event
from handrail.usecases.incident_record import stream_of as incident_stream
from handrail.usecases.page_record import page_event, stream_of
from handrail.usecases.submission import Submission

LAST_AT = "audit.last_at"
CHECKED = "audit.checked"
VIOLATIONS = "audit.violations"
"""Meta keys: when an audit last ended, how much it looked at, how much was broken."""

INTEGRATION = Integration(name=Slug("handrail"), source="built-in")
"""Whose alerts are Handrail's own."""
_OTHER_STREAMS = ("access", "config")
_NEVER_LATE = timedelta.max


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsBefore:
    """Go on with alerts older than this one; none starts with the newest."""

    alert_id: AlertId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesBefore:
    """Go on with pages older than this one; none starts with the newest."""

    page_id: PageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsBefore:
    """Go on with incidents of a lower number; none starts with the newest."""

    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStreams:
    """Go on with the rest of the record."""


Place = AlertsBefore | PagesBefore | IncidentsBefore | OtherStreams
BEGINNING = AlertsBefore()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What one batch found.

    Attributes:
        checked: How many alerts, pages, incidents and streams were looked at.
        then: Where the next batch goes on; none when all was looked at.
    """

    violations: tuple[Violation, ...]
    checked: int
    then: Place | None


def audit(
    tx: Transaction, *, at: Place, limit: int, is_lateness_checked: bool = True
) -> AuditReport:
    """Check one batch.

    Args:
        tx: A read transaction.
        at: Where to go on; ``BEGINNING`` at first.
        limit: At most this many alerts or pages.
        is_lateness_checked: Whether what is overdue counts; right after a start it
            does not, and never while sending is held.
    """
    is_calm = is_lateness_checked and not tx.meta.get(HELD)
    lateness_max = LATENESS_MAX if is_calm else _NEVER_LATE
    match at:
        case AlertsBefore(alert_id=before):
            return _alerts(tx, before, limit, lateness_max)
        case PagesBefore(page_id=before):
            return _pages(tx, before, limit, lateness_max)
        case IncidentsBefore(number=number):
            return _incidents(tx, number, limit, lateness_max)
        case OtherStreams():
            return _streams(tx)
        case _:
            assert_never(at)


def page_facts(tx: Transaction, page: Page) -> PageFacts:
    """Return all that is recorded about one page."""
    stored = tx.event.read(stream_of(page.id))
    return PageFacts(
        page=page,
        events=[(page_event(event), event.occurred_at) for event in stored],
        deliveries=tx.delivery.for_page(page.id),
        attempts=tx.delivery.attempts(page.id),
    )


def _alerts(
    tx: Transaction, before: AlertId | None, limit: int, lateness_max: timedelta
) -> AuditReport:
    alerts = tx.alert.search(open_only=False, limit=limit, before=before)
    found = list(_conservation(tx)) if before is None else []
    for alert in alerts:
        page = tx.page.get(alert.page_id) if alert.page_id else None
        found += alert_violations(
            alert, page=page, now=tx.now, lateness_max=lateness_max
        )
    then = AlertsBefore(alert_id=alerts[-1].id) if alerts else PagesBefore()
    return AuditReport(violations=tuple(found), checked=len(alerts), then=then)


def _conservation(tx: Transaction) -> tuple[Violation, ...]:
    accepted = tx.receipt.count_entries()
    generations = tx.alert.generations()
    if accepted != tx.receipt.count_entries():
        return ()  # signals came in between; the next audit will tell
    return conservation_violations(accepted=accepted, generations=generations)


def _pages(
    tx: Transaction, before: PageId | None, limit: int, lateness_max: timedelta
) -> AuditReport:
    pages = tx.page.search(active_only=False, limit=limit, before=before)
    found: list[Violation] = []
    for page in pages:
        chain = _chain(tx, stream_of(page.id))
        found += chain
        if not chain:
            # Only a record that verifies can be read as events.
            found += page_violations(
                page_facts(tx, page), now=tx.now, lateness_max=lateness_max
            )
    then = PagesBefore(page_id=pages[-1].id) if pages else IncidentsBefore()
    return AuditReport(violations=tuple(found), checked=len(pages), then=then)


def _incidents(
    tx: Transaction, before: int | None, limit: int, lateness_max: timedelta
) -> AuditReport:
    incidents = tx.incident.search(
        viewer=EVERYBODY, responding_only=False, limit=limit, before=before
    )
    found: list[Violation] = []
    for incident in incidents:
        chain = _chain(tx, incident_stream(incident.id))
        found += chain
        facts = None if chain else incident_facts(tx, incident)
        if facts is not None:
            found += incident_violations(facts, now=tx.now, lateness_max=lateness_max)
    then = IncidentsBefore(number=incidents[-1].number) if incidents else OtherStreams()
    return AuditReport(violations=tuple(found), checked=len(incidents), then=then)


def incident_facts(tx: Transaction, incident: Incident) -> IncidentFacts | None:
    """Return all that is recorded about one incident; none if a part is redacted."""
    stored = tx.event.read(incident_stream(incident.id))
    told = [(incident_event(one), one.occurred_at) for one in stored]
    events = [(event, at) for event, at in told if event is not None]
    if len(events) != len(told):
        return None  # The chain verifies; what the state was made of is not all there.
    return IncidentFacts(incident=incident, events=events)


def _streams(tx: Transaction) -> AuditReport:
    names = [name for prefix in _OTHER_STREAMS for name in tx.event.streams(prefix)]
    found = tuple(violation for name in names for violation in _chain(tx, name))
    return AuditReport(violations=found, checked=len(names), then=None)


def _chain(tx: Transaction, stream: str) -> tuple[Violation, ...]:
    broken = broken_link(tx.event.read(stream))
    if broken is None:
        return ()
    what = f"its chain does not verify at event {broken}"
    return (Violation(invariant="I10", subject=f"stream {stream}", what=what),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSummary:
    """What a whole audit came to.

    Attributes:
        examples: One violation of each invariant that is broken.
        unfinished: Why the audit did not end, or "".
    """

    checked: int
    violations: int
    examples: Mapping[str, Violation]
    unfinished: str = ""


def conclude(tx: Transaction, summary: AuditSummary, *, ids: IdSource) -> None:
    """Note that an audit ended, and see to it that somebody is told of what is broken.

    There is one alert for each broken invariant; while it stands, later audits only
    repeat it.
    """
    tx.meta.set(LAST_AT, format_rfc3339(tx.now))
    tx.meta.set(CHECKED, str(summary.checked))
    tx.meta.set(VIOLATIONS, str(summary.violations))
    signals = [_signal(violation) for violation in summary.examples.values()]
    if summary.unfinished:
        signals.append(
            _own(
                "audit-unfinished",
                title="Handrail's nightly audit did not end",
                description=summary.unfinished,
            )
        )
    if not signals:
        return
    submission = Submission(
        integration=INTEGRATION,
        parsed=Parsed(signals=tuple(signals)),
        receipt_id=ReceiptId(ids.new_id()),
        body=b"",
        content_type="",
    )
    accept(tx, submission, ids=ids)


def _signal(violation: Violation) -> Signal:
    return _own(
        f"invariant-{violation.invariant}",
        title=f"Handrail broke its own promise {violation.invariant}",
        description=(
            f"{violation.subject}: {violation.what}. docs/invariants.md says what the"
            " promise is. Please report this as a defect."
        ),
    )


def _own(key: str, *, title: str, description: str) -> Signal:
    return Signal(
        action=SignalAction.FIRE,
        dedup_key=key,
        title=title,
        labels={"alertname": "HandrailAudit", "integration": INTEGRATION.name},
        annotations={"description": description},
    )
