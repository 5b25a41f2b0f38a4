"""What people do to who is on call by themselves: put on, take off, undo.

The past is immutable: nothing begins before now, and what runs ends now.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handrail.core.access.actor import Actor
from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import MANAGED_BY_CONSOLE
from handrail.core.configuration.problem import did_you_mean
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.spelling import quoted
from handrail.core.cover import stretch
from handrail.core.cover.authority import directs, require_direction
from handrail.core.cover.new_override import (
    NewOverride,
    Turnover,
    turnover,
    without,
)
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.paging.bulletin import BulletinKind
from handrail.core.schedule.schedule import Override, OverrideMode, Schedule
from handrail.core.schedule.shadowing import Shadowing, shadowings
from handrail.ports.store import Transaction
from handrail.usecases import override_record
from handrail.usecases.desk import Desk
from handrail.usecases.oncall_news import News, tell
from handrail.usecases.override_record import KIND

LENGTH_MAX = timedelta(days=366)
"""Longer than this is a change of the plan; write it into the schedule."""
LOOK_AHEAD = timedelta(days=366)
PATH = "/oncall/overrides"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideView:
    """An override as lists show it.

    Attributes:
        managed_by: ``file`` or ``console``; the latter can be removed here.
        shadowed: Where it changes nothing from now on, and what is to blame.
    """

    schedule: Schedule
    override: Override
    managed_by: str
    shadowed: tuple[Shadowing, ...]

    def doubts(self, zone: str = "") -> tuple[str, ...]:
        """Return in words where it changes nothing, in the zone or the schedule's."""
        zone = zone or self.schedule.time_zone
        return tuple(_doubt(self.override, one, zone) for one in self.shadowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a new override.

    Attributes:
        notes: What whoever made it should know, a sentence each.
    """

    view: OverrideView
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An override as somebody asks for it.

    Attributes:
        user: Who; none for who asks.
        starts_at: UTC; none for now.
        ends_at: UTC, exclusive.
    """

    schedule: Slug
    ends_at: datetime
    user: Slug | None = None
    starts_at: datetime | None = None
    mode: OverrideMode = OverrideMode.REPLACE
    instead_of: Slug | None = None


def add(desk: Desk, wish: Wish) -> Added:
    """Put somebody on call, or take somebody off, for a while.

    Raises:
        ForbiddenError: It moves somebody else, and the actor is no admin or lead.
        InvalidError: It is over already, or names what is not there.
        NotFoundError: There is no such schedule.
    """
    tx = desk.tx
    snapshot = tx.configuration.snapshot()
    schedule = find_schedule(snapshot, wish.schedule)
    new, notes = _placed(desk, wish, schedule)
    _require_authority(desk.actor, new, snapshot)
    (made,) = override_record.put(
        tx,
        [new],
        decided_on=snapshot,
        by=str(desk.actor),
        because="override",
        ids=desk.ids,
    )
    after = tx.configuration.snapshot().schedules[schedule.name]
    notes += _shadow_notes(after, made, now=tx.now)
    moved = turnover(schedule, after, new.starts_at, new.ends_at)
    notes += _tell(desk, after, made, moved, verb="put")
    return Added(view=_view(after, made, MANAGED_BY_CONSOLE, now=tx.now), notes=notes)


def remove(desk: Desk, name: Slug) -> Added:
    """End an override: a running one now, a coming one before it begins.

    Raises:
        ConflictError: It is over, or a file holds it.
        ForbiddenError: It brings somebody else on call, takes somebody off whom the
            actor does not relieve, or leaves nobody, and the actor is no admin or lead.
        NotFoundError: There is no such override.
    """
    tx = desk.tx
    snapshot = tx.configuration.snapshot()
    document, view = _find(tx, name)
    schedule, override = view.schedule, view.override
    _require_removable(view, now=tx.now)
    start = max(override.starts_at, tx.now.replace(microsecond=0))
    moved = turnover(schedule, without(schedule, name), start, override.ends_at)
    _require_undoable(desk.actor, view, moved, snapshot)
    override_record.end(
        tx, document, decided_on=snapshot, by=str(desk.actor), ids=desk.ids
    )
    notes = _tell(desk, schedule, override, moved, verb="ended")
    ended = replace(override, ends_at=min(override.ends_at, start))
    return Added(view=replace(view, override=ended, shadowed=()), notes=notes)


def show_all(
    tx: Transaction, *, schedule: Slug | None, is_all: bool, limit: int
) -> list[OverrideView]:
    """Return overrides by their beginning: those that run or come, or all of them.

    Raises:
        NotFoundError: There is no such schedule.
    """
    snapshot = tx.configuration.snapshot()
    if schedule is not None:
        found = [find_schedule(snapshot, schedule)]
    else:
        found = list(snapshot.schedules.values())
    managed = {
        document.name: document.managed_by
        for document in tx.configuration.documents()
        if document.kind == KIND
    }
    wanted = sorted(
        (
            (one, override)
            for one in found
            for override in one.overrides
            if is_all or override.ends_at > tx.now
        ),
        key=lambda pair: (pair[1].starts_at, pair[1].order, pair[1].name),
    )
    return [
        _view(one, override, managed.get(override.name, ""), now=tx.now)
        for one, override in wanted[:limit]
    ]


def find_schedule(snapshot: Snapshot, name: Slug) -> Schedule:
    """Return the schedule of that name.

    Raises:
        NotFoundError: There is none.
    """
    if name not in snapshot.schedules:
        known = snapshot.schedules
        hint = did_you_mean(name, known) or f"there are: {', '.join(sorted(known))}"
        msg = f"no schedule {quoted(name)}; {hint}"
        raise NotFoundError(msg)
    return snapshot.schedules[name]


def _placed(
    desk: Desk, wish: Wish, schedule: Schedule
) -> tuple[NewOverride, tuple[str, ...]]:
    """Return the override with its person and its times settled, and what to note."""
    now = desk.tx.now.replace(microsecond=0)
    user = wish.user or desk.actor.user
    if user is None:
        msg = "say who is put on call, as in: payments-primary ben; you are no person"
        raise InvalidError(msg, fields={"user": "is required here"})
    starts_at = now if wish.starts_at is None else wish.starts_at.replace(microsecond=0)
    notes: tuple[str, ...] = ()
    if starts_at < now:
        said = stretch.at_words(starts_at, schedule.time_zone)
        notes = (f"The past stays as it was: it begins now, not {said}.",)
        starts_at = now
    ends_at = wish.ends_at.replace(microsecond=0)
    if ends_at <= starts_at:
        is_past = ends_at <= now
        wrong = "lies in the past" if is_past else "is not after the beginning"
        msg = f"the end {wrong}; who was on call then stays as it was"
        if not is_past:
            msg = f"the end {wrong}"
        raise InvalidError(msg, fields={"until": wrong})
    if ends_at - starts_at > LENGTH_MAX:
        msg = f"an override lasts {LENGTH_MAX.days} days at most; change the schedule"
        raise InvalidError(msg, fields={"until": "is too far away"})
    new = NewOverride(
        schedule=schedule.name,
        user=user,
        starts_at=starts_at,
        ends_at=ends_at,
        mode=wish.mode,
        instead_of=wish.instead_of,
    )
    return new, notes


def _require_authority(actor: Actor, new: NewOverride, snapshot: Snapshot) -> None:
    is_self = actor.user is not None and new.user == actor.user
    if is_self and new.mode is not OverrideMode.REMOVE:
        return
    if new.mode is OverrideMode.REMOVE:
        whom = "yourself" if is_self else new.user
        what = f"Taking {whom} off call"
        instead = f"Ask for cover: handrail oncall cover ask {new.schedule}"
    else:
        what = f"Putting {new.user} on call"
        instead = "You can put yourself on call, or ask others for cover."
    require_direction(actor, new.schedule, snapshot, what=what, instead=instead)


def _require_removable(view: OverrideView, *, now: datetime) -> None:
    name = view.override.name
    if view.override.ends_at <= now:
        msg = f"{name} is over; who was on call then stays as it was"
        raise ConflictError(msg)
    if view.managed_by != MANAGED_BY_CONSOLE:
        msg = f"{name} stands in a configuration file; remove it there and apply it"
        raise ConflictError(msg)


def _require_undoable(
    actor: Actor, view: OverrideView, moved: Turnover, snapshot: Snapshot
) -> None:
    does = _does_to_others(actor, moved)
    if does is None:
        return
    what = f"Ending {view.override.name}, which {does},"
    instead = "Ask for cover instead, or ask them to end it."
    schedule = view.schedule.name
    require_direction(actor, schedule, snapshot, what=what, instead=instead)


def _does_to_others(actor: Actor, moved: Turnover) -> str | None:
    """Return in words what a change does to others than the actor, or none.

    Who comes on call by it themselves relieves whoever goes; that is no harm.
    """
    comes = sorted(moved.comes - {actor.user})
    if comes:
        return f"puts {', '.join(comes)} on call"
    if moved.opens_gap:
        return "leaves nobody on call"
    goes = sorted(moved.goes - {actor.user})
    if goes and not moved.comes:
        return f"takes {', '.join(goes)} off call"
    return None


def _find(tx: Transaction, name: Slug) -> tuple[Document, OverrideView]:
    documents = [d for d in tx.configuration.documents() if d.kind == KIND]
    document = next((d for d in documents if d.name == name), None)
    if document is None:
        hint = did_you_mean(name, [d.name for d in documents])
        msg = f"no override {quoted(name)}; {hint or 'list them'}"
        raise NotFoundError(msg)
    schedules = tx.configuration.snapshot().schedules
    schedule = schedules[Slug(json.loads(document.body)["schedule"])]
    override = next(o for o in schedule.overrides if o.name == name)
    return document, _view(schedule, override, document.managed_by, now=tx.now)


def _view(
    schedule: Schedule, override: Override, managed_by: str, *, now: datetime
) -> OverrideView:
    return OverrideView(
        schedule=schedule,
        override=override,
        managed_by=managed_by,
        shadowed=shadowings(schedule, override, since=now, until=now + LOOK_AHEAD),
    )


def _shadow_notes(after: Schedule, made: Override, *, now: datetime) -> tuple[str, ...]:
    """Return where the new one changes nothing, and which others it undoes."""
    zone, until = after.time_zone, now + LOOK_AHEAD
    own = shadowings(after, made, since=now, until=until)
    found = [_doubt(made, one, zone) for one in own]
    near = (
        o
        for o in after.overrides
        if o.name != made.name
        and o.starts_at < made.ends_at
        and o.ends_at > made.starts_at
    )
    for other in sorted(near, key=lambda o: (o.starts_at, o.order)):
        found += [
            _doubt(other, one, zone)
            for one in shadowings(
                after, other, since=made.starts_at, until=made.ends_at
            )
            if one.by == made.name
        ]
    return tuple(found)


def _doubt(override: Override, one: Shadowing, zone: str) -> str:
    span = stretch.words(one.starts_at, one.ends_at, zone)
    if one.by is not None:
        return f"{override.name} is shadowed by {one.by} from {span}."
    if override.mode is OverrideMode.REMOVE:
        why = f"{override.user} is not on call then"
    elif override.instead_of is not None:
        why = f"{override.instead_of} is not on call then, or {override.user} is"
    else:
        why = f"{override.user} is on call then anyway"
    return f"{override.name} changes nothing from {span}: {why}."


def _tell(
    desk: Desk, schedule: Schedule, override: Override, moved: Turnover, *, verb: str
) -> tuple[str, ...]:
    """Tell those whom somebody else moved; return who cannot be told."""
    by = desk.actor.responder
    now = desk.tx.now
    starts_at = max(override.starts_at, now)
    span = stretch.words(starts_at, override.ends_at, schedule.time_zone)
    unreached: list[Slug] = []
    for users, what in ((moved.comes, "on call"), (moved.goes, "off call")):
        news = News(
            kind=BulletinKind.ONCALL,
            about=override.name,
            title=f"You are {what}: {schedule.title}",
            text=(
                f"{span}, or a part of it.\n"
                f"{by} {'made' if verb == 'put' else 'ended'} {override.name}."
            ),
            link=f"{PATH}?schedule={schedule.name}",
            begins_at=starts_at,
            until=override.ends_at,
        )
        others = sorted(users - {desk.actor.user})
        unreached += tell(desk.tx, news, others, ids=desk.ids) if others else ()
    if not unreached:
        return ()
    return (f"Not told, for want of a contact method: {', '.join(unreached)}.",)


def may_remove(
    actor: Actor, view: OverrideView, snapshot: Snapshot, now: datetime
) -> bool:
    """Return whether this actor may end it now."""
    if view.managed_by != MANAGED_BY_CONSOLE or view.override.ends_at <= now:
        return False
    if directs(actor, view.schedule.name, snapshot):
        return True
    start = max(view.override.starts_at, now.replace(microsecond=0))
    after = without(view.schedule, view.override.name)
    moved = turnover(view.schedule, after, start, view.override.ends_at)
    return _does_to_others(actor, moved) is None
