"""Tokens, and the held state of a restored installation."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.permission import Verb
from handrail.core.access.role import Role
from handrail.core.errors import InvalidError
from handrail.ports.store import Transaction
from handrail.usecases import access, token
from handrail.usecases.delivery import release, show_held
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.sign_in import HeldScreen
from handrail.web.screens.token import token_screen

_PLACE = "/settings/tokens"


@get(
    _PLACE, opt={"verb": Verb.TOKEN_READ}, sync_to_thread=True, include_in_schema=False
)
def list_tokens(
    console: GivenConsole, actor: GivenActor, news: FromQuery[str | None] = None
) -> Response[str]:
    """List tokens, with the form for a new one."""

    def look(tx: Transaction) -> Shown:
        tokens = token.visible_tokens(tx, actor=actor)
        screen = token_screen(tokens, reader=reader_of(tx, actor))
        asked = Asked(actor=actor, place=_PLACE, news=news)
        chrome = frame(tx, "Tokens", asked)
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("tokens.html")


@post(_PLACE, opt={"verb": Verb.TOKEN_CREATE}, include_in_schema=False)
async def create_token(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Make a token and show its text this once."""
    form = await fields(request)
    name = form.get("name", "")

    def make(tx: Transaction) -> str:
        issued = token.create_token(
            tx, name, role=_role(form.get("role")), actor=actor, ids=console.ids
        )
        return issued.secret

    secret, wrong = "", ""
    try:
        secret = await sync_to_thread(console.store.run, make)
    except InvalidError as error:
        wrong = error.fields.get("name", error.message)

    def look(tx: Transaction) -> Shown:
        screen = token_screen(
            token.visible_tokens(tx, actor=actor),
            reader=reader_of(tx, actor),
            secret=secret,
            name=name if wrong else "",
            name_error=wrong,
        )
        chrome = frame(tx, "Tokens", Asked(actor=actor, place=_PLACE))
        return Shown(screen=screen, chrome=chrome)

    shown = await sync_to_thread(console.store.read, look)
    return shown.response("tokens.html", status=422 if wrong else 200)


def _role(word: str | None) -> Role:
    try:
        return Role(word or "")
    except ValueError as error:
        msg = f"There is no role {word!r}."
        raise InvalidError(msg) from error


@post(
    "/settings/tokens/{token_id:str}/revoke",
    opt={"verb": Verb.TOKEN_REVOKE},
    include_in_schema=False,
    sync_to_thread=True,
)
def revoke_token(
    token_id: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[None]:
    """Refuse the token from now on."""
    console.store.run(
        lambda tx: token.revoke_token(tx, token_id, actor=actor, ids=console.ids)
    )
    return to(f"{_PLACE}?news=revoked")


@get(
    "/held",
    opt={"verb": Verb.OPERATOR_RELEASE},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_held_state(console: GivenConsole, actor: GivenActor) -> Response[str]:
    """Show what a restored installation would send."""

    def look(tx: Transaction) -> Shown:
        view = show_held(tx)
        screen = HeldScreen(
            since=view.since or "",
            total=len(view.owed),
            recipients=tuple(sorted(view.per_recipient.items())),
        )
        chrome = frame(tx, "Held", Asked(actor=actor, place=""))
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("held.html")


@post("/held/release", opt={"verb": Verb.OPERATOR_RELEASE}, include_in_schema=False)
async def release_held(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[None]:
    """Let sending go on; what waits is sent or dropped, as the button said."""
    form = await fields(request)
    is_dropping = form.get("waiting") == "discard"

    def work(tx: Transaction) -> None:
        cancelled = release(tx, discard=is_dropping)
        access.note_release(tx, cancelled, actor=actor, ids=console.ids)

    await sync_to_thread(console.store.run, work)
    return to("/?news=released")


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_tokens,
    create_token,
    revoke_token,
    show_held_state,
    release_held,
)
