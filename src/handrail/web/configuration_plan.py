"""The plan of files: what an apply would change, in people's words. It only shows."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.configuration.node import SourceFile
from handrail.core.errors import InvalidError
from handrail.core.limits import CONFIGURATION_BODY_BYTES_MAX
from handrail.ports.store import Transaction
from handrail.usecases import configuration
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import FormRequest
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.configuration_plan import PLACE, Proposal, plan_screen

PASTED = "pasted.yaml"
FILES_MAX = 100
UNPROCESSABLE = 422


@get(
    PLACE, opt={"verb": Verb.CONFIG_APPLY}, sync_to_thread=True, include_in_schema=False
)
def show_plan_form(console: GivenConsole, actor: GivenActor) -> Response[str]:
    """Show the form."""
    return _shown(console, actor, Proposal())


@post(
    PLACE,
    opt={"verb": Verb.CONFIG_APPLY},
    request_max_body_size=CONFIGURATION_BODY_BYTES_MAX,
    include_in_schema=False,
)
async def show_plan(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Show what applying the files would change; nothing is changed or kept."""
    form = await request.form()
    said = form.get("text")
    text = said.replace("\r\n", "\n") if isinstance(said, str) else ""
    is_partial = form.get("partial") == "yes"
    try:
        files = await _files(form.getall("files", []), text)
    except InvalidError as error:
        proposal = Proposal(text=text, is_partial=is_partial, error=error)
        return await sync_to_thread(_shown, console, actor, proposal)
    return await sync_to_thread(
        _planned, console, actor, files, Proposal(text=text, is_partial=is_partial)
    )


async def _files(sent: list[object], text: str) -> list[SourceFile]:
    """Return the uploaded files and the pasted text.

    Raises:
        InvalidError: There is none, too many, or one is no UTF-8 text.
    """
    files: list[SourceFile] = []
    for one in sent:
        if not isinstance(one, UploadFile) or not one.filename:
            continue
        try:
            content = (await one.read()).decode()
        except UnicodeDecodeError as error:
            msg = f"{one.filename} is not UTF-8 text; choose YAML files"
            raise InvalidError(msg) from error
        files.append(SourceFile(name=one.filename, text=content))
    if text.strip():
        files.append(SourceFile(name=PASTED, text=text))
    if not files:
        msg = "choose files, or paste their text"
        raise InvalidError(msg)
    if len(files) > FILES_MAX:
        msg = f"at most {FILES_MAX} files at once; join some of them"
        raise InvalidError(msg)
    return files


def _planned(
    console: Console, actor: Actor, files: list[SourceFile], proposal: Proposal
) -> Response[str]:
    checked = console.check(files)
    try:
        plan = console.store.read(
            lambda tx: configuration.plan(tx, checked, is_partial=proposal.is_partial)
        )
    except InvalidError as error:
        return _shown(console, actor, proposal.with_(error=error))
    return _shown(console, actor, proposal.with_(plan=plan))


def _shown(console: Console, actor: Actor, proposal: Proposal) -> Response[str]:
    def look(tx: Transaction) -> Shown:
        screen = plan_screen(proposal, reader=reader_of(tx, actor))
        asked = Asked(actor=actor, place="/configuration")
        return Shown(screen=screen, chrome=frame(tx, "Plan a change", asked))

    status = UNPROCESSABLE if proposal.error else 200
    return console.store.read(look).response("configuration_plan.html", status=status)


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_plan_form, show_plan)
