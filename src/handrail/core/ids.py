"""Identifiers: UUIDv7 as canonical lower-case text, and human slugs."""

from typing import NewType

AlertId = NewType("AlertId", str)
ReceiptId = NewType("ReceiptId", str)
PageId = NewType("PageId", str)
EntryId = NewType("EntryId", str)
DeliveryId = NewType("DeliveryId", str)
BulletinId = NewType("BulletinId", str)
AttemptId = NewType("AttemptId", str)
IncidentId = NewType("IncidentId", str)
MitigationId = NewType("MitigationId", str)
ChangeId = NewType("ChangeId", str)
TaskId = NewType("TaskId", str)
EvidenceId = NewType("EvidenceId", str)
NoticeId = NewType("NoticeId", str)
UpdateId = NewType("UpdateId", str)
PostmortemId = NewType("PostmortemId", str)
ActionItemId = NewType("ActionItemId", str)
TicketId = NewType("TicketId", str)
AgreementId = NewType("AgreementId", str)
NodeId = NewType("NodeId", str)
Slug = NewType("Slug", str)
"""The name of a configured thing: unique per kind, stable, ``[a-z0-9._-]``."""
