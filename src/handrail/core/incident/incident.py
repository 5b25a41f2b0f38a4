"""An incident: the present state of a declared response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handrail.core.ids import (
    AlertId,
    EvidenceId,
    IncidentId,
    NoticeId,
    PageId,
    PostmortemId,
    Slug,
    TaskId,
    TicketId,
)
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import RESPONDING, Detection, Ending, Stage
from handrail.core.mitigation.mitigation import Mitigation
from handrail.core.obligation.obligation import Obligation
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityMoment:
    """From when a severity held; none while it was to be assessed."""

    severity: Severity | None
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do during the incident."""

    id: TaskId
    title: str
    assignee: Slug | None
    added_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A kept file; its content is stored beside the record."""

    id: EvidenceId
    name: str
    media_type: str
    size: int
    sha256: str
    note: str
    attached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A backlog ticket in the team's tracker; no link until the tracker took it."""

    id: TicketId
    reference: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident.

    Attributes:
        number: The n of ``INC-n``.
        severity: None while it is to be assessed.
        commander: Exactly one while the response runs; the last one afterwards.
        roles: Holders of the other roles, in the order they took them.
        participants: Everybody who has or had a part; they see it when private.
        offered_to: Who was offered command and has not taken it.
        service: The service it is about, or none.
        ending: How the response ended; none while it runs.
        pages: The pages that belong to it, and why.
        recurred_at: When its impact last came back before it was resolved.
        public_told_at: When the first public notice of all went out.
        public_word_at: When the public was last told of the present response; none
            again once it is reopened.
        all_clear_at: When the public was told that it is over; none again once it
            is told otherwise, or the impact is back.
        component_status: What the public was last told of each component.
        earlier_obligations: How many of the obligations are of responses before the
            last reopening.
        next_update_at: When the next word was promised to who waits for it (the
            public, once it was told), or none.
        sequence: Number of the last event in the incident's stream.
    """

    id: IncidentId
    number: int
    title: str
    service: Slug | None
    severity: Severity | None
    stage: Stage
    commander: Slug
    declared_by: Slug
    declared_at: datetime
    detected_by: Detection
    detected_at: datetime
    impact_started_at: datetime | None
    is_private: bool = False
    summary: str = ""
    alert_id: AlertId | None = None
    roles: tuple[tuple[IncidentRole, Slug], ...] = ()
    participants: tuple[Slug, ...] = ()
    offered_to: tuple[Slug, ...] = ()
    severity_history: tuple[SeverityMoment, ...] = ()
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    learned_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    recurred_at: datetime | None = None
    ending: Ending | None = None
    merged_into: IncidentId | None = None
    absorbed: tuple[int, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    earlier_obligations: int = 0
    mitigations: tuple[Mitigation, ...] = ()
    tasks: tuple[Task, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    pinned: tuple[int, ...] = ()
    pages: Mapping[PageId, PagePurpose] = field(default_factory=dict)
    notices: tuple[NoticeId, ...] = ()
    public_told_at: datetime | None = None
    public_word_at: datetime | None = None
    all_clear_at: datetime | None = None
    component_status: Mapping[Slug, ComponentStatus] = field(default_factory=dict)
    next_update_at: datetime | None = None
    ticket: Ticket | None = None
    postmortem_id: PostmortemId | None = None
    postmortem_published_at: datetime | None = None
    sequence: int = 0

    @property
    def name(self) -> str:
        """Return what people call it, such as ``INC-42``."""
        return f"INC-{self.number}"

    @property
    def is_responding(self) -> bool:
        """Return whether the response still runs."""
        return self.stage in RESPONDING

    def holders(self, role: IncidentRole) -> tuple[Slug, ...]:
        """Return who holds the role now."""
        if role is IncidentRole.COMMANDER:
            return (self.commander,) if self.is_responding else ()
        return tuple(user for held, user in self.roles if held is role)

    def obligation(self, obligation_id: str) -> Obligation | None:
        """Return the obligation of this id, or none."""
        return next((o for o in self.obligations if o.id == obligation_id), None)
