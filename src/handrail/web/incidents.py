"""Incidents: the list, and the form to declare that needs one field."""

from collections.abc import Mapping
from typing import Annotated

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.core.ids import PageId, Slug
from handrail.core.incident.stage import Detection
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import incident as verbs
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident import Declaration
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.incident import declare_screen, incident_list_screen

ROWS_SHOWN = 50
PLACE = "/incidents"
Before = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]


@get(
    PLACE,
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_incidents(
    console: GivenConsole, actor: GivenActor, before: Before = None
) -> Response[str]:
    """List incidents, newest first, those that run above the others."""

    def look(tx: Transaction) -> Shown:
        found = tx.incident.search(
            viewer=viewer_of(actor),
            responding_only=False,
            limit=ROWS_SHOWN + 1,
            before=before,
        )
        more = len(found) > ROWS_SHOWN
        screen = incident_list_screen(
            found[:ROWS_SHOWN],
            following=found[ROWS_SHOWN - 1].number if more else None,
            reader=reader_of(tx, actor),
        )
        chrome = frame(tx, "Incidents", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("incidents.html")


@get(
    "/incidents/new",
    opt={"verb": Verb.INCIDENT_DECLARE},
    sync_to_thread=True,
    include_in_schema=False,
)
def new_incident(
    console: GivenConsole, actor: GivenActor, page: FromQuery[str] = ""
) -> Response[str]:
    """Show the form to declare; nothing is declared by looking at it."""

    def look(tx: Transaction) -> Shown:
        return _form(tx, actor, kept={}, problems={}, page_id=page)

    return console.store.read(look).response("declare.html")


def _form(
    tx: Transaction,
    actor: Actor,
    *,
    kept: dict[str, str],
    problems: dict[str, str],
    page_id: str,
) -> Shown:
    screen = declare_screen(
        reader=reader_of(tx, actor), kept=kept, problems=problems, page_id=page_id
    )
    chrome = frame(tx, "Declare an incident", Asked(actor=actor, place=PLACE))
    return Shown(screen=screen, chrome=chrome)


@post(PLACE, opt={"verb": Verb.INCIDENT_DECLARE}, include_in_schema=False)
async def declare(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str] | Response[None]:
    """Declare; the declarer is in command and sees the room."""
    form = await fields(request)

    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        return verbs.declare(desk, _declaration(form)).name

    try:
        name = await sync_to_thread(console.store.run, work)
    except InvalidError as error:
        problems = dict(error.fields) or {"title": error.message}
        shown = await sync_to_thread(
            console.store.read,
            lambda tx: _form(
                tx,
                actor,
                kept=form,
                problems=problems,
                page_id=form.get("page_id", ""),
            ),
        )
        return shown.response("declare.html", status=422)
    return to(f"{PLACE}/{name}?news=declared")


def _declaration(form: Mapping[str, str]) -> Declaration:
    service = form.get("service", "")
    severity = form.get("severity", "")
    detected_by = form.get("detected_by", "")
    return Declaration(
        title=form.get("title", ""),
        service=Slug(service) if service else None,
        severity=Severity(severity) if severity in set(Severity) else None,
        is_to_be_assessed=severity == "assess",
        detected_by=Detection(detected_by) if detected_by in set(Detection) else None,
        page_id=PageId(form["page_id"]) if form.get("page_id") else None,
        is_private=form.get("is_private") == "yes",
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_incidents, new_incident, declare)
