"""The ledger outside: what senders were promised and what reached whom, by true time.

Nothing here is read from the product's database, so that it cannot lie to itself.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.world.sink import Call

from handrail.core import limits
from handrail.core.ids import AlertId, ReceiptId

PATIENCE = timedelta(minutes=2)
"""How soon somebody is told of what pages, where nothing goes wrong."""
NEW_MESSAGES_MAX = limits.METHOD_MESSAGES_MAX + 6
"""New messages to one contact method within a minute: the window, a bundle each 15 s,
and one at either end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A sender was answered 2xx."""

    at: datetime
    receipt_id: ReceiptId
    alert_id: AlertId | None
    pages: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Something that went wrong, and how much later things may happen for it."""

    since: datetime
    until: datetime
    allows: timedelta


@dataclass(slots=True)
class Ledger:
    """What the outside world knows."""

    promises: list[Promise] = field(default_factory=list)
    excuses: list[Excuse] = field(default_factory=list)
    told_at: dict[str, datetime] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _new: dict[tuple[str, str], list[datetime]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def excuse(self, since: datetime, *, lasts: timedelta, allows: timedelta) -> None:
        self.excuses.append(
            Excuse(since=since, until=since + lasts, allows=lasts + allows)
        )

    def due_by(self, promised_at: datetime, told_at: datetime) -> datetime:
        """Return when somebody had to be told, given what went wrong meanwhile."""
        early = promised_at - limits.LEASE
        excused = sum(
            (e.allows for e in self.excuses if e.until >= early and e.since <= told_at),
            timedelta(0),
        )
        return promised_at + PATIENCE + excused

    def note(self, call: Call) -> str | None:
        """Note a provider's call; return what is wrong with it, or none."""
        message = call.message
        if len(message.items) == 1:
            self.keys[message.items[0].delivery_id].add(message.idempotency_key)
            if len(self.keys[message.items[0].delivery_id]) > 1:
                return f"I5: two idempotency keys for {message.items[0].delivery_id}"
        if call.arrived:
            for page_id in call.page_ids:
                self.told_at.setdefault(page_id, call.at)
            if not message.is_repeat:
                return self._note_new(call)
        return None

    def _note_new(self, call: Call) -> str | None:
        key = call.message.recipient, call.message.address
        times = self._new[key]
        times.append(call.at)
        begin = bisect_right(times, call.at - limits.METHOD_WINDOW)
        count = len(times) - begin
        if count > NEW_MESSAGES_MAX:
            return f"flood: {key} got {count} new messages within a minute"
        return None
