"""Action items on the wire: what is changed because of an incident."""

from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import Deps, GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core import wall_clock
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.postmortem.action_item import (
    ActionCategory,
    ActionItem,
    ActionPlan,
    ActionState,
)
from handrail.ports.store import Transaction
from handrail.usecases import action_item
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.postmortem_record import find_item


@unique
class ActionChoice(StrEnum):
    """Which of the list are wanted."""

    OPEN = "open"
    ALL = "all"


Choice = Annotated[
    ActionChoice, QueryParameter(name="state", description="Which of them are wanted.")
]
Owner = Annotated[
    str | None, QueryParameter(name="owner", description="Only those of this user.")
]


class ActionItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One action item; ``is_overdue`` by its owner's calendar."""

    name: str
    incident: str
    title: str
    category: ActionCategory | None
    owner: str | None
    due_on: date | None
    is_overdue: bool
    link: str
    mechanism: str
    check: str
    state: ActionState
    outcome: str
    version: int
    created_at: datetime
    changed_by: str
    changed_at: datetime
    closed_at: datetime | None


class ActionItemList(msgspec.Struct, frozen=True, kw_only=True):
    """Action items, soonest due first; those without a date last."""

    items: list[ActionItemView]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done; only the title is needed to begin with."""

    title: str
    category: ActionCategory | None = None
    owner: str | None = None
    due_on: date | None = None
    link: str = ""
    mechanism: str = ""
    check: str = ""


class NewActionItem(Plan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan, and the incident it is because of."""

    incident: str


class ChangedPlan(Plan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole plan as it is to read, and the version it was read at."""

    version: int


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the check gave."""

    result: str


class ItemReason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


class Move(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it lives on; the item's own link stands in for an empty one."""

    link: str = ""
    reason: str = ""


def view(item: ActionItem, *, snapshot: Snapshot, now: datetime) -> ActionItemView:
    """Return the item as the wire has it."""
    plan = item.plan
    owner = snapshot.users.get(plan.owner) if plan.owner else None
    zone = wall_clock.zone(owner.time_zone if owner else "UTC")
    return ActionItemView(
        name=item.name,
        incident=f"INC-{item.incident_number}",
        title=plan.title,
        category=plan.category,
        owner=plan.owner,
        due_on=plan.due_on,
        is_overdue=item.is_overdue(wall_clock.local(now, zone).date()),
        link=plan.link,
        mechanism=plan.mechanism,
        check=plan.check,
        state=item.state,
        outcome=item.outcome,
        version=item.sequence,
        created_at=item.created_at,
        changed_by=item.changed_by,
        changed_at=item.changed_at,
        closed_at=item.closed_at,
    )


def _plan(said: Plan) -> ActionPlan:
    return ActionPlan(
        title=said.title,
        category=said.category,
        owner=Slug(said.owner) if said.owner else None,
        due_on=said.due_on,
        link=said.link,
        mechanism=said.mechanism,
        check=said.check,
    )


def _view_of(tx: Transaction, item: ActionItem) -> ActionItemView:
    return view(item, snapshot=tx.configuration.snapshot(), now=tx.now)


def _desk(tx: Transaction, deps: Deps, actor: Actor) -> Desk:
    return Desk(tx=tx, actor=actor, ids=deps.ids)


_READ = {"verb": Verb.INCIDENT_READ}
_ACT = {"verb": Verb.INCIDENT_ACT}


@get("/action-items", opt=_READ, sync_to_thread=True, tags=["action items"])
def list_action_items(
    deps: GivenDeps,
    actor: GivenActor,
    which: Choice = ActionChoice.OPEN,
    owner: Owner = None,
    limit: Limit = STRETCH_DEFAULT,
) -> ActionItemList:
    """Return action items of every postmortem, soonest due first."""

    def look(tx: Transaction) -> ActionItemList:
        found = tx.action_item.search(
            viewer=viewer_of(actor),
            open_only=which is ActionChoice.OPEN,
            owner=Slug(owner) if owner else None,
            limit=limit,
        )
        return ActionItemList(items=[_view_of(tx, item) for item in found])

    return deps.store.read(look)


@get("/action-items/{name:str}", opt=_READ, sync_to_thread=True, tags=["action items"])
def get_action_item(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> ActionItemView:
    """Return one action item."""
    viewer = viewer_of(actor)
    return deps.store.read(lambda tx: _view_of(tx, find_item(tx, name, viewer=viewer)))


@post("/action-items", opt=_ACT, sync_to_thread=True, tags=["action items"])
def add_action_item(
    data: JSONBody[NewActionItem], deps: GivenDeps, actor: GivenActor
) -> ActionItemView:
    """Add something that is to be changed because of an incident."""
    return deps.store.run(
        lambda tx: _view_of(
            tx, action_item.add(_desk(tx, deps, actor), data.incident, _plan(data))
        )
    )


@post(
    "/action-items/{name:str}",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=["action items"],
)
def change_action_item(
    name: FromPath[str], data: JSONBody[ChangedPlan], deps: GivenDeps, actor: GivenActor
) -> ActionItemView:
    """Let the whole plan read otherwise."""
    return deps.store.run(
        lambda tx: _view_of(
            tx,
            action_item.change(
                _desk(tx, deps, actor), name, _plan(data), version=data.version
            ),
        )
    )


@post(
    "/action-items/{name:str}/done",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=["action items"],
)
def finish_action_item(
    name: FromPath[str], data: JSONBody[Result], deps: GivenDeps, actor: GivenActor
) -> ActionItemView:
    """Say that it is done, and what its check gave."""
    return deps.store.run(
        lambda tx: _view_of(
            tx, action_item.done(_desk(tx, deps, actor), name, result=data.result)
        )
    )


@post(
    "/action-items/{name:str}/waive",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=["action items"],
)
def waive_action_item(
    name: FromPath[str],
    data: JSONBody[ItemReason],
    deps: GivenDeps,
    actor: GivenActor,
) -> ActionItemView:
    """Say that it is not done, and why."""
    return deps.store.run(
        lambda tx: _view_of(
            tx, action_item.waive(_desk(tx, deps, actor), name, reason=data.reason)
        )
    )


@post(
    "/action-items/{name:str}/move",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=["action items"],
)
def move_action_item(
    name: FromPath[str], data: JSONBody[Move], deps: GivenDeps, actor: GivenActor
) -> ActionItemView:
    """Say that it lives on in the tracker."""
    return deps.store.run(
        lambda tx: _view_of(
            tx,
            action_item.move(
                _desk(tx, deps, actor), name, link=data.link, reason=data.reason
            ),
        )
    )


@post(
    "/action-items/{name:str}/reopen",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=["action items"],
)
def reopen_action_item(
    name: FromPath[str],
    data: JSONBody[ItemReason],
    deps: GivenDeps,
    actor: GivenActor,
) -> ActionItemView:
    """Say that it is to be done after all."""
    return deps.store.run(
        lambda tx: _view_of(
            tx, action_item.reopen(_desk(tx, deps, actor), name, reason=data.reason)
        )
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_action_items,
    get_action_item,
    add_action_item,
    change_action_item,
    finish_action_item,
    waive_action_item,
    move_action_item,
    reopen_action_item,
)
