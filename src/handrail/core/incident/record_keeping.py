"""What people write into the record: notes, pins, tasks, updates, mitigations."""

from datetime import datetime

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import MitigationId, Slug, TaskId, UpdateId
from handrail.core.incident import event as e
from handrail.core.incident.command import (
    mitigated,
    optional_text,
    require_responding,
    require_text,
    to_mitigating,
)
from handrail.core.incident.incident import Incident, Task
from handrail.core.incident.stage import Stage
from handrail.core.mitigation.mitigation import (
    Mitigation,
    MitigationKind,
    MitigationOutcome,
)


def note(text: str, *, by: Slug) -> tuple[e.IncidentEvent, ...]:
    """Write something down; possible at any stage, since memory comes late."""
    return (e.NoteAdded(text=require_text(text, field="text"), by=by),)


def correct(
    incident: Incident, entry: int, text: str, *, by: Slug
) -> tuple[e.IncidentEvent, ...]:
    """Put an entry right by a new one that refers to it.

    Raises:
        NotFoundError: There is no such entry.
    """
    _require_entry(incident, entry)
    said = require_text(text, field="text")
    return (e.EntryCorrected(entry=entry, text=said, by=by),)


def pin(incident: Incident, entry: int, *, on: bool) -> tuple[e.IncidentEvent, ...]:
    """Pin or unpin an entry.

    Raises:
        NotFoundError: There is no such entry.
    """
    _require_entry(incident, entry)
    if (entry in incident.pinned) is on:
        return ()
    return (e.EntryPinned(entry=entry, is_pinned=on),)


def _require_entry(incident: Incident, entry: int) -> None:
    if not 1 <= entry <= incident.sequence:
        msg = f"{incident.name} has no entry {entry}; they go from 1 to "
        msg += str(incident.sequence)
        raise NotFoundError(msg)


def post_update(  # noqa: PLR0913 - one word to people has these parts
    incident: Incident,
    update_id: UpdateId,
    *,
    text: str,
    audience: e.Audience,
    by: Slug,
    next_update_at: datetime | None,
    now: datetime,
    told: tuple[str, ...] = (),
) -> tuple[e.IncidentEvent, ...]:
    """Tell people inside how it stands; "nothing new" counts.

    Raises:
        InvalidError: The text is empty, or the next word is promised for the past or
            for too far ahead.
    """
    require_promise(next_update_at, now=now)
    return (
        e.UpdatePosted(
            update_id=update_id,
            audience=audience,
            text=require_text(text, field="text", most=limits.UPDATE_CHARS_MAX),
            by=by,
            next_update_at=next_update_at if incident.is_responding else None,
            told=told,
        ),
    )


def require_promise(next_update_at: datetime | None, *, now: datetime) -> None:
    """Return if the next word is promised for the future, or not at all.

    Raises:
        InvalidError: It is promised for the past, or for too far ahead.
    """
    if next_update_at is not None and next_update_at - now > limits.PROMISE_MAX:
        days = limits.PROMISE_MAX.days
        msg = f"the next update is promised for over {days} days ahead"
        raise InvalidError(msg, fields={"next_update_at": "too far ahead"})
    if next_update_at is not None and next_update_at <= now:
        msg = "the next update is promised for the past; name a time to come"
        raise InvalidError(msg, fields={"next_update_at": "lies in the past"})


def start_mitigation(  # noqa: PLR0913 - what was tried, and by whom
    incident: Incident,
    mitigation_id: MitigationId,
    *,
    kind: MitigationKind,
    title: str,
    by: Slug,
    entry: Slug | None = None,
    is_automatic: bool = False,
) -> tuple[e.IncidentEvent, ...]:
    """Record that somebody sets about stopping the bleeding; it ends the triage.

    Raises:
        ConflictError: The response has ended.
    """
    require_responding(incident, "mitigate it")
    said = require_text(title, field="title", most=limits.TITLE_CHARS_MAX)
    started = e.MitigationStarted(
        mitigation_id=mitigation_id,
        kind=kind,
        title=said,
        entry=entry,
        by=by,
        is_automatic=is_automatic,
    )
    return (*to_mitigating(incident, reason=f"mitigation started: {said}"), started)


def judge_mitigation(
    incident: Incident,
    mitigation_id: MitigationId,
    *,
    outcome: MitigationOutcome,
    remark: str,
    by: Slug,
) -> tuple[e.IncidentEvent, ...]:
    """Say whether it helped; one that worked stops the impact.

    Raises:
        NotFoundError: There is no such mitigation.
        ConflictError: It is still being carried out.
    """
    tried = find_mitigation(incident, mitigation_id)
    if tried.is_automatic and tried.carried_out_at is None:
        msg = f"{tried.title!r} is still being carried out; wait for its answer"
        raise ConflictError(msg)
    judged = e.MitigationJudged(
        mitigation_id=mitigation_id,
        outcome=outcome,
        remark=optional_text(remark, field="remark"),
        by=by,
    )
    is_over = outcome is MitigationOutcome.WORKED and incident.stage in {
        Stage.TRIAGE,
        Stage.MITIGATE,
    }
    if not is_over:
        return (judged,)
    return (judged, *mitigated(incident, reason=f"{tried.title} worked"))


def find_mitigation(incident: Incident, mitigation_id: MitigationId) -> Mitigation:
    """Return the mitigation of this id.

    Raises:
        NotFoundError: There is none.
    """
    for tried in incident.mitigations:
        if tried.id == mitigation_id:
            return tried
    msg = f"{incident.name} has no mitigation {mitigation_id}"
    raise NotFoundError(msg)


def add_task(
    task_id: TaskId, *, title: str, assignee: Slug | None
) -> tuple[e.IncidentEvent, ...]:
    """Add something to do."""
    said = require_text(title, field="title", most=limits.TITLE_CHARS_MAX)
    return (e.TaskAdded(task_id=task_id, title=said, assignee=assignee),)


def assign_task(
    incident: Incident, task_id: TaskId, *, assignee: Slug | None
) -> tuple[e.IncidentEvent, ...]:
    """Make a task somebody's, or nobody's.

    Raises:
        NotFoundError: There is no such task.
    """
    if find_task(incident, task_id).assignee == assignee:
        return ()
    return (e.TaskAssigned(task_id=task_id, assignee=assignee),)


def finish_task(
    incident: Incident, task_id: TaskId, *, done: bool, by: Slug
) -> tuple[e.IncidentEvent, ...]:
    """Say that a task is done, or not after all.

    Raises:
        NotFoundError: There is no such task.
    """
    if (find_task(incident, task_id).done_at is not None) is done:
        return ()
    return (e.TaskDone(task_id=task_id, is_done=done, by=by),)


def find_task(incident: Incident, task_id: TaskId) -> Task:
    """Return the task of this id.

    Raises:
        NotFoundError: There is none.
    """
    for task in incident.tasks:
        if task.id == task_id:
            return task
    msg = f"{incident.name} has no task {task_id}"
    raise NotFoundError(msg)
