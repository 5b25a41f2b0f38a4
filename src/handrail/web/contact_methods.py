"""A person's own contact methods: what is known of them, and a test of each."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.core.access.permission import Verb
from handrail.core.errors import NotFoundError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import contact
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.contact import contact_methods_screen

_PLACE = "/settings/contact-methods"


@get(
    _PLACE,
    opt={"verb": Verb.CONTACT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_contact_methods(
    console: GivenConsole, actor: GivenActor, news: FromQuery[str | None] = None
) -> Response[str]:
    """List the reader's own contact methods."""

    def look(tx: Transaction) -> Shown:
        name = actor.user
        found = () if name is None else contact.statuses(tx, name, actor=actor)
        screen = contact_methods_screen(name, found, reader=reader_of(tx, actor))
        asked = Asked(actor=actor, place="/oncall", news=news)
        return Shown(screen=screen, chrome=frame(tx, "Contact methods", asked))

    return console.store.read(look).response("contact_methods.html")


@post(f"{_PLACE}/test", opt={"verb": Verb.CONTACT_TEST}, include_in_schema=False)
async def send_test(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[None]:
    """Send a test over one of the reader's own contact methods."""
    form = await fields(request)
    method = form.get("method") or None
    name = actor.user
    if name is None:
        msg = "You are signed in as no person; there is nobody to send a test to."
        raise NotFoundError(msg)

    def work(tx: Transaction) -> None:
        wanted = None if method is None else Slug(method)
        contact.send_test(tx, name, wanted, actor=actor, ids=console.ids)

    await sync_to_thread(console.store.run, work)
    return to(f"{_PLACE}?news=tested")


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_contact_methods, send_test)
