"""A bulletin: what somebody is told about a response without being asked to answer.

It owes deliveries as a page does, which are claimed, sent and retried alike. It never
escalates, never shares a message with a page, and is dropped once it is pointless.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import BulletinId, IncidentId, Slug
from handrail.core.severity.severity import Severity


@unique
class BulletinKind(StrEnum):
    """Why it is told."""

    REMINDER = "reminder"
    UPDATE = "update"
    ROLE = "role"
    COMMAND_OFFER = "command_offer"
    NUDGE = "nudge"
    COVER = "cover"
    SWAP = "swap"
    ONCALL = "oncall"
    CONTACT_TEST = "contact_test"
    COVERAGE = "coverage"
    SHIFT = "shift"


ON_CALL = frozenset(
    {
        BulletinKind.COVER,
        BulletinKind.SWAP,
        BulletinKind.ONCALL,
        BulletinKind.SHIFT,
    }
)
"""About who is on call, not about an incident."""
ALWAYS_TOLD = frozenset({BulletinKind.CONTACT_TEST, BulletinKind.COVERAGE})
"""About the contact methods and rotas themselves; nothing makes them pointless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What is told, once, to everybody it is for.

    Attributes:
        incident_id: What it is about; none for a nudge to declare one, and for what
            is told of who is on call.
        about: What of it: an obligation's id, a role, an update's id; for a nudge a
            page's id; for a test the contact method; for a gap the service; else the
            name of a cover request, a swap or an override.
        severity: None while it is to be assessed, and of who is on call.
        text: Plain, with line feeds.
        link: Path on this server where one goes on, such as ``/incidents/INC-42``.
        deadline_at: After this telling it makes no sense any more.
    """

    id: BulletinId
    incident_id: IncidentId | None
    kind: BulletinKind
    about: str
    title: str
    service: Slug | None
    severity: Severity | None
    text: str
    link: str
    created_at: datetime
    deadline_at: datetime
