"""Alerts in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from handrail.core.alert.alert import Alert, KnownAlert
from handrail.core.alert.receipt import ReceiptEntry
from handrail.core.ids import AlertId, Slug
from handrail.ports.setback import Otherwise, refuse


class AlertStore(Protocol):
    """Alerts. At most one open alert exists per integration and dedup key."""

    def known(
        self, integration: Slug, keys: Sequence[str], *, closed_since: datetime
    ) -> dict[str, KnownAlert]:
        """Return by key the open alert, or else the one last closed since then.

        On PostgreSQL the rows are locked, so that what is decided on them holds.
        """
        ...

    def lock(self, alert_ids: Collection[AlertId]) -> None:
        """Hold the rows of these alerts to the end, in the order of locks.

        Nothing to do on SQLite, where a writing transaction is alone.
        """
        ...

    def add(self, alerts: Sequence[Alert]) -> None:
        """Insert new alerts.

        Raises:
            ConflictError: One with the same open key exists; retry the transaction.
        """
        ...

    def get(self, alert_id: AlertId, *, lock: bool = False) -> Alert | None:
        """Return the alert or none; ``lock`` holds its row to the end (PostgreSQL)."""
        ...

    def save(self, alert: Alert) -> None:
        """Write back everything of one alert."""
        ...

    def touch(self, entries: Sequence[ReceiptEntry], *, seen_at: datetime) -> bool:
        """Count repeats, push ``last_seen_at`` and ``expire_due_at`` on.

        Returns:
            Whether it was done now. SQLite answers no: the receipt itself is the
            touch journal, and ``ReceiptStore.fold`` applies it later.
        """
        ...

    def due_for_evaluation(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        """Return locked alerts whose ``evaluate_due_at`` has come, oldest first."""
        ...

    def due_for_expiry(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        """Return locked firing alerts whose ``expire_due_at`` has come."""
        ...

    def put_off(self, alert_id: AlertId, until: datetime) -> None:
        """Let what is due of this row be due then; for one that cannot be read."""
        ...

    def next_evaluation(self) -> datetime | None:
        """Return the earliest ``evaluate_due_at`` of any alert."""
        ...

    def next_expiry(self) -> datetime | None:
        """Return the earliest ``expire_due_at`` of any firing alert."""
        ...

    def defer_expiry(self, until: datetime) -> int:
        """Let no firing alert expire before then."""
        ...

    def shift_evaluations(self, by: timedelta) -> int:
        """Move every ``evaluate_due_at`` that is still to come."""
        ...

    def search(
        self, *, open_only: bool, limit: int, before: AlertId | None = None
    ) -> list[Alert]:
        """Return alerts, newest first, before the given id.

        Open are those that fire, and expired ones whose page is not resolved.
        """
        ...

    def firing(self, integration: Slug | None) -> list[Alert]:
        """Return all firing alerts of one or of every integration."""
        ...

    def generations(self) -> int:
        """Return the sum of all alerts' generations: how often any was opened."""
        ...

    def count_by_disposition(self) -> dict[str, int]:
        """Return how many alerts stand at each disposition."""
        ...
