"""Recorded alerts played through two configurations, and what differs.

The figures are of services and teams. There is none of a person, by design.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from handrail.core import wall_clock
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.paging.event import PageAcknowledged, PageExhausted, PageOpened
from handrail.core.people.user import User
from handrail.core.schedule.load import is_night
from handrail.core.schedule.night import NightHours
from handrail.core.whatif.behaviour import Behaviour, Everybody, Nobody
from handrail.core.whatif.play import Played, Told, TurnBook, play
from handrail.core.whatif.record import Record, RecordedAlert, case_of
from handrail.core.whatif.response_times import (
    AsRecorded,
    ResponseTimes,
    response_times,
)

ALERTS_MIN = 10
"""Of fewer recorded alerts no conclusion is drawn; their figures are shown."""
_SATURDAY = 5


@unique
class Assumption(StrEnum):
    """How people are taken to answer: the two ends of a range, and the record."""

    ALL_AT_ONCE = "all_at_once"
    AS_RECORDED = "as_recorded"
    NOBODY = "nobody"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of alerts. Counts, but for the last.

    Attributes:
        alerts: That went there.
        unpaged: Muted, or over before anybody was paged.
        pages: Opened.
        exhausted: Pages that nobody answered, the last resort included.
        interruptions: A person was told of a page: once for each page and person.
        at_night: Of them, those first told in a night of their own clock, as the rest
            rules of the proposal have it, so that both sides are measured alike.
        on_weekends: Of them, those first told on a Saturday or Sunday of their own.
        seconds_to_answer: From firing to the acknowledgement, of those answered.
    """

    alerts: int = 0
    unpaged: int = 0
    pages: int = 0
    exhausted: int = 0
    interruptions: int = 0
    at_night: int = 0
    on_weekends: int = 0
    seconds_to_answer: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count the other's alerts in."""
        self.alerts += other.alerts
        self.unpaged += other.unpaged
        self.pages += other.pages
        self.exhausted += other.exhausted
        self.interruptions += other.interruptions
        self.at_night += other.at_night
        self.on_weekends += other.on_weekends
        self.seconds_to_answer += other.seconds_to_answer


Tallies = dict[Assumption, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service, one team, or all of it, under both configurations.

    Attributes:
        name: "" where no service, or no team, is behind the alerts.
        is_conclusive: There were enough alerts to say anything.
    """

    name: str
    is_conclusive: bool
    in_force: Mapping[Assumption, Tally]
    proposed: Mapping[Assumption, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the proposed configuration would have changed.

    Attributes:
        alerts: How many recorded alerts were played.
        contacts: On how many contacts ``as_recorded`` rests.
        answers: How many of those were answered; with fewer than ten there is no
            ``as_recorded``.
        is_cut: The record was longer than what was played.
    """

    starts_at: datetime
    ends_at: datetime
    alerts: int
    contacts: int
    answers: int
    is_cut: bool
    services: tuple[Line, ...]
    teams: tuple[Line, ...]
    whole: Line


InForce = Callable[[datetime], Snapshot]
"""The configuration in force at an instant."""

_Key = tuple[str, str]
"""Service and team, each "" where there is none."""


def compare(record: Record, *, in_force: InForce, proposed: Snapshot) -> Comparison:
    """Play the record through both configurations."""
    contacts = (contact for alert in record.alerts for contact in alert.contacts)
    times = response_times(contacts)
    night = proposed.rest.rules.night
    before = _played(record, in_force, times, night)
    after = _played(record, lambda _: proposed, times, night)
    return Comparison(
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        alerts=len(record.alerts),
        contacts=times.contacts,
        answers=times.answers,
        is_cut=record.is_cut,
        services=_lines(before, after, lambda key: key[0]),
        teams=_lines(before, after, lambda key: key[1]),
        whole=_line("", _sum(before.values()), _sum(after.values())),
    )


def _played(
    record: Record, in_force: InForce, times: ResponseTimes, night: NightHours
) -> dict[_Key, Tallies]:
    found: dict[_Key, Tallies] = {}
    for assumption, behaviour in _behaviours(times).items():
        turns: TurnBook = {}
        for recorded in record.alerts:
            snapshot = in_force(recorded.fired_at)
            played = play(
                case_of(recorded),
                snapshot=snapshot,
                behaviour=behaviour(recorded),
                turns=turns,
            )
            there = found.setdefault(_key(played, snapshot), {})
            tally = there.setdefault(assumption, Tally())
            tally.add(_tally(played, recorded, snapshot, night))
    return found


def _key(played: Played, snapshot: Snapshot) -> _Key:
    name = played.destination.service if played.destination else None
    service = snapshot.services.get(name) if name else None
    return name or "", (service and service.team) or ""


def _behaviours(
    times: ResponseTimes,
) -> dict[Assumption, Callable[[RecordedAlert], Behaviour]]:
    found: dict[Assumption, Callable[[RecordedAlert], Behaviour]] = {
        Assumption.ALL_AT_ONCE: lambda _: Everybody(),
        Assumption.NOBODY: lambda _: Nobody(),
    }
    if times.is_enough:
        found[Assumption.AS_RECORDED] = lambda recorded: AsRecorded(
            times=times, seed=f"{recorded.id} {recorded.fired_at.isoformat()}"
        )
    return found


def _tally(
    played: Played, recorded: RecordedAlert, snapshot: Snapshot, night: NightHours
) -> Tally:
    tally = Tally(alerts=1)
    told: set[str] = set()
    for happening in played.happenings:
        match happening.what:
            case PageOpened():
                tally.pages += 1
                told.clear()
            case PageExhausted():
                tally.exhausted += 1
            case PageAcknowledged():
                seconds = (happening.at - recorded.fired_at).total_seconds()
                tally.seconds_to_answer.append(int(seconds))
            case Told(delivery=delivery) if delivery.recipient not in told:
                told.add(delivery.recipient)
                user = _person(delivery.recipient, snapshot)
                if user is not None:
                    _interrupt(tally, user, happening.at, night)
            case _:
                continue
    tally.unpaged = int(tally.pages == 0)
    return tally


def _person(recipient: str, snapshot: Snapshot) -> User | None:
    kind, _, name = recipient.partition(":")
    return snapshot.users.get(Slug(name)) if kind == "user" else None


def _interrupt(tally: Tally, user: User, at: datetime, night: NightHours) -> None:
    zone = wall_clock.zone(user.time_zone)
    tally.interruptions += 1
    tally.at_night += is_night(at, night, zone)
    tally.on_weekends += wall_clock.local(at, zone).weekday() >= _SATURDAY


def _sum(many: Iterable[Tallies]) -> Tallies:
    total: Tallies = {}
    for tallies in many:
        for assumption, tally in tallies.items():
            total.setdefault(assumption, Tally()).add(tally)
    return total


def _lines(
    before: Mapping[_Key, Tallies],
    after: Mapping[_Key, Tallies],
    name_of: Callable[[_Key], str],
) -> tuple[Line, ...]:
    names = sorted({name_of(key) for key in (*before, *after)})
    return tuple(
        _line(
            name,
            *(
                _sum(tallies for key, tallies in side.items() if name_of(key) == name)
                for side in (before, after)
            ),
        )
        for name in names
    )


def _line(name: str, before: Tallies, after: Tallies) -> Line:
    alerts = max(
        (tally.alerts for side in (before, after) for tally in side.values()),
        default=0,
    )
    for tally in (*before.values(), *after.values()):
        tally.seconds_to_answer.sort()
    return Line(
        name=name,
        is_conclusive=alerts >= ALERTS_MIN,
        in_force=before,
        proposed=after,
    )
