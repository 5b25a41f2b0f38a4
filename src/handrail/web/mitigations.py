"""Mitigations of the catalogue: a look at what would be sent, then the typed name."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.mitigation import begun, plan, start
from handrail.web.act import whole
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, refused, status_of
from handrail.web.incidents import PLACE
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.room import room
from handrail.web.screens.mitigation import dry_run_screen
from handrail.web.screens.refusal import Refusal

_TEMPLATE = "dry_run.html"


@get(
    "/incidents/{name:str}/mitigations/{entry:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    sync_to_thread=True,
    include_in_schema=False,
)
def dry_run(
    name: FromPath[str],
    entry: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str]:
    """Show the exact request that a run would send; sends and records nothing."""
    try:
        shown = console.store.read(lambda tx: _screen(tx, console, actor, name, entry))
    except REFUSALS as error:
        return _back_in_the_room(console, actor, name, error)
    return shown.response(_TEMPLATE)


@post(
    "/incidents/{name:str}/mitigations/{entry:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def run(
    name: FromPath[str],
    entry: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Have it carried out, once at most; its answer comes into the room."""
    form = await fields(request)

    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        typed, seen = form.get("confirm", ""), whole(form, "seen")
        return start(desk, name, entry, confirm=typed, seen=seen).name

    try:
        found = await sync_to_thread(console.store.run, work)
    except REFUSALS as error:
        refusal = refused("run", error, form)
        return await sync_to_thread(_refused, console, actor, name, entry, refusal)
    return to(f"{PLACE}/{found}?news=mitigation-run#mitigations")


def _refused(
    console: Console, actor: Actor, name: str, entry: str, refusal: Refusal
) -> Response[str]:
    try:
        shown = console.store.read(
            lambda tx: _screen(tx, console, actor, name, entry, refusal=refusal)
        )
    except REFUSALS as error:
        return _back_in_the_room(console, actor, name, error)
    status = 422 if refusal.fields else 409
    return shown.response(_TEMPLATE, status=status)


def _back_in_the_room(
    console: Console, actor: Actor, name: str, error: DomainError
) -> Response[str]:
    """Say in the room why there is nothing to look at; the room may not be there."""
    refusal = refused("run", error, {})
    shown = console.store.read(lambda tx: room(tx, actor, name, refusal=refusal))
    return shown.response("incident.html", status=status_of(error))


def _screen(
    tx: Transaction,
    console: Console,
    actor: Actor,
    name: str,
    entry: str,
    *,
    refusal: Refusal | None = None,
) -> Shown:
    desk = Desk(tx=tx, actor=actor, ids=console.ids)
    planned = plan(desk, name, entry)
    secrets = planned.call.secrets
    screen = dry_run_screen(
        planned,
        missing=[r for r in secrets if console.vault.secret(r) is None],
        begun=begun(planned.incident, planned.entry),
        can_act=actor.may(Verb.INCIDENT_ACT),
        reader=reader_of(tx, actor),
        refusal=refusal,
    )
    title = f"{planned.entry.title}: {planned.incident.name}"
    chrome = frame(tx, title, Asked(actor=actor, place=PLACE))
    return Shown(screen=screen, chrome=chrome)


HANDLERS: tuple[HTTPRouteHandler, ...] = (dry_run, run)
