"""Alerts and the configuration: screens that only show."""

from typing import Annotated

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from handrail.core.access.permission import Verb
from handrail.core.errors import NotFoundError
from handrail.core.ids import AlertId, Slug
from handrail.ports.store import Transaction
from handrail.usecases.explain import explain
from handrail.usecases.oncall_load import oncall_load
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.alert import alert_list_screen, alert_screen
from handrail.web.screens.configuration import configuration_screen
from handrail.web.screens.oncall_load import oncall_load_screen

ROWS_SHOWN = 50
_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Before = Annotated[str | None, QueryParameter(pattern=_ID)]


@get(
    "/alerts",
    opt={"verb": Verb.ALERT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_alerts(
    console: GivenConsole,
    actor: GivenActor,
    show: FromQuery[str] = "open",
    before: Before = None,
) -> Response[str]:
    """List alerts, newest first."""
    is_all = show == "all"

    def look(tx: Transaction) -> Shown:
        cursor = AlertId(before) if before else None
        alerts = tx.alert.search(
            open_only=not is_all, limit=ROWS_SHOWN + 1, before=cursor
        )
        screen = alert_list_screen(
            alerts[:ROWS_SHOWN],
            is_all=is_all,
            following=alerts[ROWS_SHOWN - 1].id if len(alerts) > ROWS_SHOWN else None,
            reader=reader_of(tx, actor),
        )
        asked = Asked(actor=actor, place="/alerts")
        chrome = frame(tx, "Alerts", asked)
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("alerts.html")


@get(
    "/alerts/{alert_id:str}",
    opt={"verb": Verb.ALERT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_alert(
    alert_id: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Show one alert and explain what became of it."""

    def look(tx: Transaction) -> Shown:
        if tx.alert.get(AlertId(alert_id)) is None:
            msg = "There is no such alert. All of them stand under Alerts."
            raise NotFoundError(msg)
        story = explain(tx, alert_id)
        screen = alert_screen(story, reader=reader_of(tx, actor))
        asked = Asked(actor=actor, place="")
        chrome = frame(tx, f"Alert: {story.alert.title}", asked)
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("alert.html")


@get(
    "/oncall/load",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_oncall_load(
    console: GivenConsole, actor: GivenActor, team: FromQuery[str | None] = None
) -> Response[str]:
    """Show the reader's own on-call load, and how their teams' is spread."""
    wanted = None if team is None else Slug(team)

    def look(tx: Transaction) -> Shown:
        found = oncall_load(tx, viewer=actor.user, team=wanted)
        screen = oncall_load_screen(found, reader=reader_of(tx, actor))
        chrome = frame(tx, "On-call load", Asked(actor=actor, place="/oncall"))
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("oncall_load.html")


@get(
    "/configuration",
    opt={"verb": Verb.CONFIG_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_configuration(console: GivenConsole, actor: GivenActor) -> Response[str]:
    """Show every document in force, and what is doubtful."""

    def look(tx: Transaction) -> Shown:
        revisions = tx.configuration.revisions()
        documents = tx.configuration.documents()
        screen = configuration_screen(
            documents,
            latest=revisions[-1] if revisions else None,
            warnings=console.doubts(documents),
            reader=reader_of(tx, actor),
        )
        asked = Asked(actor=actor, place="/configuration")
        chrome = frame(tx, "Setup", asked)
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("configuration.html")


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_alerts,
    show_alert,
    show_oncall_load,
    show_configuration,
)
