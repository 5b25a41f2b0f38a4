"""What people press in the room: every act works by a plain form.

One route for all; the act stands in the address under the same verb as in the API and
the command line. A press that is refused shows the room again, with what was typed.
"""

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.core import limits
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.evidence import EvidenceFile
from handrail.usecases.evidence import attach as keep_evidence
from handrail.web import record_act, response_act
from handrail.web.act import Act, Form
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.incidents import PLACE
from handrail.web.press import Press, act_named
from handrail.web.room import room

ACTS: dict[str, Act] = {**response_act.ACTS, **record_act.ACTS}
"""Every act of the room by its verb."""


@post(
    "/incidents/{name:str}/{verb:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def act(
    name: FromPath[str],
    verb: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Do what a button in the room says, and show the room."""
    done = act_named(verb, ACTS)
    form = await fields(request)

    def work(tx: Transaction) -> str:
        found = done(Desk(tx=tx, actor=actor, ids=console.ids), name, form)
        return f"{PLACE}/{found.name}?news={verb}"

    press = _press(actor, name, act=verb, form=form)
    return await press.carried_out(console, work)


def _press(actor: Actor, name: str, *, act: str, form: Form) -> Press:
    return Press(
        act=act,
        form=form,
        again=lambda tx, refusal: room(tx, actor, name, refusal=refusal),
        template="incident.html",
    )


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
    press = _press(actor, name, act="evidence", form={"note": words})
    if not isinstance(sent, UploadFile) or not sent.filename:
        msg = "choose a file to attach"
        missing = InvalidError(msg, fields={"file": "none was chosen"})
        return await press.refused(console, missing)
    file = EvidenceFile(
        name=sent.filename,
        media_type=sent.content_type,
        content=await sent.read(),
        note=words,
    )

    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        found = keep_evidence(desk, name, file)
        return f"{PLACE}/{found.name}?news=evidence"

    return await press.carried_out(console, work)


HANDLERS: tuple[HTTPRouteHandler, ...] = (act, attach)
