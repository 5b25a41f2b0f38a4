"""Who is on call: now or then, a schedule's weeks, the reasons, a person's shifts."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction
from handrail.usecases import oncall
from handrail.web.asked_instant import asked_instant
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.duty_reason import duty_reason_screen
from handrail.web.screens.my_shifts import my_shifts_screen
from handrail.web.screens.oncall import oncall_screen
from handrail.web.screens.rota import first_day, rota_screen, rota_window

PLACE = "/oncall"


@get(
    PLACE,
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_oncall(
    console: GivenConsole,
    actor: GivenActor,
    at: FromQuery[str | None] = None,
    sought: Annotated[str, QueryParameter(name="find", max_length=200)] = "",
) -> Response[str]:
    """Show who is on call now, or at another instant; on all schedules or some."""

    def look(tx: Transaction) -> Shown:
        reader = reader_of(tx, actor)
        instant, wrong = asked_instant(at, zone=reader.zone, now=tx.now)
        there = oncall.directory_at(tx, instant)
        screen = oncall_screen(
            there.schedules.values(),
            at=instant,
            asked=at or "",
            wrong=wrong,
            reader=reader,
            sought=sought,
        )
        chrome = frame(tx, "On call", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome, tzdata=console.tzdata)

    return console.store.read(look).response("oncall.html")


@get(
    "/oncall/schedules/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_schedule(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    week: FromQuery[str | None] = None,
) -> Response[str]:
    """Show a schedule's weeks, from this one or from the week of another day."""

    def look(tx: Transaction) -> Shown:
        reader = reader_of(tx, actor)
        zone = _schedule(tx, name, tx.now).time_zone
        instant, wrong = asked_instant(week, zone=zone, now=tx.now)
        day = first_day(instant, zone)
        window = rota_window(day, zone)
        schedule = _schedule(tx, name, min(window[0], tx.now))
        screen = rota_screen(schedule, day, wrong=wrong, reader=reader)
        chrome = frame(tx, schedule.title, Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome, tzdata=console.tzdata)

    return console.store.read(look).response("oncall_schedule.html")


@get(
    "/oncall/schedules/{name:str}/why",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reason(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    at: FromQuery[str | None] = None,
) -> Response[str]:
    """Show why a schedule's answer at an instant is what it is."""

    def look(tx: Transaction) -> Shown:
        zone = _schedule(tx, name, tx.now).time_zone
        instant, wrong = asked_instant(at, zone=zone, now=tx.now)
        schedule = _schedule(tx, name, instant)
        screen = duty_reason_screen(
            schedule, instant, wrong=wrong, reader=reader_of(tx, actor)
        )
        chrome = frame(tx, f"Why: {schedule.title}", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome, tzdata=console.tzdata)

    return console.store.read(look).response("oncall_why.html")


@get(
    "/oncall/people/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_person(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    since: FromQuery[str | None] = None,
) -> Response[str]:
    """Show a person's shifts over all schedules, the next one first."""

    def look(tx: Transaction) -> Shown:
        reader = reader_of(tx, actor)
        instant, wrong = asked_instant(since, zone=reader.zone, now=tx.now)
        there = oncall.directory_at(tx, instant, user=name)
        screen = my_shifts_screen(
            there.schedules.values(),
            oncall.user_asked(there.snapshot, name, now=reader.snapshot),
            instant,
            wrong=wrong,
            reader=reader,
        )
        chrome = frame(tx, f"Shifts of {screen.name}", Asked(actor=actor, place=PLACE))
        return Shown(screen=screen, chrome=chrome, tzdata=console.tzdata)

    return console.store.read(look).response("oncall_person.html")


def _schedule(tx: Transaction, name: str, at: datetime) -> Schedule:
    """Return the schedule as it was from an instant on.

    Raises:
        NotFoundError: There is none of that name and never was.
    """
    there = oncall.directory_at(tx, at, [Slug(name)])
    if name not in there.schedules and at >= tx.now:
        # One that was removed has a past all the same.
        just_before = tx.now - timedelta(microseconds=1)
        past = oncall.directory_at(tx, just_before, [Slug(name)]).schedules
        if past:
            return past[Slug(name)]
    known = there.schedules or tx.configuration.snapshot().schedules
    return oncall.schedules_asked(known, [name])[0]


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    show_oncall,
    show_schedule,
    show_reason,
    show_person,
)
