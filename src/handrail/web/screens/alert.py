"""Alerts: what came in, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.paging.wording import block
from handrail.usecases.explain import Explanation
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.page import PageScreen, Reader, page_screen

TEXT_CHARS_MAX = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert of the list.

    Attributes:
        severity: ``SEV1`` … ``SEV4``, or ``not routed`` before it was routed.
        is_firing: Its condition holds, as far as we were told.
        verdict: Its disposition and the reason, in words.
    """

    id: str
    severity: str
    title: str
    service: str
    state: str
    is_firing: bool
    verdict: str
    opened: Moment
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertListScreen:
    """Alerts, newest first; ``next`` is the cursor of older ones, or ""."""

    rows: tuple[AlertRow, ...]
    is_all: bool
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One accepted request that opened, reopened or ended the alert."""

    id: str
    at: Moment
    kinds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertScreen:
    """One alert whole, with its explanation.

    Attributes:
        url: Where the sender shows it; "" unless it is a web address.
        facts: Labels and annotations, by name.
    """

    row: AlertRow
    integration: str
    dedup_key: str
    decided_by: str
    url: str
    last_seen: Moment
    closed: Moment | None
    facts: tuple[tuple[str, str], ...]
    receipts: tuple[ReceiptLine, ...]
    pages: tuple[PageScreen, ...]


def alert_list_screen(
    alerts: Sequence[Alert], *, is_all: bool, following: str | None, reader: Reader
) -> AlertListScreen:
    """Return the list."""
    return AlertListScreen(
        rows=tuple(alert_row(alert, reader=reader) for alert in alerts),
        is_all=is_all,
        next=following or "",
    )


def alert_row(alert: Alert, *, reader: Reader) -> AlertRow:
    """Return one alert of the list."""
    verdict = f"{alert.disposition}: {alert.reason}".rstrip(": ")
    return AlertRow(
        id=alert.id,
        severity=alert.severity or "not routed",
        title=alert.title or "(no title)",
        service=alert.service or "no service",
        state="stale" if alert.state is AlertState.EXPIRED else alert.state,
        is_firing=alert.state is AlertState.FIRING,
        verdict=verdict,
        opened=moment(alert.opened_at, zone=reader.zone, now=reader.now),
        repeats=alert.repeats,
    )


def alert_screen(story: Explanation, *, reader: Reader) -> AlertScreen:
    """Return one alert whole."""
    alert, zone, now = story.alert, reader.zone, reader.now
    facts = [*sorted(alert.labels.items()), *sorted(alert.annotations.items())]
    closed = alert.closed_at
    return AlertScreen(
        row=alert_row(alert, reader=reader),
        integration=alert.integration,
        dedup_key=alert.dedup_key,
        decided_by=alert.decided_by or "nothing yet",
        # Only web addresses become links: a sender must not be able to plant a script.
        url=alert.url if alert.url.startswith(("https://", "http://")) else "",
        last_seen=moment(alert.last_seen_at, zone=zone, now=now),
        closed=moment(closed, zone=zone, now=now) if closed else None,
        facts=tuple(
            (name, block(value, limit=TEXT_CHARS_MAX)) for name, value in facts
        ),
        receipts=tuple(
            ReceiptLine(
                id=receipt.id,
                at=moment(receipt.received_at, zone=zone, now=now),
                kinds=", ".join(sorted({e.kind.name.lower() for e in receipt.entries})),
            )
            for receipt in story.receipts
        ),
        pages=tuple(page_screen(page, reader=reader) for page in story.pages),
    )
