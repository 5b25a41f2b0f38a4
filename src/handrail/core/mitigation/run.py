"""A run of the catalogue: a call that is made once at most, whatever happens to us.

Claimed, called, recorded: three steps, and a crash between the second and the third
leaves nobody knowing whether the call was made. Then the run is *unknown*: repeating a
fail-over could undo it, so only a person runs it again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique

from handrail.core import limits
from handrail.core.ids import IncidentId, MitigationId, NodeId, Slug
from handrail.core.mitigation.catalogue import Call
from handrail.core.mitigation.mitigation import MitigationOutcome

NOBODY_KNOWS = (
    "the server stopped between the call and its answer: nobody knows whether it was "
    "carried out. It is not repeated by itself; look, then run it again if need be"
)


@unique
class RunState(StrEnum):
    """Where a run stands; ``waiting`` and ``claimed`` are still under way."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationRun:
    """One call that is to be made, or was.

    Attributes:
        id: Of the mitigation that the incident's record has.
        call: As it is made, placeholders filled in; secrets only by reference.
        claimed_by: The node that makes the call, or none.
        due_at: When it is to be called or, once claimed, when the claim lapses; none
            when nothing is to be done any more.
    """

    id: MitigationId
    incident_id: IncidentId
    entry: Slug
    call: Call
    state: RunState
    asked_at: datetime
    due_at: datetime | None
    claimed_by: NodeId | None = None
    ended_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Return whether its answer is still to come."""
        return self.state in {RunState.WAITING, RunState.CLAIMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of the call.

    Attributes:
        outcome: ``failed`` or ``unknown``; none where it was answered with success.
        answer: What came back, in words, secrets masked.
    """

    answer: str
    outcome: MitigationOutcome | None


def claimed(run: MitigationRun, *, node: NodeId, now: datetime) -> MitigationRun:
    """Return the run in the hands of a node, which alone may call, and soon."""
    return replace(
        run,
        state=RunState.CLAIMED,
        claimed_by=node,
        due_at=now + limits.MITIGATION_CLAIM,
    )


def ended(run: MitigationRun, state: RunState, *, now: datetime) -> MitigationRun:
    """Return the run at its end."""
    return replace(run, state=state, due_at=None, ended_at=now)
