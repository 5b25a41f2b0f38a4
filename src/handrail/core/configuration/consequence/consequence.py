"""A consequence of a change, in people's words, and how many of them are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.node import Json
from handrail.core.ids import Slug
from handrail.core.instants import format_rfc3339
from handrail.core.schedule.restriction import Stretch

SHOWN = 12
"""Consequences told in words; the rest is counted."""
KEPT = 500
"""Consequences told as data."""


@unique
class ConsequenceKind(StrEnum):
    """What it is about, the most important first."""

    ON_CALL_NOW = "on_call_now"
    UNREACHABLE = "unreachable"
    NOBODY = "nobody"
    COVERAGE = "coverage"
    GAP = "gap"
    CLOCK_GAP = "clock_gap"
    DST = "dst"
    HANDOVER = "handover"
    PERSON = "person"
    LATER = "later"
    INTENDED_GAP = "intended_gap"
    NEW_GAPS = "new_gaps"
    DST_ELSEWHERE = "dst_elsewhere"


_RANKS = {kind: rank for rank, kind in enumerate(ConsequenceKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One thing that a change means for people.

    Attributes:
        text: One sentence, without the full stop.
        starts_at: When it first holds, UTC; none where it holds at all times.
        weight: Of two of a kind, the heavier one is told first.
        figures: Figures by local month, such as ``2026-12``: what is gained and lost.
    """

    kind: ConsequenceKind
    text: str
    schedule: Slug | None = None
    user: Slug | None = None
    service: Slug | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weight: float = 0.0
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or ``--json``."""
        return {
            "kind": str(self.kind),
            "text": self.text,
            "schedule": self.schedule,
            "user": self.user,
            "service": self.service,
            "starts_at": _told(self.starts_at),
            "ends_at": _told(self.ends_at),
            "figures": {month: dict(told) for month, told in self.figures.items()},
        }


class Consequences(NamedTuple):
    """All that a change means for people, the most important first.

    Attributes:
        items: At most ``KEPT``.
        left_out: How many there are beyond them.
        not_compared: Changed schedules beyond those that were compared.
        until: The end of the time that shifts were compared for.
    """

    items: tuple[Consequence, ...] = ()
    left_out: int = 0
    not_compared: int = 0
    until: datetime | None = None

    def lines(self) -> tuple[str, ...]:
        """Return the most important ones as lines of text, and how many more."""
        if not self.items and not self.not_compared:
            return ()
        until = "" if self.until is None else f" until {self.until:%Y-%m-%d}"
        head = f"What it means for people{until}:"
        told = [f"  * {one.text}" for one in self.items[:SHOWN]]
        more = len(self.items) - SHOWN + self.left_out
        if more > 0:
            told.append(f"  and {more} more (all of them: --json)")
        if self.not_compared:
            told.append(f"  {self.not_compared} more schedules were not compared")
        return (head, *told)

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or ``--json``."""
        return {
            "consequences": [one.as_json() for one in self.items],
            "consequences_left_out": self.left_out,
            "schedules_not_compared": self.not_compared,
        }


def ranked(
    found: Iterable[Consequence], *, not_compared: int, until: datetime
) -> Consequences:
    """Return the consequences in order of importance, bounded."""
    ordered = sorted(
        found,
        key=lambda one: (
            _RANKS[one.kind],
            -one.weight,
            one.starts_at or until,
            one.schedule or "",
            one.text,
        ),
    )
    return Consequences(
        items=tuple(ordered[:KEPT]),
        left_out=max(0, len(ordered) - KEPT),
        not_compared=not_compared,
        until=until,
    )


def stretch_in_words(stretch: Stretch, zone: ZoneInfo) -> str:
    """Return ``Sat 5 Dec 02:00 to 04:00``, or both days where they differ."""
    begins, ends = (wall_clock.local(at, zone) for at in stretch)
    is_same_day = begins.date() == ends.date()
    until = f"{ends:%H:%M}" if is_same_day else moment_in_words(ends)
    return f"{moment_in_words(begins)} to {until}"


def moment_in_words(local: datetime) -> str:
    """Return ``Sat 5 Dec 02:00``."""
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def day_in_words(local: datetime) -> str:
    """Return ``Sun 29 Mar``."""
    return f"{local:%a} {local.day} {local:%b}"


def span_in_words(by: timedelta) -> str:
    """Return ``an hour``, ``2 h``, ``30 min`` or ``1 h 30 min``, without its sign."""
    minutes = round(abs(by).total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if (hours, rest) == (1, 0):
        return "an hour"
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "less than a minute"


def names_in_words(names: Sequence[str]) -> str:
    """Return ``ana``, ``ana and ben`` or ``nobody``."""
    return " and ".join(names) or "nobody"


def _told(at: datetime | None) -> str | None:
    return None if at is None else format_rfc3339(at)
