"""The coverage page: proved when it is asked for, outside of any transaction."""

from datetime import timedelta

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.core.access.permission import Verb
from handrail.core.coverage.proof import Proof
from handrail.core.errors import DomainError, NotFoundError
from handrail.ports.store import Transaction
from handrail.usecases import coverage
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.coverage import coverage_screen

WEEKS = 12
PLACE = "/oncall/coverage"


@get(
    PLACE, opt={"verb": Verb.CONTACT_READ}, sync_to_thread=True, include_in_schema=False
)
def show_coverage(
    console: GivenConsole, actor: GivenActor, service: FromQuery[str] = ""
) -> Response[str]:
    """Show until when each service is covered, and when not; or one service alone."""
    given = console.store.read(coverage.facts)
    if service and service not in given.snapshot.services:
        msg = f"There is no service {service!r}. All of them stand under On call."
        raise NotFoundError(msg)
    proof: Proof | None = None
    trouble = ""
    try:
        proof = console.proofs.proof(
            given,
            length=timedelta(weeks=WEEKS),
            seconds=console.clock.monotonic,
        )
    except DomainError as error:
        trouble = error.message

    def look(tx: Transaction) -> Shown:
        reader = reader_of(tx, actor)
        screen = coverage_screen(proof, trouble=trouble, reader=reader, service=service)
        asked = Asked(actor=actor, place="/oncall")
        return Shown(screen=screen, chrome=frame(tx, "Coverage", asked))

    return console.store.read(look).response("coverage.html")


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_coverage,)
