"""Cover requests and swaps in the console: seen and answered by plain forms."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.errors import DomainError, NotFoundError
from handrail.ports.store import Transaction
from handrail.usecases import agreement, cover
from handrail.usecases.desk import Desk
from handrail.web.act import Form
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.overrides import REFUSED, STATUS
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.agreement import (
    AgreementScreen,
    OneAgreementScreen,
    agreement_card,
)
from handrail.web.screens.oncall_change import NOTHING, choices
from handrail.web.screens.refusal import Refusal

ROWS_SHOWN = 100
VERBS = {
    "accept": agreement.accept,
    "decline": agreement.decline,
    "withdraw": agreement.withdraw,
}


def routes(kind: type[CoverRequest | Swap]) -> tuple[HTTPRouteHandler, ...]:
    """Return the pages on which one of a kind is seen and answered."""
    place = f"/oncall/{kind.STREAM}s/{{name:str}}"

    @get(
        place,
        opt={"verb": Verb.ONCALL_READ},
        sync_to_thread=True,
        include_in_schema=False,
    )
    def show(
        name: FromPath[str],
        console: GivenConsole,
        actor: GivenActor,
        news: FromQuery[str | None] = None,
    ) -> Response[str]:
        """Show one, with the buttons to answer it."""
        shown = console.store.read(
            lambda tx: one_of(tx, actor, agreement.find(tx, kind, name), news=news)
        )
        return shown.response("agreement.html")

    @post(
        f"{place}/{{verb:str}}",
        opt={"verb": Verb.ONCALL_CHANGE},
        include_in_schema=False,
    )
    async def answer(
        name: FromPath[str],
        verb: FromPath[str],
        console: GivenConsole,
        actor: GivenActor,
    ) -> Response[str] | Response[None]:
        """Do what a button says."""
        done = VERBS.get(verb)
        if done is None:
            msg = f"There is no act {verb!r}. Go back and press one of the buttons."
            raise NotFoundError(msg)
        try:
            found = await sync_to_thread(
                console.store.run,
                lambda tx: done(Desk(tx=tx, actor=actor, ids=console.ids), kind, name),
            )
        except REFUSED as error:
            refusal = refused(verb, error, {})
            shown = await sync_to_thread(
                console.store.read,
                lambda tx: one_of(
                    tx, actor, agreement.find(tx, kind, name), refusal=refusal
                ),
            )
            return shown.response("agreement.html", status=STATUS[type(error)])
        return to(f"{agreement.path(found)}?news={kind.STREAM}-{verb}")

    return (show, answer)


def refused(act: str, error: DomainError, form: Form) -> Refusal:
    """Return what is shown of a press that was refused."""
    return Refusal(
        act=act, message=error.message, fields=dict(error.fields), kept=dict(form)
    )


def all_open(
    tx: Transaction, actor: Actor, *, first: str, refusal: Refusal = NOTHING
) -> Shown:
    """Return the open ones, those that wait for the reader first, and the forms."""
    reader = reader_of(tx, actor)
    cards = [
        agreement_card(one, reader=reader)
        for one in agreement.all_open(tx, limit=ROWS_SHOWN)
    ]
    screen = AgreementScreen(
        cards=tuple(sorted(cards, key=lambda card: not card.is_asked)),
        choices=choices(reader, first=first),
        refusal=refusal,
    )
    asked = Asked(actor=actor, place="/oncall")
    return Shown(screen=screen, chrome=frame(tx, "Cover and swaps", asked))


def one_of(
    tx: Transaction,
    actor: Actor,
    found: CoverRequest | Swap,
    *,
    news: str | None = None,
    refusal: Refusal = NOTHING,
    notes: tuple[str, ...] = (),
) -> Shown:
    """Return one of them, with what speaks against the reader taking it."""
    reader = reader_of(tx, actor)
    card = agreement_card(found, reader=reader)
    if card.accept and actor.user and isinstance(found, CoverRequest):
        against = cover.objections(reader.snapshot, found, actor.user, now=tx.now)
        advice = [one.why for one in against]
        card = agreement_card(found, reader=reader, advice=advice)
    screen = OneAgreementScreen(card=card, refusal=refusal, notes=notes)
    asked = Asked(actor=actor, place="/oncall", news=news)
    return Shown(screen=screen, chrome=frame(tx, found.name, asked))
