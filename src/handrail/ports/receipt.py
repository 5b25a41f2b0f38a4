"""Receipts in the database: what senders sent, and where it went."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from handrail.core.alert.receipt import RawBody, Receipt
from handrail.core.ids import AlertId, ReceiptId


class ReceiptStore(Protocol):
    """One receipt per accepted request; its entries are also the touch journal."""

    def add(self, receipt: Receipt, *, is_folded: bool) -> None:
        """Insert one receipt with its entries."""
        ...

    def add_all(
        self, receipts: Sequence[Receipt], *, folded: AbstractSet[ReceiptId]
    ) -> None:
        """Insert receipts; the journal owes nothing of those that are ``folded``."""
        ...

    def add_raw(self, raw: RawBody) -> None:
        """Keep the body of a request that could not be read whole."""
        ...

    def raw(self, receipt_id: ReceiptId) -> RawBody | None:
        """Return the kept body, or none."""
        ...

    def get(self, receipt_id: ReceiptId) -> Receipt | None:
        """Return the receipt or none."""
        ...

    def for_alert(self, alert_id: AlertId, *, limit: int) -> list[Receipt]:
        """Return the receipts that opened or ended this alert, oldest first."""
        ...

    def has_unfolded(self) -> bool:
        """Return whether journaled repeats wait to be applied."""
        ...

    def fold(self, *, limit: int) -> int:
        """Apply journaled repeats to their alerts; return how many receipts were."""
        ...

    def count_entries(self) -> dict[str, int]:
        """Return how many entries of each kind were ever accepted."""
        ...

    def prune(self, *, before: datetime, limit: int) -> int:
        """Delete folded receipts of mere repeats from before then, and bodies kept.

        A body stays while an alert that its receipt opened is open. A repeated body
        opens nothing; what was kept of it goes with its receipt.

        Returns:
            How many were deleted of what there was most of; ``limit`` means that more
            may wait.
        """
        ...
