"""Who is on call: the rotation's turn, unless an override says somebody else."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.rotation import Turn, turn_at
from handrail.core.schedule.schedule import Override, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """The answer for one instant.

    Attributes:
        user: Who is on call, or nobody.
        why: The chain rotation → override → person, in words.
        until: When the answer may change: the next handoff, or where an override
            begins or ends that decides. Always later than the instant asked about.
        override: Name of the override that decided, or none.
    """

    user: Slug | None
    why: str
    until: datetime
    override: Slug | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time in which one person, or nobody, is on call for one reason.

    Attributes:
        user: Who, or nobody.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        override: Name of the override it comes from; none for the rotation.
    """

    user: Slug | None
    starts_at: datetime
    ends_at: datetime
    override: Slug | None


def on_call(schedule: Schedule, at: datetime) -> OnCall:
    """Return who is on call at an instant, and why."""
    turn = turn_at(schedule.rotation, wall_clock.zone(schedule.time_zone), at)
    active = [o for o in schedule.overrides if o.starts_at <= at < o.ends_at]
    if not active:
        until = _next_start(schedule.overrides, at, limit=turn.ends_at)
        why = _turn_in_words(schedule, turn)
        return OnCall(user=turn.participant, why=why, until=until, override=None)
    winner = max(active, key=_rank)
    later = tuple(o for o in schedule.overrides if _rank(o) > _rank(winner))
    return OnCall(
        user=winner.user,
        why=_override_in_words(schedule, turn, active=active, winner=winner),
        until=_next_start(later, at, limit=winner.ends_at),
        override=winner.name,
    )


def shifts(schedule: Schedule, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Return the shifts that tile ``[start, end)``, in order, cut at both ends.

    Neighbours are one shift where person and source are the same. Times in which
    nobody is on call are shifts of nobody.
    """
    tiles: list[Shift] = []
    at = start
    while at < end:
        answer = on_call(schedule, at)
        until = min(answer.until, end)
        same = (
            tiles
            and tiles[-1].user == answer.user
            and tiles[-1].override == answer.override
        )
        starts_at = tiles.pop().starts_at if same else at
        tiles.append(
            Shift(
                user=answer.user,
                starts_at=starts_at,
                ends_at=until,
                override=answer.override,
            )
        )
        at = until
    return tuple(tiles)


def _rank(override: Override) -> tuple[int, Slug]:
    """Return the order of creation; the name settles what should not be equal."""
    return override.order, override.name


def _next_start(
    overrides: tuple[Override, ...], at: datetime, *, limit: datetime
) -> datetime:
    """Return the first start of an override after ``at``, or ``limit`` if sooner."""
    starts = (o.starts_at for o in overrides if at < o.starts_at < o.ends_at)
    return min((limit, *starts))


def _turn_in_words(schedule: Schedule, turn: Turn) -> str:
    """Say whose turn of the rotation it is, and until when, in local time."""
    zone = wall_clock.zone(schedule.time_zone)
    until = wall_clock.local(turn.ends_at, zone)
    return (
        f"schedule {schedule.name} → rotation, turn {turn.index} "
        f"until {until:%Y-%m-%d %H:%M} {schedule.time_zone} → "
        f"{turn.participant or 'nobody (an intended gap)'}"
    )


def _override_in_words(
    schedule: Schedule, turn: Turn, *, active: list[Override], winner: Override
) -> str:
    """Say which override decided, over whom, and which ones it shadows."""
    zone = wall_clock.zone(schedule.time_zone)
    until = wall_clock.local(winner.ends_at, zone)
    shadowed = sorted(o.name for o in active if o is not winner)
    note = f" (created later than {', '.join(shadowed)})" if shadowed else ""
    return (
        f"schedule {schedule.name} → rotation, turn {turn.index} "
        f"of {turn.participant or 'nobody'} → override {winner.name}{note} "
        f"until {until:%Y-%m-%d %H:%M} {schedule.time_zone} → {winner.user}"
    )
