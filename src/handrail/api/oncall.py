"""Who is on call, when, and why, on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from handrail.api import oncall_view as view
from handrail.api.deps import GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.schedule.explain import explain
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction
from handrail.usecases import oncall

NAMES_MAX = 100
SHIFTS_MAX = 300_000
"""More than four weeks of 10,000 schedules that change daily; some 50 MB and 5 s."""

At = Annotated[
    str | None,
    QueryParameter(
        description=(
            "The instant to ask about: RFC 3339 with an offset, local time in the "
            "schedules' zone, as in 2026-01-31 08:00, 2026-01-31, 18:00 or fri 18:00, "
            "or +2h; else now."
        )
    ),
]
Schedules = Annotated[
    list[str] | None,
    QueryParameter(
        name="schedule", max_items=NAMES_MAX, description="Only these; may be repeated."
    ),
]


@get("/oncall", opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, tags=["on call"])
def list_oncall(
    deps: GivenDeps, at: At = None, schedule: Schedules = None
) -> view.DutyList:
    """Say who is on call, per schedule, until when, and who is next."""

    def look(tx: Transaction) -> view.DutyList:
        found, instant = _asked(tx, at, schedule)
        snapshot = tx.configuration.snapshot()
        return view.duty_list(found, instant, snapshot=snapshot, tzdata=deps.tzdata)

    return deps.store.read(look)


@get(
    "/oncall/shifts",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def list_shifts(
    deps: GivenDeps,
    start: Annotated[
        str | None,
        QueryParameter(
            name="from", description="Inclusive, written like at; else now."
        ),
    ] = None,
    end: Annotated[
        str | None,
        QueryParameter(
            name="to", description="Exclusive, written like at; else four weeks later."
        ),
    ] = None,
    schedule: Schedules = None,
    user: Annotated[
        str | None, QueryParameter(description="Only this person's, without gaps.")
    ] = None,
) -> view.ShiftList:
    """List shifts and gaps in a window, cut at both ends."""

    def look(tx: Transaction) -> view.ShiftList:
        known = oncall.directory_at(tx, tx.now).schedules
        zones = [known[Slug(name)] for name in schedule or known if name in known]
        window = oncall.window_asked(start, end, schedules=zones, now=tx.now)
        then = oncall.directory_at(tx, window[0], schedule, user=user)
        who = None
        if user is not None:
            current = tx.configuration.snapshot()
            who = oncall.user_asked(then.snapshot, user, now=current)
        found = oncall.schedules_asked(then.schedules, schedule or (), others=known)
        return view.shift_list(
            found, *window, user=who, tzdata=deps.tzdata, limit=SHIFTS_MAX
        )

    return deps.store.read(look)


@get(
    "/oncall/explain",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def explain_oncall(
    schedule: Annotated[str, QueryParameter(description="The schedule's name.")],
    deps: GivenDeps,
    at: At = None,
) -> view.DutyExplanation:
    """Say why: rule, restriction, override, person."""

    def look(tx: Transaction) -> view.DutyExplanation:
        found, instant = _asked(tx, at, [schedule])
        return view.explanation(
            explain(found[0], instant),
            time_zone=found[0].time_zone,
            tzdata=deps.tzdata,
        )

    return deps.store.read(look)


@get(
    "/oncall/services/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def show_service_duty(
    name: FromPath[str], deps: GivenDeps, at: At = None
) -> view.PolicyDuty:
    """Say whom a service's page would tell, level by level."""
    return deps.store.read(
        lambda tx: _policy(tx, at, service=name, policy=None, tzdata=deps.tzdata)
    )


@get(
    "/oncall/policies/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def show_policy_duty(
    name: FromPath[str], deps: GivenDeps, at: At = None
) -> view.PolicyDuty:
    """Say whom a policy would tell, level by level."""
    return deps.store.read(
        lambda tx: _policy(tx, at, service=None, policy=name, tzdata=deps.tzdata)
    )


@get(
    "/oncall/users/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def show_user_duty(
    name: FromPath[str], deps: GivenDeps, at: At = None
) -> view.PersonDuty:
    """Say what a person has now, and next in each schedule."""

    def look(tx: Transaction) -> view.PersonDuty:
        instant = _instant(tx, at, ())
        then = oncall.directory_at(tx, instant, user=name)
        current = tx.configuration.snapshot()
        user = oncall.user_asked(then.snapshot, name, now=current)
        found = then.schedules.values()
        return view.person_duty(found, user, instant, tzdata=deps.tzdata)

    return deps.store.read(look)


def _asked(
    tx: Transaction, at: str | None, names: Sequence[str] | None
) -> tuple[list[Schedule], datetime]:
    """Return the schedules as they were at the instant, and the instant."""
    asked = [Slug(name) for name in names or ()]
    instant = _instant(tx, at, asked)
    then = oncall.directory_at(tx, instant, asked or None)
    others = tx.configuration.snapshot().schedules
    return oncall.schedules_asked(then.schedules, asked, others=others), instant


def _instant(tx: Transaction, at: str | None, names: Sequence[str]) -> datetime:
    known = tx.configuration.snapshot().schedules
    asked = [known[Slug(name)] for name in names or known if name in known]
    return oncall.instant_asked(at, schedules=asked, now=tx.now)


def _policy(
    tx: Transaction,
    at: str | None,
    *,
    service: str | None,
    policy: str | None,
    tzdata: str,
) -> view.PolicyDuty:
    instant = _instant(tx, at, ())
    then = oncall.directory_at(tx, instant)
    found, of = oncall.policy_asked(then.snapshot, service=service, policy=policy)
    return view.policy_duty(found, then, instant, service=of, tzdata=tzdata)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_oncall,
    list_shifts,
    explain_oncall,
    show_service_duty,
    show_policy_duty,
    show_user_duty,
)
