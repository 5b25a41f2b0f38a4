"""The alerts of a period as a back-test plays them again; read, never written."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.ids import AlertId, PageId
from handrail.core.paging.delivery import DeliveryState
from handrail.core.paging.event import (
    AlertExpired,
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageOpened,
    PageResolved,
    ResolveReason,
)
from handrail.core.whatif.record import Record, RecordedAlert, RecordedRaise
from handrail.core.whatif.response_times import Contact
from handrail.ports.store import Transaction
from handrail.usecases import setback
from handrail.usecases.page_record import page_event, stream_of

ALERTS_MAX = 10_000
"""More than this in a period is cut, and said so."""
_READ = 500
_SECOND = timedelta(seconds=1)

_Happened = tuple[datetime, PageEvent]


def alert_record(
    tx: Transaction, *, starts_at: datetime, ends_at: datetime, limit: int = ALERTS_MAX
) -> Record:
    """Return the alerts that fired in ``[starts_at, ends_at)``, the newest if too many.

    Where an alert fired again after it had closed, each time that paged counts for
    itself; a time that paged nobody is not known any more, but for the first.
    """
    found: list[RecordedAlert] = []
    for alert in _alerts(tx, starts_at):
        if len(found) > limit:
            break
        fired = setback.readable(partial(_times, tx, alert)) or []
        found += [one for one in fired if starts_at <= one.fired_at < ends_at]
    found.sort(key=lambda one: (one.fired_at, one.id))
    return Record(
        starts_at=starts_at,
        ends_at=ends_at,
        alerts=tuple(found[-limit:]),
        is_cut=len(found) > limit,
    )


def _alerts(tx: Transaction, starts_at: datetime) -> Iterator[Alert]:
    """Yield alerts that may have fired since, newest first."""
    before: AlertId | None = None
    while page := tx.alert.search(open_only=False, limit=_READ, before=before):
        yield from (alert for alert in page if alert.last_seen_at >= starts_at)
        before = page[-1].id


def _times(tx: Transaction, alert: Alert) -> list[RecordedAlert]:
    return list(_fired(tx, alert))


def _fired(tx: Transaction, alert: Alert) -> Iterator[RecordedAlert]:
    """Yield the times the alert fired, from the pages about it."""
    pages = [_happened(tx, page.id) for page in tx.page.for_alert(alert.id)]
    times: list[list[list[_Happened]]] = []
    for page in pages:
        if times and _superseded(times[-1][-1]):
            times[-1].append(page)
        else:
            times.append([page])
    if not times:
        yield _recorded(tx, alert, [], alert.opened_at, _closed(alert))
        return
    begins = [alert.opened_at, *(time[0][0][0] for time in times[1:])]
    for place, (begun_at, following) in enumerate(pairwise([*begins, None])):
        assert begun_at is not None
        over = _closed(alert) if following is None else _over(times[place], following)
        yield _recorded(tx, alert, times[place], begun_at, over)


def _happened(tx: Transaction, page_id: PageId) -> list[_Happened]:
    return [(s.occurred_at, page_event(s)) for s in tx.event.read(stream_of(page_id))]


def _superseded(page: Sequence[_Happened]) -> bool:
    last = page[-1][1]
    return isinstance(last, PageResolved) and last.reason is ResolveReason.SUPERSEDED


class _Over(NamedTuple):
    """When an alert stopped firing, if it did; and whether it only fell silent."""

    at: datetime | None
    is_expired: bool = False


def _closed(alert: Alert) -> _Over:
    return _Over(alert.closed_at, alert.state is AlertState.EXPIRED)


def _over(pages: Sequence[Sequence[_Happened]], following: datetime) -> _Over:
    """Return how a time ended after which the alert fired again."""
    for at, event in pages[-1]:
        if isinstance(event, AlertExpired):
            return _Over(at, is_expired=True)
        if isinstance(event, PageResolved):
            return _Over(at)
    return _Over(following)


def _recorded(
    tx: Transaction,
    alert: Alert,
    pages: Sequence[Sequence[_Happened]],
    fired_at: datetime,
    over: _Over,
) -> RecordedAlert:
    opened = [(page[0][0], _opening(page)) for page in pages]
    raises = tuple(
        RecordedRaise(at=at, word=opening.severity) for at, opening in opened[1:]
    )
    first = opened[0][1].severity if raises else alert.severity_word
    return RecordedAlert(
        id=alert.id,
        integration=alert.integration,
        fired_at=fired_at,
        labels=alert.labels,
        severity_word=first,
        raises=raises,
        closed_at=over.at,
        is_expired=over.is_expired,
        contacts=tuple(one for page in pages for one in _contacts(tx, page)),
    )


def _opening(page: Sequence[_Happened]) -> PageOpened:
    opening = page[0][1]
    assert isinstance(opening, PageOpened), "a page's stream begins with its opening"
    return opening


def _contacts(tx: Transaction, page: Sequence[_Happened]) -> Iterator[Contact]:
    """Yield everybody responsible who was told, unnamed, up to the first answer."""
    entries = [event for _, event in page if isinstance(event, LevelNotified)]
    shadows = {
        (event.entry_id, planned.recipient)
        for event in entries
        for planned in event.deliveries
        if planned.is_shadow
    }
    over = [
        (at, event.by if isinstance(event, PageAcknowledged) else None)
        for at, event in page
        if isinstance(event, PageAcknowledged | PageResolved)
    ]
    over_at, taker = over[0] if over else (tx.now, None)
    first: dict[str, datetime] = {}
    for delivery in _deliveries(tx, entries):
        at, who = delivery[1], delivery[0]
        if (delivery[2], who) in shadows or not who.startswith("user:"):
            continue
        if at <= over_at:
            first[who] = min(at, first.get(who, at))
    for who, told_at in first.items():
        seconds = (over_at - told_at) // _SECOND
        yield Contact(seconds=seconds, is_answered=who == f"user:{taker}")


def _deliveries(
    tx: Transaction, entries: Sequence[LevelNotified]
) -> Iterator[tuple[str, datetime, str]]:
    """Yield recipient, when it was handed over, and level entry of what was told."""
    page_ids = dict.fromkeys(entry.entry_id.rpartition(".")[0] for entry in entries)
    for page_id in page_ids:
        for delivery in tx.delivery.for_page(PageId(page_id)):
            is_told = delivery.state is DeliveryState.HANDED_OVER
            if is_told and delivery.closed_at is not None:
                yield delivery.recipient, delivery.closed_at, delivery.entry_id
