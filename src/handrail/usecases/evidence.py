"""Files kept with an incident: graphs, log excerpts, snapshots."""

import hashlib
from dataclasses import dataclass

from handrail.core import limits
from handrail.core.errors import InvalidError
from handrail.core.ids import EvidenceId
from handrail.core.incident import command
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.usecases.desk import Desk, change


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file to keep with the incident."""

    name: str
    media_type: str
    content: bytes
    note: str = ""


def attach(desk: Desk, name: str, file: EvidenceFile) -> Incident:
    """Keep a file as evidence; its digest stands in the record.

    Raises:
        InvalidError: It is empty, too large, or has no name.
    """
    size = len(file.content)
    if not 0 < size <= limits.EVIDENCE_BYTES_MAX:
        most = limits.EVIDENCE_BYTES_MAX // 1024 // 1024
        msg = f"the file has {size} bytes; attach between 1 byte and {most} MiB"
        raise InvalidError(msg, fields={"content": "empty or too large"})
    attached = e.EvidenceAttached(
        evidence_id=EvidenceId(desk.ids.new_id()),
        name=command.require_text(file.name, field="name", most=255),
        media_type=file.media_type or "application/octet-stream",
        size=size,
        sha256=hashlib.sha256(file.content).hexdigest(),
        note=command.optional_text(file.note, field="note"),
        by=desk.by,
    )
    after = change(desk, name, lambda _: (attached,))
    desk.tx.incident.add_evidence(attached.evidence_id, file.content)
    return after
