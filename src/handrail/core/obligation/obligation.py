"""An obligation: a promise with a deadline, kept or missed, and what demands it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class ObligationKind(StrEnum):
    """What is owed. ``next_update`` recurs; the others are owed once a demand."""

    SEVERITY_ASSESSED = "severity_assessed"
    RESPONDER_ACKNOWLEDGED = "responder_acknowledged"
    COMMUNICATIONS_LEAD_NAMED = "communications_lead_named"
    SCRIBE_NAMED = "scribe_named"
    EXECUTIVES_TOLD = "executives_told"
    STAKEHOLDERS_TOLD = "stakeholders_told"
    PUBLIC_NOTICE = "public_notice"
    NEXT_UPDATE = "next_update"
    POSTMORTEM_PUBLISHED = "postmortem_published"


@unique
class OwnerRole(StrEnum):
    """Which role owes it. Where a role is vacant, the incident commander owes it."""

    INCIDENT_COMMANDER = "incident_commander"
    OPERATIONS = "operations"
    COMMUNICATIONS_LEAD = "communications_lead"


OWNER: dict[ObligationKind, OwnerRole] = {
    ObligationKind.SEVERITY_ASSESSED: OwnerRole.INCIDENT_COMMANDER,
    ObligationKind.RESPONDER_ACKNOWLEDGED: OwnerRole.OPERATIONS,
    ObligationKind.COMMUNICATIONS_LEAD_NAMED: OwnerRole.INCIDENT_COMMANDER,
    ObligationKind.SCRIBE_NAMED: OwnerRole.INCIDENT_COMMANDER,
    ObligationKind.EXECUTIVES_TOLD: OwnerRole.COMMUNICATIONS_LEAD,
    ObligationKind.STAKEHOLDERS_TOLD: OwnerRole.COMMUNICATIONS_LEAD,
    ObligationKind.PUBLIC_NOTICE: OwnerRole.COMMUNICATIONS_LEAD,
    ObligationKind.NEXT_UPDATE: OwnerRole.COMMUNICATIONS_LEAD,
    ObligationKind.POSTMORTEM_PUBLISHED: OwnerRole.INCIDENT_COMMANDER,
}


@unique
class ReminderPoint(StrEnum):
    """When the owner is reminded: at 75 % of the time, at the deadline, after it."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationRule:
    """What one severity demands.

    Attributes:
        within: From when the severity took effect; for ``next_update`` from the
            last public notice, or from the first one's demand before that; for
            ``postmortem_published`` from the resolution.
    """

    kind: ObligationKind
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One promise of one incident.

    Attributes:
        id: ``public_notice.1``; counts up where the same is owed again.
        since: When the demand took effect.
        due_at: The deadline; what is met at this very instant is kept.
        met_at: When it was met, kept or late; none while it is not.
        missed_at: Its deadline, once that passed unmet; stays when it is met late.
        cancelled_at: When a lower severity or the end of the incident lifted it.
        reminded: The reminders already given.
    """

    id: str
    kind: ObligationKind
    owner: OwnerRole
    since: datetime
    due_at: datetime
    met_at: datetime | None = None
    missed_at: datetime | None = None
    cancelled_at: datetime | None = None
    reminded: tuple[ReminderPoint, ...] = ()

    @property
    def is_open(self) -> bool:
        """Return whether it is still owed, in time or late."""
        return self.met_at is None and self.cancelled_at is None

    @property
    def is_kept(self) -> bool:
        """Return whether it was met in time."""
        return self.met_at is not None and self.met_at <= self.due_at
