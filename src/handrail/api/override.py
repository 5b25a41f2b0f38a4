"""Overrides on the wire: who is on call instead, beside, or not, for a while."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core.access.permission import Verb
from handrail.core.cover.span_text import SpanText
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import OverrideMode
from handrail.ports.store import Transaction
from handrail.usecases import override
from handrail.usecases.desk import Desk
from handrail.usecases.override import Added, Wish, find_schedule


@unique
class OverrideChoice(StrEnum):
    """Which of the list are wanted."""

    CURRENT = "current"
    ALL = "all"


@unique
class OverrideState(StrEnum):
    """Where an override stands."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


OfSchedule = Annotated[
    str | None, QueryParameter(name="schedule", description="Only of this schedule.")
]
Choice = Annotated[
    OverrideChoice,
    QueryParameter(name="state", description="Without those that are over, or all."),
]


class ShadowView(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"starts_at": "from", "ends_at": "until"},
):
    """A stretch in which the override changes nothing, and which one undoes it.

    Attributes:
        by: None where there is nothing to change: nobody to relieve is on call.
    """

    starts_at: datetime
    ends_at: datetime
    by: str | None


class OverrideView(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"starts_at": "from", "ends_at": "until"},
):
    """One override.

    Attributes:
        managed_by: ``file``, or ``console``: made by a person, and can be removed.
        shadowed: Where it changes nothing, from now on.
        doubts: The same in words.
        notes: What was to be known when it was made or ended; else none.
    """

    name: str
    schedule: str
    time_zone: str
    user: str
    mode: OverrideMode
    instead_of: str | None
    starts_at: datetime
    ends_at: datetime
    state: OverrideState
    managed_by: str
    shadowed: list[ShadowView]
    doubts: list[str]
    notes: list[str]


class OverrideList(msgspec.Struct, frozen=True, kw_only=True):
    """Overrides by their beginning."""

    items: list[OverrideView]


class NewOverride(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"starts": "from", "ends": "until", "lasts": "for"},
):
    """An override as it is asked for.

    Attributes:
        user: Who; left out, who asks.
        starts: ``now``, ``+2h``, ``18:00``, ``fri 18:00``, a local date, or date and
            time, in the schedule's zone, or an instant. Left out, now.
        ends: The same; or instead
        lasts: a length, such as ``2h``.
    """

    schedule: str
    user: str | None = None
    mode: OverrideMode = OverrideMode.REPLACE
    instead_of: str | None = None
    starts: str = ""
    ends: str = ""
    lasts: str = ""


def view(
    found: override.OverrideView, *, notes: tuple[str, ...], now: datetime
) -> OverrideView:
    """Return the override as the wire has it."""
    one = found.override
    state = OverrideState.COMING if one.starts_at > now else OverrideState.RUNNING
    return OverrideView(
        name=one.name,
        schedule=found.schedule.name,
        time_zone=found.schedule.time_zone,
        user=one.user,
        mode=one.mode,
        instead_of=one.instead_of,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=OverrideState.OVER if one.ends_at <= now else state,
        managed_by=found.managed_by,
        shadowed=[
            ShadowView(starts_at=s.starts_at, ends_at=s.ends_at, by=s.by)
            for s in found.shadowed
        ],
        doubts=list(found.doubts()),
        notes=list(notes),
    )


def _added(added: Added, now: datetime) -> OverrideView:
    return view(added.view, notes=added.notes, now=now)


@get(
    "/overrides", opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, tags=["on call"]
)
def list_overrides(
    deps: GivenDeps,
    schedule: OfSchedule = None,
    which: Choice = OverrideChoice.CURRENT,
    limit: Limit = STRETCH_DEFAULT,
) -> OverrideList:
    """Return overrides by their beginning, with where they change nothing."""

    def look(tx: Transaction) -> OverrideList:
        found = override.show_all(
            tx,
            schedule=Slug(schedule) if schedule else None,
            is_all=which is OverrideChoice.ALL,
            limit=limit,
        )
        return OverrideList(items=[view(one, notes=(), now=tx.now) for one in found])

    return deps.store.read(look)


@post(
    "/overrides",
    opt={"verb": Verb.ONCALL_CHANGE},
    sync_to_thread=True,
    tags=["on call"],
)
def add_override(
    data: JSONBody[NewOverride], deps: GivenDeps, actor: GivenActor
) -> OverrideView:
    """Put somebody on call, or take somebody off, for a while."""

    def work(tx: Transaction) -> OverrideView:
        name = Slug(data.schedule)
        zone = find_schedule(tx.configuration.snapshot(), name).time_zone
        text = SpanText(starts=data.starts, ends=data.ends, lasts=data.lasts)
        starts_at, ends_at = text.read(zone, now=tx.now)
        wish = Wish(
            schedule=name,
            user=Slug(data.user) if data.user else None,
            starts_at=starts_at,
            ends_at=ends_at,
            mode=data.mode,
            instead_of=Slug(data.instead_of) if data.instead_of else None,
        )
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        return _added(override.add(desk, wish), tx.now)

    return deps.store.run(work)


@post(
    "/overrides/{name:str}/remove",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def remove_override(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> OverrideView:
    """End a running override now; one that has not begun never comes to be."""

    def work(tx: Transaction) -> OverrideView:
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        return _added(override.remove(desk, Slug(name)), tx.now)

    return deps.store.run(work)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_overrides,
    add_override,
    remove_override,
)
