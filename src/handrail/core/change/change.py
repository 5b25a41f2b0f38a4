"""A change that a sender reported: a deploy, a flag flip, a migration."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import ChangeId, Slug


@unique
class ChangeKind(StrEnum):
    """What kind of change."""

    DEPLOY = "deploy"
    FLAG = "flag"
    MIGRATION = "migration"
    CONFIGURATION = "configuration"
    INFRASTRUCTURE = "infrastructure"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        service: The service it changed, or none where the sender did not say.
        version: What is live now, as the sender names it, or "".
        link: To the change itself, or "".
        changed_by: As the sender names whoever or whatever did it, or "".
        source: Who reported it: ``token:ci`` or ``user:ana``.
        occurred_at: When it took effect.
        recorded_at: When it was reported.
    """

    id: ChangeId
    kind: ChangeKind
    title: str
    service: Slug | None
    version: str
    link: str
    changed_by: str
    source: str
    occurred_at: datetime
    recorded_at: datetime
