"""Identifiers: UUIDv7 as canonical lower-case text, and human slugs."""

from typing import NewType

AlertId = NewType("AlertId", str)
ReceiptId = NewType("ReceiptId", str)
PageId = NewType("PageId", str)
EntryId = NewType("EntryId", str)
DeliveryId = NewType("DeliveryId", str)
AttemptId = NewType("AttemptId", str)
NodeId = NewType("NodeId", str)
Slug = NewType("Slug", str)
"""The name of a configured thing: unique per kind, stable, ``[a-z0-9._-]``."""
