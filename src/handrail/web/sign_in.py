"""Signing in and out: a one-time link, one press, a session cookie."""

from functools import partial

import structlog
from litestar import Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, SkipValidation

from handrail.core.access.permission import Verb
from handrail.core.errors import UnauthenticatedError
from handrail.core.limits import SESSION_LIFE
from handrail.ports.store import Transaction
from handrail.usecases import access, throttle
from handrail.usecases.credential import cookie_name
from handrail.usecases.throttle import Throttle
from handrail.web.deps import Console, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.rendering import in_chrome
from handrail.web.screens.chrome import bare
from handrail.web.screens.sign_in import SignInScreen, TakeLinkScreen

LINKS_PER_ADDRESS = 3
LINKS_PER_ASKER = 20
LINKS_WITHIN_SECONDS = 15 * 60.0
_PUBLIC = {"verb": Verb.PUBLIC}
_log = structlog.get_logger()


class Links:
    """Sends sign-in links, not too often; nobody learns whether it did."""

    def __init__(self, console: Console) -> None:
        within = LINKS_WITHIN_SECONDS
        clock = console.clock
        self._console = console
        self._address = Throttle(clock, times=LINKS_PER_ADDRESS, seconds=within)
        self._asker = Throttle(clock, times=LINKS_PER_ASKER, seconds=within)

    async def send(self, address: str, asker: str) -> None:
        """Send a link if the address belongs to a user."""
        console = self._console
        allowed = self._asker.allows(asker) and self._address.allows(address.casefold())
        if console.send_sign_in_link is None or not allowed:
            _log.info("sign_in_link_withheld", is_throttled=not allowed)
            return
        make = partial(access.sign_in_link, email=address, ids=console.ids)
        found = await sync_to_thread(console.store.run, make)
        if found is not None:
            user, secret = found
            url = f"{console.base_url}/sign-in/{secret}"
            await console.send_sign_in_link(user, url)


GivenLinks = NamedDependency[SkipValidation[Links]]


def _screen(console: Console, *, was_asked: bool = False) -> Response[str]:
    screen = SignInScreen(
        can_mail=console.send_sign_in_link is not None, was_asked=was_asked, error=""
    )
    return in_chrome("sign_in.html", screen=screen, chrome=bare("Sign in"))


@get("/sign-in", opt=_PUBLIC, sync_to_thread=False, include_in_schema=False)
def show_sign_in(console: GivenConsole) -> Response[str]:
    """Ask for an address, or point at the terminal."""
    return _screen(console)


@post("/sign-in", opt=_PUBLIC, status_code=200, include_in_schema=False)
async def ask_link(
    request: FormRequest, console: GivenConsole, links: GivenLinks
) -> Response[str]:
    """Send a link; the answer is the same for everybody, and as quick."""
    form = await fields(request)
    asker = throttle.asker(request.client.host if request.client else "")
    answer = _screen(console, was_asked=True)
    answer.background = BackgroundTask(links.send, form.get("email", ""), asker)
    return answer


@get(
    "/sign-in/{secret:str}", opt=_PUBLIC, sync_to_thread=False, include_in_schema=False
)
def show_link(secret: FromPath[str]) -> Response[str]:
    """Show the one button; the link is not used up by looking."""
    del secret
    return in_chrome("take_link.html", screen=TakeLinkScreen(), chrome=bare("Sign in"))


@post("/sign-in/{secret:str}", opt=_PUBLIC, include_in_schema=False)
async def take_link(
    secret: FromPath[str], request: FormRequest, console: GivenConsole
) -> Response[str]:
    """Use up the link and open a session."""
    old = request.cookies.get(cookie_name(console.base_url))

    def work(tx: Transaction) -> str:
        opened = access.take_link(tx, secret, ids=console.ids)
        if old:
            access.end_session(tx, old, ids=console.ids)
        return opened.cookie

    try:
        cookie = await sync_to_thread(console.store.run, work)
    except UnauthenticatedError as error:
        screen = SignInScreen(
            can_mail=console.send_sign_in_link is not None,
            was_asked=False,
            error=error.message,
        )
        return in_chrome(
            "sign_in.html", screen=screen, chrome=bare("Sign in"), status=410
        )
    return _to("/", _cookie(console, cookie, life=int(SESSION_LIFE.total_seconds())))


@post(
    "/sign-out",
    opt={"verb": Verb.SESSION_END},
    include_in_schema=False,
    sync_to_thread=True,
)
def sign_out(request: FormRequest, console: GivenConsole) -> Response[str]:
    """End the session."""
    cookie = request.cookies.get(cookie_name(console.base_url))
    if cookie:
        console.store.run(lambda tx: access.end_session(tx, cookie, ids=console.ids))
    return _to("/sign-in", _cookie(console, "", life=0))


def _to(path: str, cookie: Cookie) -> Response[str]:
    return Response("", status_code=303, headers={"Location": path}, cookies=[cookie])


def _cookie(console: Console, value: str, *, life: int) -> Cookie:
    return Cookie(
        key=cookie_name(console.base_url),
        value=value,
        path="/",
        max_age=life,
        httponly=True,
        secure=console.is_https,
        samesite="lax",
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    show_sign_in,
    ask_link,
    show_link,
    take_link,
    sign_out,
)
