"""What happens to an incident: the events of its stream, from which it is rebuilt.

When something happened is ``occurred_at`` of the stored event; ``recorded_at`` is when
Handrail learned it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import (
    AlertId,
    EvidenceId,
    IncidentId,
    MitigationId,
    NoticeId,
    PageId,
    PostmortemId,
    Slug,
    TaskId,
    TicketId,
    UpdateId,
)
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection, Stage
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.core.obligation.obligation import Obligation, ReminderPoint
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import NoticeStage


@unique
class PagePurpose(StrEnum):
    """Why an incident has a page."""

    ORIGIN = "origin"
    COMMAND = "command"
    RESPONSE = "response"


@unique
class Audience(StrEnum):
    """Whom an internal update is for."""

    RESPONDERS = "responders"
    STAKEHOLDERS = "stakeholders"
    EXECUTIVES = "executives"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDeclared:
    """Somebody said that this is an incident; they command it until they hand over.

    Attributes:
        number: The n of ``INC-n``.
        severity: None while it is to be assessed.
        detected_at: When somebody or something first noticed.
        impact_started_at: None where nobody knows; never guessed.
    """

    number: int
    title: str
    service: Slug | None
    severity: Severity | None
    detected_by: Detection
    detected_at: datetime
    impact_started_at: datetime | None
    declared_by: Slug
    alert_id: AlertId | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsAmended:
    """A fact was put right; what is none stays as it was."""

    title: str | None = None
    summary: str | None = None
    service: Slug | None = None
    detected_by: Detection | None = None
    detected_at: datetime | None = None
    impact_started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChanged:
    """The severity is another from now on."""

    severity: Severity
    previous: Severity | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMoved:
    """The response went on to another stage."""

    stage: Stage
    previous: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved:
    """The commander confirmed full recovery.

    Attributes:
        next_stage: ``learn`` where a postmortem is due or wanted, else ``closed``.
    """

    next_stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDeclined:
    """It was no incident after all. Declaring it cost nothing."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMerged:
    """It is the same as another, which goes on."""

    into: IncidentId
    into_number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAbsorbed:
    """Another incident was merged into this one."""

    other: IncidentId
    other_number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReopened:
    """It came back; who reopens it commands it."""

    by: Slug
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandHandedOver:
    """The commander is another from this instant on; there is no moment between."""

    to: Slug
    previous: Slug
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOffered:
    """Somebody of the commanders' rota answered and may take over."""

    to: Slug
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken:
    """Somebody has a role other than commander."""

    role: IncidentRole
    user: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLeft:
    """Somebody gave a role other than commander back."""

    role: IncidentRole
    user: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    """A person wrote something down: seen, tried or decided."""

    text: str
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCorrected:
    """A later entry that puts an earlier one right; the earlier one stays.

    Attributes:
        entry: Sequence of the entry that was wrong.
    """

    entry: int
    text: str
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPinned:
    """An entry matters; it stands above the others."""

    entry: int
    is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAttached:
    """A file was kept: a graph, a log excerpt, a snapshot.

    Attributes:
        size: Bytes.
        sha256: Hex digest of the content, which is stored beside the record.
    """

    evidence_id: EvidenceId
    name: str
    media_type: str
    size: int
    sha256: str
    note: str
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePosted:
    """People inside were told how it stands.

    Attributes:
        next_update_at: When the next word was promised, or none.
        told: Whom it was sent to, such as ``user:mia``; empty where the severity
            matrix names nobody for this audience.
    """

    update_id: UpdateId
    audience: Audience
    text: str
    by: Slug
    next_update_at: datetime | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationsAdded:
    """New promises are owed from now on."""

    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationsCancelled:
    """Promises that are not owed any more."""

    obligations: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationMet:
    """A promise was met, in time or late."""

    obligation: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationReminded:
    """Its owner was reminded of a promise."""

    obligation: str
    point: ReminderPoint
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationMissed:
    """A deadline passed with the promise unmet."""

    obligation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationStarted:
    """Somebody set about stopping the bleeding."""

    mitigation_id: MitigationId
    kind: MitigationKind
    title: str
    entry: Slug | None
    by: Slug
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationCarriedOut:
    """The system that was asked has answered, or nobody knows whether it has.

    Attributes:
        outcome: ``failed`` or ``unknown``; none where the call succeeded, which says
            nothing yet of whether it helped.
    """

    mitigation_id: MitigationId
    answer: str
    outcome: MitigationOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationJudged:
    """A person said whether it helped."""

    mitigation_id: MitigationId
    outcome: MitigationOutcome
    remark: str
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded:
    """Something to do during the incident."""

    task_id: TaskId
    title: str
    assignee: Slug | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned:
    """A task is somebody's, or nobody's again."""

    task_id: TaskId
    assignee: Slug | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """A task is done, or not done after all."""

    task_id: TaskId
    is_done: bool
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePublished:
    """The public was told.

    Attributes:
        shown_at: When it is said to have held, where it was backfilled; else none.
        is_correction: It puts an earlier notice right.
    """

    notice_id: NoticeId
    stage: NoticeStage
    title: str
    text: str
    components: Mapping[Slug, ComponentStatus]
    by: Slug
    next_update_at: datetime | None = None
    shown_at: datetime | None = None
    is_correction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinked:
    """A page belongs to this incident."""

    page_id: PageId
    purpose: PagePurpose
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderAcknowledged:
    """Somebody answered a page of this incident."""

    page_id: PageId
    purpose: PagePurpose
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequested:
    """It is to become a backlog ticket in the team's tracker."""

    ticket_id: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    """The tracker took it."""

    ticket_id: TicketId
    reference: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemDrafted:
    """The learning began, from the record."""

    postmortem_id: PostmortemId


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemPublished:
    """What was learned is there for everybody to read."""

    postmortem_id: PostmortemId


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningFinished:
    """Postmortem published and every action item done, waived or moved."""

    why: str


IncidentEvent = (
    IncidentDeclared
    | FactsAmended
    | SeverityChanged
    | StageMoved
    | IncidentResolved
    | IncidentDeclined
    | IncidentMerged
    | IncidentAbsorbed
    | IncidentReopened
    | CommandHandedOver
    | CommandOffered
    | RoleTaken
    | RoleLeft
    | NoteAdded
    | EntryCorrected
    | EntryPinned
    | EvidenceAttached
    | UpdatePosted
    | ObligationsAdded
    | ObligationsCancelled
    | ObligationMet
    | ObligationReminded
    | ObligationMissed
    | MitigationStarted
    | MitigationCarriedOut
    | MitigationJudged
    | TaskAdded
    | TaskAssigned
    | TaskDone
    | NoticePublished
    | PageLinked
    | ResponderAcknowledged
    | TicketRequested
    | TicketOpened
    | PostmortemDrafted
    | PostmortemPublished
    | LearningFinished
)
