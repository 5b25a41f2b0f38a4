"""Health: is the process alive, and could it page somebody right now?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from handrail.api.deps import Deps, GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError
from handrail.usecases.setback import count_set_aside

TICK_AGE_MAX = timedelta(seconds=30)
"""An engine that has not gone round for this long is stuck: restart the process."""
PROBE_KEY = "readiness_probe"
PROBE_EVERY = timedelta(seconds=5)
"""The writing probe is made this often at most; anybody may ask for readiness."""

Seconds = Annotated[float, msgspec.Meta(description="Seconds.")]


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str
    version: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this process can accept a signal and page somebody.

    Attributes:
        status: ``ready`` or ``not_ready``.
        database_writable: A write was committed within the last seconds.
        engine_age_seconds: Since the engine last went round; none before it did.
        oldest_owed_seconds: How late the most overdue delivery is; none where nothing
            is overdue. A provider's outage makes it grow, which is no reason to take
            this process out of service, so it does not decide ``status``.
        synchronous_standby: Whether every commit waits for a standby of PostgreSQL, so
            that a failover loses nothing; none on SQLite. With one that is gone,
            commits wait, and ``database_writable`` says no. Does not decide ``status``.
        set_aside: How many kinds of work have a row that cannot be done and waits;
            Handrail's own open alerts say which, and the log why. Others go on, so it
            does not decide ``status``.
    """

    status: str
    database_writable: bool
    engine_age_seconds: Seconds | None
    oldest_owed_seconds: Seconds | None
    synchronous_standby: bool | None
    set_aside: int


@get("/health/live", opt={"verb": Verb.PUBLIC}, sync_to_thread=False, tags=["health"])
def live(deps: GivenDeps) -> Liveness:
    """Answer as long as the process does."""
    return Liveness(status="alive", version=deps.version)


@get(
    "/health/ready",
    opt={"verb": Verb.PUBLIC},
    sync_to_thread=True,
    tags=["health"],
    responses={
        503: ResponseSpec(Readiness, description="Not ready", generate_examples=False)
    },
)
def ready(deps: GivenDeps) -> Response[Readiness]:
    """Say whether a signal sent here now would be kept and acted upon."""
    found = look(deps)
    status = 200 if found.status == "ready" else 503
    return Response(found, status_code=status)


def look(deps: Deps) -> Readiness:
    """Return the readiness of this process."""
    now = deps.clock.now()
    found = _database(deps, now)
    tick = deps.last_tick()
    age = None if tick is None else (now - tick).total_seconds()
    is_turning = age is not None and age <= TICK_AGE_MAX.total_seconds()
    owed = found.oldest_owed
    late = None if owed is None else (now - owed).total_seconds()
    return Readiness(
        status="ready" if found.is_writable and is_turning else "not_ready",
        database_writable=found.is_writable,
        engine_age_seconds=age,
        oldest_owed_seconds=late if late is not None and late > 0 else None,
        synchronous_standby=found.has_standby,
        set_aside=found.set_aside,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the database says of itself."""

    is_writable: bool = False
    oldest_owed: datetime | None = None
    has_standby: bool | None = None
    set_aside: int = 0


def _database(deps: Deps, now: datetime) -> _Found:
    try:
        last, oldest, aside = deps.store.read(
            lambda tx: (
                tx.meta.get(PROBE_KEY),
                tx.delivery.oldest_owed(),
                count_set_aside(tx),
            )
        )
        if last is None or now - datetime.fromisoformat(last) >= PROBE_EVERY:
            deps.store.run(lambda tx: tx.meta.set(PROBE_KEY, now.isoformat()))
        has_standby = deps.has_standby()
    except DomainError:
        return _Found()
    return _Found(
        is_writable=True,
        oldest_owed=oldest,
        has_standby=has_standby,
        set_aside=aside,
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (live, ready)
