"""Incidents: the list, the one-field form to declare, the room."""

from collections.abc import Mapping
from typing import Annotated

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError, InvalidError, NotFoundError
from handrail.core.ids import EvidenceId, PageId, Slug
from handrail.core.incident.stage import Detection
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import incident as verbs
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import find
from handrail.usecases.timeline import timeline
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.incident import declare_screen, incident_list_screen
from handrail.web.screens.room import Refusal, room_screen

ROWS_SHOWN = 50
PLACE = "/incidents"
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show; anything else is only ever saved."""
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


@get(
    "/incidents/{name:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_room(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    news: FromQuery[str | None] = None,
    show: FromQuery[str] = "all",
) -> Response[str]:
    """Show the room."""
    shown = console.store.read(lambda tx: room(tx, actor, name, news=news, show=show))
    return shown.response("incident.html")


def room(
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    news: str | None = None,
    show: str = "all",
    refusal: Refusal | None = None,
) -> Shown:
    """Return the room, with a refusal where a press was refused."""
    incident = find(tx, name, viewer=viewer_of(actor))
    screen = room_screen(
        incident,
        timeline(tx, incident),
        reader=reader_of(tx, actor),
        shown=show,
        refusal=refusal,
    )
    asked = Asked(actor=actor, place=PLACE, news=news)
    chrome = frame(tx, f"{incident.name} {incident.title}", asked)
    return Shown(screen=screen, chrome=chrome)


@get(
    "/incidents/{name:str}/evidence/{evidence_id:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_evidence(
    name: FromPath[str],
    evidence_id: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
) -> Response[bytes]:
    """Return an evidence file; only plain pictures are shown by the browser."""

    def look(tx: Transaction) -> tuple[str, str, bytes]:
        incident = find(tx, name, viewer=viewer_of(actor))
        kept = next((e for e in incident.evidence if e.id == evidence_id), None)
        content = tx.incident.evidence(EvidenceId(evidence_id)) if kept else None
        if kept is None or content is None:
            msg = f"{incident.name} has no such file. Its files stand in its room."
            raise NotFoundError(msg)
        return kept.name, kept.media_type, content

    file_name, media_type, content = console.store.read(look)
    is_image = media_type in IMAGES
    plain = "".join(
        c if (c.isascii() and c.isalnum()) or c in "._-" else "_" for c in file_name
    )
    return Response(
        content,
        media_type=media_type if is_image else "application/octet-stream",
        headers={
            "Content-Disposition": (
                f'{"inline" if is_image else "attachment"}; filename="{plain}"'
            ),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def refused(act: str, error: DomainError, kept: Mapping[str, str]) -> Refusal:
    """Return what is shown of a press that was refused."""
    return Refusal(
        act=act, message=error.message, fields=dict(error.fields), kept=dict(kept)
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_incidents,
    new_incident,
    declare,
    show_room,
    show_evidence,
)
