"""Overrides in the console: who stands in, and the form to make it so."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.cover.span_text import SpanText
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import OverrideMode
from handrail.ports.store import Transaction
from handrail.usecases import override
from handrail.usecases.desk import Desk
from handrail.usecases.override import Wish, find_schedule
from handrail.web.act import Form, one_of, slug_in
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, refused, status_of
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.oncall_change import (
    NOTHING,
    OverrideScreen,
    choices,
    override_row,
)
from handrail.web.screens.refusal import Refusal

PLACE = "/oncall/overrides"
ROWS_SHOWN = 100


@get(
    PLACE, opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, include_in_schema=False
)
def list_overrides(
    console: GivenConsole, actor: GivenActor, schedule: FromQuery[str | None] = None
) -> Response[str]:
    """List overrides that run or come, with the form for a new one."""
    shown = console.store.read(lambda tx: _show(tx, actor, first=schedule or ""))
    return shown.response("overrides.html")


@post(PLACE, opt={"verb": Verb.ONCALL_CHANGE}, include_in_schema=False)
async def add_override(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Put somebody on call, or take somebody off, for a while."""
    form = await fields(request)

    def work(tx: Transaction) -> tuple[str, ...]:
        made = override.add(Desk(tx=tx, actor=actor, ids=console.ids), _wish(tx, form))
        return (f"{made.view.override.name} is made.", *made.notes)

    return await _acted(console, actor, work, act="add", form=form)


@post(
    "/oncall/overrides/{name:str}/remove",
    opt={"verb": Verb.ONCALL_CHANGE},
    include_in_schema=False,
)
async def remove_override(
    name: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """End an override."""

    def work(tx: Transaction) -> tuple[str, ...]:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        return (f"{name} is ended.", *override.remove(desk, Slug(name)).notes)

    return await _acted(console, actor, work, act="remove", form={})


def _wish(tx: Transaction, form: Form) -> Wish:
    name = Slug(form.get("schedule", ""))
    schedule = find_schedule(tx.configuration.snapshot(), name)
    text = SpanText(
        starts=form.get("from", ""),
        ends=form.get("until", ""),
        lasts=form.get("for", "") if not form.get("until") else "",
    )
    starts_at, ends_at = text.read(schedule.time_zone, now=tx.now)
    return Wish(
        schedule=name,
        user=slug_in(form, "user"),
        starts_at=starts_at,
        ends_at=ends_at,
        mode=one_of(OverrideMode, form, "mode"),
        instead_of=slug_in(form, "instead_of"),
    )


async def _acted(
    console: Console,
    actor: Actor,
    work: Callable[[Transaction], tuple[str, ...]],
    *,
    act: str,
    form: Form,
) -> Response[str]:
    refusal, status = NOTHING, 200
    notes: tuple[str, ...] = ()
    try:
        notes = await sync_to_thread(console.store.run, work)
    except REFUSALS as error:
        status, refusal = status_of(error), refused(act, error, form)
    shown = await sync_to_thread(
        console.store.read,
        lambda tx: _show(
            tx, actor, first=form.get("schedule", ""), refusal=refusal, notes=notes
        ),
    )
    return shown.response("overrides.html", status=status)


def _show(
    tx: Transaction,
    actor: Actor,
    *,
    first: str,
    refusal: Refusal = NOTHING,
    notes: tuple[str, ...] = (),
) -> Shown:
    reader = reader_of(tx, actor)
    found = override.show_all(tx, schedule=None, is_all=False, limit=ROWS_SHOWN)
    rows = [
        override_row(
            one.schedule,
            one.override,
            doubts=one.doubts(reader.zone),
            can_remove=actor.may(Verb.ONCALL_CHANGE)
            and override.may_remove(actor, one, reader.snapshot, tx.now),
            reader=reader,
        )
        for one in found
    ]
    screen = OverrideScreen(
        rows=tuple(rows),
        choices=choices(reader, first=first),
        refusal=refusal,
        notes=notes,
    )
    asked = Asked(actor=actor, place="/oncall")
    return Shown(screen=screen, chrome=frame(tx, "Overrides", asked))


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_overrides,
    add_override,
    remove_override,
)
