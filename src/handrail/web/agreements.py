"""Cover requests and swaps in the console: seen and answered by plain forms."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.ports.store import Transaction
from handrail.usecases import agreement, cover
from handrail.usecases.desk import Desk
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.press import Press, act_named
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
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
        done = act_named(verb, VERBS)
        press = Press(
            act=verb,
            form={},
            again=lambda tx, refusal: one_of(
                tx, actor, agreement.find(tx, kind, name), refusal=refusal
            ),
            template="agreement.html",
        )

        def work(tx: Transaction) -> str:
            found = done(Desk(tx=tx, actor=actor, ids=console.ids), kind, name)
            return f"{agreement.path(found)}?news={kind.STREAM}-{verb}"

        return await press.carried_out(console, work)

    return (show, answer)


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
