"""Postmortems from the console: the library, and one written section by section.

Every form sends the version it was shown at. What somebody else changed since then is
refused, and the page shows both texts: nothing is overwritten, and nothing typed lost.
"""

from collections.abc import Callable
from typing import Annotated

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.section import Section
from handrail.ports.store import Transaction
from handrail.usecases import action_item, postmortem
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident_record import find
from handrail.web.act import Form, one_of, whole
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.plan import plan_of
from handrail.web.press import Press, act_named
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.room import room
from handrail.web.screens.postmortem import postmortem_list_screen, postmortem_screen
from handrail.web.screens.refusal import Refusal

PLACE = "/postmortems"
ROWS_SHOWN = 50
_TEMPLATE = "postmortem.html"
Before = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]
Change = Callable[[Desk, str, Form], str]
"""Changes the postmortem of that incident; returns where on the page to go on."""


@get(
    PLACE,
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_postmortems(
    console: GivenConsole, actor: GivenActor, before: Before = None
) -> Response[str]:
    """List postmortems, those of the latest incidents first."""

    def look(tx: Transaction) -> Shown:
        found = tx.postmortem.search(
            viewer=viewer_of(actor), limit=ROWS_SHOWN + 1, before=before
        )
        more = len(found) > ROWS_SHOWN
        screen = postmortem_list_screen(
            found[:ROWS_SHOWN],
            following=found[ROWS_SHOWN - 1].incident_number if more else None,
            reader=reader_of(tx, actor),
        )
        chrome = frame(tx, "Postmortems", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("postmortems.html")


@post(PLACE, opt={"verb": Verb.INCIDENT_ACT}, include_in_schema=False)
async def draft(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str] | Response[None]:
    """Begin the postmortem of an incident that need not have one."""
    form = await fields(request)
    name = form.get("incident", "")

    press = Press(
        act="draft",
        form=form,
        again=lambda tx, refusal: room(tx, actor, name, refusal=refusal),
        template="incident.html",
    )

    def work(tx: Transaction) -> str:
        found = postmortem.draft(Desk(tx=tx, actor=actor, ids=console.ids), name)
        return f"{PLACE}/{found.name}?news=drafted"

    return await press.carried_out(console, work)


@get(
    "/postmortems/{name:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """Show an incident's postmortem."""
    shown = console.store.read(lambda tx: _screen(tx, actor, name, news=news))
    return shown.response(_TEMPLATE)


def _sections(desk: Desk, name: str, form: Form) -> str:
    section = one_of(Section, form, "section")
    version = whole(form, "version")
    postmortem.write(desk, name, {section: form.get("text", "")}, version=version)
    return f"section-{section}"


def _factor_add(desk: Desk, name: str, form: Form) -> str:
    after = postmortem.add_factor(
        desk,
        name,
        form.get("text", ""),
        kind=one_of(FactorKind, form, "kind"),
        made_possible=form.get("made_possible", ""),
        would_have_caught=form.get("would_have_caught", ""),
    )
    return f"factor-{after.factors[-1].id}"


def _factor_change(desk: Desk, name: str, form: Form) -> str:
    factor = ContributingFactor(
        id=form.get("factor", ""),
        text=form.get("text", ""),
        kind=one_of(FactorKind, form, "kind"),
        made_possible=form.get("made_possible", ""),
        would_have_caught=form.get("would_have_caught", ""),
    )
    postmortem.change_factor(desk, name, factor, version=whole(form, "version"))
    return f"factor-{factor.id}"


def _factor_remove(desk: Desk, name: str, form: Form) -> str:
    which, version = form.get("factor", ""), whole(form, "version")
    postmortem.remove_factor(desk, name, which, version=version)
    return "factors"


def _item_add(desk: Desk, name: str, form: Form) -> str:
    action_item.add(desk, name, plan_of(form))
    return "items"


def _submit(desk: Desk, name: str, _: Form) -> str:
    postmortem.submit(desk, name)
    return "main"


def _publish(desk: Desk, name: str, form: Form) -> str:
    postmortem.publish(desk, name, version=whole(form, "version"))
    return "main"


def _reopen(desk: Desk, name: str, form: Form) -> str:
    postmortem.take_up_again(desk, name, reason=form.get("reason", ""))
    return "main"


CHANGES: dict[str, Change] = {
    "sections": _sections,
    "factor-add": _factor_add,
    "factor-change": _factor_change,
    "factor-remove": _factor_remove,
    "item-add": _item_add,
    "submit": _submit,
    "publish": _publish,
    "write-on": _reopen,
}
"""Every act on a postmortem by its verb."""


@post(
    "/postmortems/{name:str}/{verb:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def change(
    name: FromPath[str],
    verb: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Do what a button on the page says, and show the page where it was pressed."""
    done = act_named(verb, CHANGES)
    form = await fields(request)
    press = Press(
        act=verb,
        form=form,
        again=lambda tx, refusal: _screen(tx, actor, name, refusal=refusal),
        template=_TEMPLATE,
    )

    def work(tx: Transaction) -> str:
        place = done(Desk(tx=tx, actor=actor, ids=console.ids), name, form)
        there = find(tx, name, viewer=viewer_of(actor)).name
        return f"{PLACE}/{there}?news=postmortem-{verb}#{place}"

    return await press.carried_out(console, work)


def _screen(
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    news: str | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    story = postmortem.show(tx, name, viewer=viewer_of(actor))
    screen = postmortem_screen(story, reader=reader_of(tx, actor), refusal=refusal)
    title = f"Postmortem {screen.incident} {screen.title}"
    chrome = frame(tx, title, Asked(actor=actor, place=PLACE, news=news))
    return Shown(screen=screen, chrome=chrome)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_postmortems, draft, show, change)
