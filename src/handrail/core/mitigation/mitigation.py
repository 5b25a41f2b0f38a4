"""A mitigation: what was tried to stop the bleeding, by whom, and whether it helped."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import MitigationId, Slug


@unique
class MitigationKind(StrEnum):
    """The ways to stop the bleeding before anybody knows why."""

    ROLL_BACK = "roll_back"
    FAIL_OVER = "fail_over"
    SHED_LOAD = "shed_load"
    FLAG_OFF = "flag_off"
    SCALE_UP = "scale_up"
    RESTART = "restart"
    CUSTOM = "custom"


@unique
class MitigationOutcome(StrEnum):
    """What came of it. ``unknown``: it may or may not have been carried out."""

    WORKED = "worked"
    HELPED_PARTLY = "helped_partly"
    DID_NOT_HELP = "did_not_help"
    MADE_WORSE = "made_worse"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation:
    """One act of one incident.

    Attributes:
        entry: Of the catalogue, or none for free text.
        answer: What came back from the system it was asked of, or "".
        is_automatic: Handrail carries it out by an HTTP call.
        carried_out_at: When that call was answered; none while it is not.
        outcome: As people judged it, or ``failed`` or ``unknown`` by the call; none
            while it is under way or not judged.
    """

    id: MitigationId
    kind: MitigationKind
    title: str
    entry: Slug | None
    by: Slug
    started_at: datetime
    is_automatic: bool = False
    answer: str = ""
    carried_out_at: datetime | None = None
    outcome: MitigationOutcome | None = None
    ended_at: datetime | None = None
    remark: str = ""
