"""An incident's record on the wire: read it, write notes, tasks and updates into it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.incident import (
    NUMBER_MAX,
    KnownAt,
    Moment,
    Name,
    Number,
    Text,
    Title,
    acted,
    in_utc,
)
from handrail.api.incident_view import IncidentDetail
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core import limits
from handrail.core.access.permission import Verb
from handrail.core.ids import Slug, TaskId
from handrail.core.incident.event import Audience
from handrail.core.incident.wording import EntryKind
from handrail.ports.store import Transaction
from handrail.usecases import incident as use
from handrail.usecases.desk import viewer_of
from handrail.usecases.incident_record import find
from handrail.usecases.timeline import TimelineEntry, timeline

ENGINE = "engine"


@unique
class Voice(StrEnum):
    """Whose voice an entry has: a person's, the machine's, or a word to people."""

    HUMAN = "human"
    MACHINE = "machine"
    COMMS = "comms"


AfterEntry = Annotated[
    int,
    QueryParameter(
        ge=0, le=NUMBER_MAX, description="Only entries of a higher number: `next`."
    ),
]
Voices = Annotated[
    Voice | None,
    QueryParameter(name="kind", description="Only entries of this kind."),
]


class TimelineEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the timeline; its number never changes, and it is never edited.

    Attributes:
        kind: What happened, such as ``severity_changed``.
        actor: ``user:ana``, ``token:ci``, ``operator`` or ``engine``.
        what: One sentence.
        words: What a person wrote, or "".
        corrects: The entry that this one puts right, or none.
        corrected_by: The last entry that puts this one right, or none.
        evidence_id: The file it attached, or none.
    """

    sequence: int
    kind: str
    sort: EntryKind
    voice: Voice
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    what: str
    words: str
    is_pinned: bool
    corrects: int | None
    corrected_by: int | None
    evidence_id: str | None


class TimelineStretch(msgspec.Struct, frozen=True, kw_only=True):
    """Entries in the order they were recorded in; ``next`` goes into ``after``."""

    items: list[TimelineEntryView]
    next: int | None


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen, tried or decided, and when: by default now."""

    text: Text
    at: Moment | None = None


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an earlier entry should have said."""

    entry: Number
    text: Text


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which entry stands above the others, or does not any more."""

    entry: Number
    is_pinned: bool = True


class Update(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it stands, for people inside; ``next_update_at`` promises the next word."""

    text: Annotated[str, msgspec.Meta(max_length=limits.UPDATE_CHARS_MAX)]
    audience: Audience = Audience.STAKEHOLDERS
    next_update_at: Moment | None = None


class NewTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to do, and by whom."""

    title: Title
    assignee: Name | None = None


class Assignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose the task is; none makes it nobody's."""

    assignee: Name | None


class Done(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the task is done."""

    is_done: bool = True


def voice_of(entry: TimelineEntry) -> Voice:
    """Return whose voice the entry has."""
    if entry.sort is EntryKind.COMMUNICATION:
        return Voice.COMMS
    is_machine = entry.actor == ENGINE or entry.sort is EntryKind.PROMISE
    return Voice.MACHINE if is_machine else Voice.HUMAN


def entry_view(entry: TimelineEntry) -> TimelineEntryView:
    """Return the entry as the wire has it."""
    return TimelineEntryView(
        sequence=entry.sequence,
        kind=entry.kind,
        sort=entry.sort,
        voice=voice_of(entry),
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        what=entry.what,
        words=entry.words,
        is_pinned=entry.is_pinned,
        corrects=entry.corrects,
        corrected_by=entry.corrected_by,
        evidence_id=entry.evidence,
    )


def _stretch(entries: Sequence[TimelineEntry], limit: int) -> TimelineStretch:
    items = [entry_view(entry) for entry in entries[:limit]]
    more = len(entries) > limit
    return TimelineStretch(items=items, next=items[-1].sequence if more else None)


_ACT = {"verb": Verb.INCIDENT_ACT}
_TAGS = ["timeline"]


@get(
    "/incidents/{name:str}/timeline",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=_TAGS,
)
def get_timeline(  # noqa: PLR0913 - each is a part of the address
    name: FromPath[str],
    deps: GivenDeps,
    actor: GivenActor,
    *,
    after: AfterEntry = 0,
    limit: Limit = STRETCH_DEFAULT,
    known_at: KnownAt = None,
    voice: Voices = None,
) -> TimelineStretch:
    """Return what happened, in the order in which it was recorded."""
    at = in_utc(known_at)

    def look(tx: Transaction) -> TimelineStretch:
        found = find(tx, name, viewer=viewer_of(actor))
        entries = timeline(tx, found, after=after, known_at=at)
        wanted = [e for e in entries if voice is None or voice_of(e) is voice]
        return _stretch(sorted(wanted, key=lambda e: e.sequence), limit)

    return deps.store.read(look)


@post("/incidents/{name:str}/notes", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def add_note(
    name: FromPath[str], data: JSONBody[Note], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Write down what was seen, tried or decided."""
    at = in_utc(data.at)
    return acted(deps, actor, lambda d: use.note(d, name, data.text, at=at))


@post("/incidents/{name:str}/corrections", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def correct_entry(
    name: FromPath[str], data: JSONBody[Correction], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Put an entry right by a new one that refers to it."""
    return acted(deps, actor, lambda d: use.correct(d, name, data.entry, data.text))


@post(
    "/incidents/{name:str}/pins",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def pin_entry(
    name: FromPath[str], data: JSONBody[Pin], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Pin or unpin an entry."""
    return acted(deps, actor, lambda d: use.pin(d, name, data.entry, on=data.is_pinned))


@post("/incidents/{name:str}/updates", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def post_update(
    name: FromPath[str], data: JSONBody[Update], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Tell people inside how it stands; "nothing new" counts."""
    next_update_at = in_utc(data.next_update_at)
    return acted(
        deps,
        actor,
        lambda desk: use.post_update(
            desk,
            name,
            text=data.text,
            audience=data.audience,
            next_update_at=next_update_at,
        ),
    )


@post("/incidents/{name:str}/tasks", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def add_task(
    name: FromPath[str], data: JSONBody[NewTask], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Add something to do."""
    assignee = Slug(data.assignee) if data.assignee else None
    return acted(
        deps,
        actor,
        lambda d: use.add_task(d, name, title=data.title, assignee=assignee),
    )


@post(
    "/incidents/{name:str}/tasks/{task_id:str}/assign",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def assign_task(
    name: FromPath[str],
    task_id: FromPath[str],
    data: JSONBody[Assignment],
    deps: GivenDeps,
    actor: GivenActor,
) -> IncidentDetail:
    """Make a task somebody's, or nobody's."""
    assignee = Slug(data.assignee) if data.assignee else None
    return acted(
        deps, actor, lambda d: use.assign_task(d, name, TaskId(task_id), assignee)
    )


@post(
    "/incidents/{name:str}/tasks/{task_id:str}/done",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def finish_task(
    name: FromPath[str],
    task_id: FromPath[str],
    data: JSONBody[Done],
    deps: GivenDeps,
    actor: GivenActor,
) -> IncidentDetail:
    """Say that a task is done, or not after all."""
    return acted(
        deps,
        actor,
        lambda d: use.finish_task(d, name, TaskId(task_id), done=data.is_done),
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    get_timeline,
    add_note,
    correct_entry,
    pin_entry,
    post_update,
    add_task,
    assign_task,
    finish_task,
)
