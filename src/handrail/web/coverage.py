"""The coverage page: the last proof, and a new one where that is old.

Proofs are made on a thread of their own. Who looks waits a moment for one that is being
made, without a thread that others need, and is then shown the last one with its age.
"""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import NotFoundError
from handrail.ports.store import Transaction
from handrail.usecases import coverage
from handrail.usecases.coverage_proofs import RETRY_AFTER_SECONDS, LastProof
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.coverage import PLACE, coverage_screen

WEEKS = 12
PATIENCE_SECONDS = 2.0
"""A proof that takes longer is not waited for; most installations' take less."""


@get(PLACE, opt={"verb": Verb.CONTACT_READ}, include_in_schema=False)
async def show_coverage(
    console: GivenConsole, actor: GivenActor, service: FromQuery[str] = ""
) -> Response[str]:
    """Show until when each service is covered, and when not; or one service alone."""
    loop = asyncio.get_running_loop()
    given = await loop.run_in_executor(None, console.store.read, coverage.facts)
    if service and service not in given.snapshot.services:
        msg = f"There is no service {service!r}. All of them stand under On call."
        raise NotFoundError(msg)
    length = timedelta(weeks=WEEKS)
    last = console.proofs.last(given, length=length)
    if last.coming is not None:
        await _wait_for(last.coming)
        last = console.proofs.last(given, length=length)
    return await loop.run_in_executor(None, _shown, console, actor, service, last)


async def _wait_for(coming: "Future[None]") -> None:
    """Wait until it has ended, or patience has; whoever leaves ends it for nobody."""
    loop, has_ended = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: object) -> None:
        with suppress(RuntimeError):  # The reader is gone, and the loop with them.
            loop.call_soon_threadsafe(has_ended.set)

    coming.add_done_callback(tell)
    with suppress(TimeoutError):
        await asyncio.wait_for(has_ended.wait(), PATIENCE_SECONDS)


def _shown(
    console: Console, actor: Actor, service: str, last: LastProof
) -> Response[str]:
    def look(tx: Transaction) -> Shown:
        screen = coverage_screen(
            last.proof,
            made_at=last.made_at,
            trouble=last.trouble,
            is_coming=last.coming is not None,
            reader=reader_of(tx, actor),
            service=service,
        )
        asked = Asked(actor=actor, place="/oncall")
        return Shown(
            screen=screen,
            chrome=frame(tx, "Coverage", asked),
            tzdata=console.tzdata,
        )

    is_nothing_yet = last.coming is not None and last.proof is None
    response = console.store.read(look).response(
        "coverage.html", status=202 if is_nothing_yet else 200
    )
    if last.coming is not None:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_coverage,)
