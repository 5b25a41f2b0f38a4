"""What would happen, and what would have happened, on the wire; nothing is changed."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from handrail.api.configuration import FILES_MAX, FileText, checked_files
from handrail.api.conversion import Conversion
from handrail.api.deps import GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import InvalidError
from handrail.core.instants import parse_rfc3339
from handrail.core.limits import CONFIGURATION_BODY_BYTES_MAX
from handrail.core.whatif.backtest import InForce, compare
from handrail.core.whatif.record import Record
from handrail.ports.store import Transaction
from handrail.usecases import configuration
from handrail.usecases.alert_record import ALERTS_MAX, alert_record
from handrail.usecases.backtest import in_force
from handrail.usecases.simulation import Asked, simulation_now

PERIOD_DEFAULT = timedelta(days=28)
PLAYED_MAX = 1000
"""Alerts that a server plays for one request, some seconds; more is done offline."""
From = Annotated[
    str | None,
    QueryParameter(name="from", description="Inclusive, RFC 3339; else 28 days back."),
]
To = Annotated[
    str | None, QueryParameter(name="to", description="Exclusive, RFC 3339; else now.")
]


class SimulationStepView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happens; texts that do not apply are empty.

    Attributes:
        offset_seconds: Since the alert fired, rounded down.
        says: In words.
        address: Masked.
        local_time: On the recipient's wall clock.
    """

    at: datetime
    offset_seconds: int
    kind: str
    says: str
    level: str
    recipient: str
    method: str
    channel: str
    address: str
    target: str
    why: str
    local_time: str
    time_zone: str
    is_shadow: bool


class SimulationView(msgspec.Struct, frozen=True, kw_only=True):
    """The exact sequence of who would be told, how and when, and why.

    Attributes:
        behaviour: Who answers, in words.
        decided_by: The rule that decides where the alert goes.
        seconds_to_contact: Until the first who is responsible is told, or none.
        seconds_to_answer: Until somebody acknowledges, or none.
        never_told: Of ``acks``, those whose people are not told there.
    """

    at: datetime
    behaviour: str
    decided_by: str
    revision: int
    service: str | None
    severity: str
    urgency: str
    policy: str | None
    outcome: str
    seconds_to_contact: int | None
    seconds_to_answer: int | None
    steps: list[SimulationStepView]
    never_told: list[str]


class ContactView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, unnamed, was told, and answered after so long or not by then."""

    seconds: int
    is_answered: bool


class RaiseView(msgspec.Struct, frozen=True, kw_only=True):
    """The sender said that it was worse."""

    at: datetime
    word: str


class RecordedAlertView(msgspec.Struct, frozen=True, kw_only=True):
    """One time that an alert fired, as its sender made it."""

    id: str
    integration: str
    fired_at: datetime
    labels: dict[str, str]
    severity_word: str | None
    raises: list[RaiseView]
    closed_at: datetime | None
    is_expired: bool
    contacts: list[ContactView]


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """The alerts that fired in a period; ``is_cut`` where there were too many."""

    starts_at: datetime
    ends_at: datetime
    alerts: list[RecordedAlertView]
    is_cut: bool


class TallyView(msgspec.Struct, frozen=True, kw_only=True):
    """What came of alerts; docs/whatif.md defines each figure."""

    alerts: int
    unpaged: int
    pages: int
    exhausted: int
    interruptions: int
    at_night: int
    on_weekends: int
    seconds_to_answer: list[int]


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A service, a team or the whole, by assumption of who answers."""

    name: str
    is_conclusive: bool
    in_force: dict[str, TallyView]
    proposed: dict[str, TallyView]


class ComparisonView(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposed configuration would have changed."""

    starts_at: datetime
    ends_at: datetime
    alerts: int
    contacts: int
    answers: int
    is_cut: bool
    services: list[LineView]
    teams: list[LineView]
    whole: LineView


class Backtest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The proposal, as the files of a whole configuration, and the period.

    Attributes:
        starts_at: RFC 3339, inclusive; by default 28 days before the end.
        ends_at: RFC 3339, exclusive; by default now.
    """

    files: Annotated[list[FileText], msgspec.Meta(max_length=FILES_MAX)]
    starts_at: str | None = None
    ends_at: str | None = None


_SIMULATION = Conversion(SimulationView)
_RECORD = Conversion(RecordView)
_COMPARISON = Conversion(ComparisonView)


@post(
    "/oncall/simulate",
    opt={"verb": Verb.ONCALL_READ},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def simulate(data: JSONBody[Asked], deps: GivenDeps) -> SimulationView:
    """Say who would be told, how and when, if an alert fired; nobody is told."""
    found = deps.store.read(lambda tx: simulation_now(tx, data))
    return _SIMULATION.of(found)


@get(
    "/oncall/record",
    opt={"verb": Verb.ALERT_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def record(deps: GivenDeps, since: From = None, until: To = None) -> RecordView:
    """Return the alerts of a period as a back-test plays them; nobody is named."""
    return _RECORD.of(deps.store.read(lambda tx: _record(tx, since, until)))


@post(
    "/oncall/backtest",
    opt={"verb": Verb.CONFIG_CHECK},
    request_max_body_size=CONFIGURATION_BODY_BYTES_MAX,
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def backtest(data: JSONBody[Backtest], deps: GivenDeps) -> ComparisonView:
    """Play recorded alerts through a proposal and through what was in force then."""
    checked = checked_files(deps, data.files, vault=None)
    if checked.has_errors:
        msg = "the proposed files have errors; mend them first"
        lines = [problem.line() for problem in checked.problems if problem.is_error]
        raise InvalidError(msg, fields={"files": "; ".join(lines[:5])})

    def look(tx: Transaction) -> tuple[Record, InForce, Snapshot]:
        recorded = _record(tx, data.starts_at, data.ends_at, limit=PLAYED_MAX)
        then = in_force(tx, [one.fired_at for one in recorded.alerts])
        return recorded, then, configuration.proposed_here(tx, checked)

    # Playing takes seconds; no transaction stays open for it.
    recorded, then, proposed = deps.store.read(look)
    return _COMPARISON.of(compare(recorded, in_force=then, proposed=proposed))


def _record(
    tx: Transaction, since: str | None, until: str | None, *, limit: int = ALERTS_MAX
) -> Record:
    ends_at = _instant(until, "to") or tx.now
    starts_at = _instant(since, "from") or ends_at - PERIOD_DEFAULT
    if starts_at >= ends_at:
        msg = "the period ends before it begins"
        raise InvalidError(msg, fields={"from": msg})
    return alert_record(tx, starts_at=starts_at, ends_at=ends_at, limit=limit)


def _instant(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    try:
        # A plus sign that was not encoded arrives as a space.
        return parse_rfc3339(text.strip().replace(" ", "+"))
    except ValueError as error:
        msg = f"{text!r} is no instant; write it like 2026-01-31T08:00:00Z"
        raise InvalidError(msg, fields={name: msg}) from error


HANDLERS: tuple[HTTPRouteHandler, ...] = (simulate, record, backtest)
