"""The incident room, as it is now or as it was known at some instant; and its files."""

from datetime import datetime

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError, NotFoundError
from handrail.core.ids import EvidenceId
from handrail.core.incident.incident import Incident
from handrail.ports.store import Transaction
from handrail.usecases.change import suspects_of
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident_record import as_known_at, find
from handrail.usecases.mitigation import catalogue_for
from handrail.usecases.timeline import timeline
from handrail.web.act import instant_in
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import REFUSALS, refused, status_of
from handrail.web.incidents import PLACE
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.moment import moment
from handrail.web.screens.refusal import Refusal
from handrail.web.screens.room import RoomRecord, room_screen

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show; anything else is only ever saved."""


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
    *,
    news: FromQuery[str | None] = None,
    show: FromQuery[str] = "all",
    known_at: FromQuery[str] = "",
) -> Response[str]:
    """Show the room."""

    def look(tx: Transaction) -> tuple[Shown, int]:
        try:
            desk = Desk(tx=tx, actor=actor, ids=console.ids)
            at = instant_in(known_at.replace(" ", "+"), desk=desk, field="known_at")
            shown = room(tx, actor, name, news=news, show=show, known_at=at)
        except REFUSALS as error:
            return _untold(tx, actor, name, error, known_at=known_at), status_of(error)
        return shown, 200

    shown, status = console.store.read(look)
    return shown.response("incident.html", status=status)


def _untold(
    tx: Transaction, actor: Actor, name: str, error: DomainError, *, known_at: str
) -> Shown:
    """Return the room as it is, saying why it cannot be told as of then.

    Raises:
        DomainError: There is no such room.
    """
    if not known_at:
        raise error
    refusal = refused("known-at", error, {"known_at": known_at})
    return room(tx, actor, name, refusal=refusal)


def room(  # noqa: PLR0913 - who looks, at what, how, after what
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    news: str | None = None,
    show: str = "all",
    known_at: datetime | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    """Return the room, with a refusal where a press was refused.

    Raises:
        NotFoundError: There is none the actor may see, or it was not declared then.
    """
    incident = find(tx, name, viewer=viewer_of(actor))
    known = as_known_at(tx, incident.id, known_at) if known_at else incident
    if known is None:
        msg = f"{incident.name} was not declared then"
        raise NotFoundError(msg)
    reader = reader_of(tx, actor, now=known_at)
    then = moment(known_at, zone=reader.zone, now=tx.now) if known_at else None
    screen = room_screen(
        known,
        _record(tx, known, known_at),
        reader=reader,
        known_at=then,
        shown=show,
        refusal=refusal,
    )
    asked = Asked(actor=actor, place=PLACE, news=news)
    chrome = frame(tx, f"{incident.name} {incident.title}", asked)
    return Shown(screen=screen, chrome=chrome)


def _record(
    tx: Transaction, incident: Incident, known_at: datetime | None
) -> RoomRecord:
    """Return what the room is made from; of what was learned only as of now."""
    until = known_at or tx.now
    notices = tx.notice.for_incident(incident.id)
    suspects = suspects_of(tx, incident)
    is_now = known_at is None
    return RoomRecord(
        entries=timeline(tx, incident, known_at=known_at),
        notices=[n for n in notices if n.posted_at <= until],
        catalogue=catalogue_for(tx, incident.service) if is_now else (),
        suspects=[s for s in suspects if s.change.recorded_at <= until],
        postmortem=tx.postmortem.for_incident(incident.id) if is_now else None,
        items=tx.action_item.for_incident(incident.id) if is_now else (),
    )


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


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_room, show_evidence)
