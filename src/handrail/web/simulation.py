"""What if it fires then: who would be told, how and when, before anybody is."""

from typing import Annotated

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.core.instants import format_rfc3339
from handrail.core.whatif.simulation import Simulation
from handrail.ports.store import Transaction
from handrail.usecases.simulation import Asked as Question
from handrail.usecases.simulation import simulation_now
from handrail.web.asked_instant import asked_instant
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.simulation import PLACE, Supposed, simulation_screen

UNPROCESSABLE = 422


@get(
    PLACE, opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, include_in_schema=False
)
def show_simulation(  # noqa: PLR0913, PLR0917 - the fields of the form
    console: GivenConsole,
    actor: GivenActor,
    service: FromQuery[str] = "",
    at: FromQuery[str] = "",
    severity: FromQuery[str] = "",
    who: FromQuery[str] = "",
    level: FromQuery[str] = "",
    after: FromQuery[str] = "",
    zone: Annotated[str, QueryParameter(max_length=100)] = "",
    about: Annotated[str, QueryParameter(name="for", max_length=200)] = "",
) -> Response[str]:
    """Show the form and, once a service is chosen, what would happen.

    A local time is one of the zone in the address, which the form puts there: sent to
    somebody elsewhere, the address asks about the same instant.
    """
    supposed = Supposed(
        service=service, at=at, severity=severity, who=who, level=level, after=after
    )

    def look(tx: Transaction) -> tuple[Shown, bool]:
        reader = reader_of(tx, actor)
        instant, wrong = asked_instant(at, zone=zone or reader.zone, now=tx.now)
        faults = {"at": wrong} if wrong else {}
        found: Simulation | None = None
        if service and not faults:
            question = Question(
                at=format_rfc3339(instant),
                service=service,
                severity=severity or None,
                acks=supposed.acks,
            )
            try:
                found = simulation_now(tx, question)
            except InvalidError as error:
                faults = dict(error.fields) or {"service": error.message}
        screen = simulation_screen(
            supposed, found, at=instant, about=about, faults=faults, reader=reader
        )
        chrome = frame(tx, "What if it fires?", Asked(actor=actor, place="/oncall"))
        return Shown(screen=screen, chrome=chrome, tzdata=console.tzdata), bool(faults)

    shown, is_refused = console.store.read(look)
    status = UNPROCESSABLE if is_refused else 200
    return shown.response("oncall_simulation.html", status=status)


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_simulation,)
