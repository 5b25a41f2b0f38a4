"""Action items from the console: whose, until when, and what came of them."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.postmortem.action_item import ActionItem
from handrail.ports.store import Transaction
from handrail.usecases import action_item
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.postmortem_record import find_item
from handrail.web.act import Form, whole
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.plan import plan_of
from handrail.web.press import Press, act_named
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.action_item import (
    action_item_list_screen,
    action_item_screen,
)
from handrail.web.screens.refusal import Refusal

PLACE = "/action-items"
ROWS_SHOWN = 200
_TEMPLATE = "action_item.html"
Change = Callable[[Desk, str, Form], ActionItem]


@get(
    PLACE,
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_action_items(
    console: GivenConsole,
    actor: GivenActor,
    *,
    whose: FromQuery[str] = "all",
    show: FromQuery[str] = "open",
) -> Response[str]:
    """List action items, the overdue ones first."""
    is_mine = whose == "mine" and actor.user is not None

    def look(tx: Transaction) -> Shown:
        found = tx.action_item.search(
            viewer=viewer_of(actor),
            open_only=show != "all",
            owner=actor.user if is_mine else None,
            limit=ROWS_SHOWN + 1,
        )
        screen = action_item_list_screen(
            found[:ROWS_SHOWN],
            whose="mine" if is_mine else "all",
            is_all=show == "all",
            is_cut=len(found) > ROWS_SHOWN,
            reader=reader_of(tx, actor),
        )
        chrome = frame(tx, "Action items", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("action_items.html")


@get(
    "/action-items/{name:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """Show one action item."""
    shown = console.store.read(lambda tx: _screen(tx, actor, name, news=news))
    return shown.response(_TEMPLATE)


def _change(desk: Desk, name: str, form: Form) -> ActionItem:
    version = whole(form, "version")
    return action_item.change(desk, name, plan_of(form), version=version)


def _done(desk: Desk, name: str, form: Form) -> ActionItem:
    return action_item.done(desk, name, result=form.get("result", ""))


def _waive(desk: Desk, name: str, form: Form) -> ActionItem:
    return action_item.waive(desk, name, reason=form.get("reason", ""))


def _move(desk: Desk, name: str, form: Form) -> ActionItem:
    link, reason = form.get("link", ""), form.get("reason", "")
    return action_item.move(desk, name, link=link, reason=reason)


def _reopen(desk: Desk, name: str, form: Form) -> ActionItem:
    return action_item.reopen(desk, name, reason=form.get("reason", ""))


CHANGES: dict[str, Change] = {
    "change": _change,
    "done": _done,
    "waive": _waive,
    "move": _move,
    "reopen": _reopen,
}
"""Every act on an action item by its verb."""


@post(
    "/action-items/{name:str}/{verb:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def change(
    name: FromPath[str],
    verb: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Do what a button on the page says, and show the page."""
    done = act_named(verb, CHANGES)
    form = await fields(request)
    press = Press(
        act=verb,
        form=form,
        again=lambda tx, refusal: _screen(tx, actor, name, refusal=refusal),
        template=_TEMPLATE,
    )

    def work(tx: Transaction) -> str:
        found = done(Desk(tx=tx, actor=actor, ids=console.ids), name, form)
        return f"{PLACE}/{found.name}?news=item-{verb}"

    return await press.carried_out(console, work)


def _screen(
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    news: str | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    item = find_item(tx, name, viewer=viewer_of(actor))
    screen = action_item_screen(item, reader=reader_of(tx, actor), refusal=refusal)
    asked = Asked(actor=actor, place=PLACE, news=news)
    chrome = frame(tx, f"{item.name} {item.plan.title}", asked)
    return Shown(screen=screen, chrome=chrome)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_action_items, show, change)
