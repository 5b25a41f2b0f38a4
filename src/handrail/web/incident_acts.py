"""What people press in the room: every act works by a plain form.

One route for all; the act stands in the address under the same verb as in the API and
the command line. A press that is refused shows the room again, with what was typed.
"""

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.core import limits
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError, InvalidError, NotFoundError
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.evidence import EvidenceFile
from handrail.usecases.evidence import attach as keep_evidence
from handrail.web import record_act, response_act
from handrail.web.act import Act, Form
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, refused, status_of
from handrail.web.incidents import PLACE
from handrail.web.rendering import to
from handrail.web.room import room

ACTS: dict[str, Act] = {**response_act.ACTS, **record_act.ACTS}
"""Every act of the room by its verb."""


@post(
    "/incidents/{name:str}/{verb:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def press(
    name: FromPath[str],
    verb: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Do what a button in the room says, and show the room."""
    done = ACTS.get(verb)
    if done is None:
        msg = f"There is no act {verb!r}. Go back and press one of the buttons."
        raise NotFoundError(msg)
    form = await fields(request)

    def work(tx: Transaction) -> str:
        return done(Desk(tx=tx, actor=actor, ids=console.ids), name, form).name

    try:
        found = await sync_to_thread(console.store.run, work)
    except REFUSALS as error:
        return await _refused(console, actor, name, error, verb=verb, form=form)
    return to(f"{PLACE}/{found}?news={verb}")


async def _refused(
    console: GivenConsole,
    actor: GivenActor,
    name: str,
    error: DomainError,
    *,
    verb: str,
    form: Form,
) -> Response[str]:
    shown = await sync_to_thread(
        console.store.read,
        lambda tx: room(tx, actor, name, refusal=refused(verb, error, form)),
    )
    return shown.response("incident.html", status=status_of(error))


@post(
    "/incidents/{name:str}/evidence",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
    request_max_body_size=limits.EVIDENCE_BYTES_MAX + 64 * 1024,
)
async def attach(
    name: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Keep a file as evidence."""
    form = await request.form()
    sent, note = form.get("file"), form.get("note")
    words = note if isinstance(note, str) else ""
    kept = {"note": words}
    if not isinstance(sent, UploadFile) or not sent.filename:
        msg = "choose a file to attach"
        missing = InvalidError(msg, fields={"file": "none was chosen"})
        return await _refused(console, actor, name, missing, verb="evidence", form=kept)
    file = EvidenceFile(
        name=sent.filename,
        media_type=sent.content_type,
        content=await sent.read(),
        note=words,
    )

    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        return keep_evidence(desk, name, file).name

    try:
        found = await sync_to_thread(console.store.run, work)
    except InvalidError as error:
        return await _refused(console, actor, name, error, verb="evidence", form=kept)
    return to(f"{PLACE}/{found}?news=evidence")


HANDLERS: tuple[HTTPRouteHandler, ...] = (press, attach)
