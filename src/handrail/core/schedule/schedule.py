"""A schedule: layers of turns in a named time zone, and what overrides them.

Everything a file says of a schedule is here in one shape, so that the live server, the
offline commands, proofs and what-if all ask the same thing.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from itertools import accumulate

from handrail.core.ids import Slug

Party = tuple[Slug, ...]
"""Who shares one turn, in order; the empty one is *nobody*, an intended gap."""

WEEK = timedelta(weeks=1)


@unique
class RotationUnit(StrEnum):
    """What a turn's length counts; always in wall-clock time."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@unique
class Turns(StrEnum):
    """Which periods of a rotation use up a turn.

    ``ALWAYS``: every one; a restriction hides a turn and does not stop it.
    ``ONLY_ACTIVE``: a period that lies wholly outside the restriction uses none.
    """

    ALWAYS = "always"
    ONLY_ACTIVE = "only_active"


@unique
class Combination(StrEnum):
    """How a layer goes with those before it.

    ``COVER``: in their place, where it counts. ``TOGETHER``: beside them. ``JOIN``: as
    one layer with the nearest before it: where both count their people are on duty
    together, and either covers what that one covers.
    """

    COVER = "cover"
    TOGETHER = "together"
    JOIN = "join"


@unique
class OverrideMode(StrEnum):
    """What an override does with its user."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Participants take turns in order.

    Attributes:
        participants: Who has each turn, in order.
        unit: What ``lengths`` count.
        lengths: Units of a turn, each 1 or more; several repeat in order, as in five
            days and two. They run on their own: with three participants a person has
            now the long turn, now the short one.
        starts_on: Local date of turn 0's first handoff.
        handoff: Local wall-clock time of that handoff, and of all that follow where
            the unit is a day or longer.
        lasts: Wall-clock time of a turn that counts, from its handoff on; in the rest
            of it the layer is silent. None: all of it.
        time_zone: IANA name in which handoffs are read; none for the layer's.
    """

    participants: tuple[Party, ...]
    unit: RotationUnit
    lengths: tuple[int, ...]
    starts_on: date
    handoff: time
    lasts: timedelta | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of every week, in wall-clock time: Friday 18:00 to Monday 08:00.

    Attributes:
        weekday: On which it begins; Monday is 0.
        start: Local time, inclusive.
        days: Calendar days from that day to the one on which it ends, 0 to 7.
        end: Local time, exclusive.

    Raises:
        ValueError: It ends before it begins, or lasts longer than a week.
    """

    weekday: int
    start: time
    days: int
    end: time

    def __post_init__(self) -> None:
        if not timedelta(0) < self.length <= WEEK:
            msg = f"a window of the week lasts {self.length}; give it up to 7 days"
            raise ValueError(msg)

    @property
    def length(self) -> timedelta:
        """Return how long it lasts on the wall clock."""
        return timedelta(days=self.days) + since_midnight(self.end) - self.opens_after

    @property
    def opens_after(self) -> timedelta:
        """Return wall-clock time from midnight of its weekday to its beginning."""
        return since_midnight(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time with a name: a holiday, ``[starts_at, ends_at)`` in UTC."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedShift:
    """People on duty in ``[starts_at, ends_at)``, UTC; as a calendar would say it."""

    users: Party
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One plan of who is on duty when; it says nothing of the times it leaves out.

    Attributes:
        name: Unique within the schedule.
        rotation: The turns; none where the layer lists shifts.
        shifts: Listed shifts; those that overlap are on duty together.
        windows: When the layer counts; always where empty.
        turns: Whether periods outside the windows use up turns.
        combination: How it goes with the layers before it. A turn of nobody covers
            too: the gap is intended.
        starts_at: Before it the layer is silent; UTC, inclusive. None: no beginning.
        ends_at: From it on the layer is silent; UTC, exclusive. None: no end.
        holidays: When it is silent because of calendars it skips; sorted, disjoint.
        time_zone: IANA name its times are read in; none for the schedule's.
        is_shadow: Its people get the same pages and carry no responsibility: they
            never make a gap covered.
    """

    name: Slug
    rotation: Rotation | None = None
    shifts: tuple[FixedShift, ...] = ()
    windows: tuple[Window, ...] = ()
    turns: Turns = Turns.ALWAYS
    combination: Combination = Combination.COVER
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    holidays: tuple[Span, ...] = ()
    time_zone: str | None = None
    is_shadow: bool = False

    @property
    def people(self) -> tuple[Slug, ...]:
        """Return everybody it names, with repeats."""
        parties = () if self.rotation is None else self.rotation.participants
        listed = (shift.users for shift in self.shifts)
        return tuple(name for party in (*parties, *listed) for name in party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody else for a while. They apply in order of creation, the last one wins.

    Attributes:
        name: The slug.
        user: Who is put on duty, or taken off it.
        mode: Replace everyone that the layers put on duty (or only ``instead_of``),
            add beside them, or remove.
        instead_of: Whom a replacement relieves; it does nothing while that person is
            not on duty. None: everyone but those who were added.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        order: Rank of creation; higher was created later.
    """

    name: Slug
    user: Slug
    starts_at: datetime
    ends_at: datetime
    order: int
    mode: OverrideMode = OverrideMode.REPLACE
    instead_of: Slug | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The layers from an instant on, until the next revision.

    Attributes:
        effective_from: UTC, inclusive; none for the first, which has no beginning.
        layers: In order; a later one covers, or joins, those before it.
    """

    layers: tuple[Layer, ...]
    effective_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """Which shifts people are told of, over the contact methods of low urgency.

    Attributes:
        before_start: So long before a shift begins; none: not then.
        at_start: When it begins, with what is open.
        at_end: When it ends, with what happened and what is still open.
    """

    before_start: timedelta | None = None
    at_start: bool = False
    at_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Who is on call when.

    Attributes:
        name: The slug.
        title: What people see.
        time_zone: IANA name in which dates and times are read and shown.
        revisions: Ordered by ``effective_from``; at least one, the first without.
        overrides: In any order.
        notices: Which shifts people are told of; none: of no shift.
        found: What was found of it before and still holds, by what finds it. It makes
            no difference but in time, and is no part of what the schedule says.
    """

    name: Slug
    title: str
    time_zone: str
    revisions: tuple[Revision, ...]
    overrides: tuple[Override, ...] = ()
    notices: NoticeRules | None = None
    found: dict[str, object] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _ranked: tuple[Override, ...] = field(init=False, repr=False, compare=False)
    _latest: tuple[datetime, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranked = sorted(
            (one for one in self.overrides if one.starts_at < one.ends_at),
            key=_override_start,
        )
        latest = accumulate((one.ends_at for one in ranked), max)
        object.__setattr__(self, "_ranked", tuple(ranked))
        object.__setattr__(self, "_latest", tuple(latest))

    def overrides_within(self, start: datetime, end: datetime) -> list[Override]:
        """Return overrides that hold within ``[start, end)``, by their beginning."""
        if not self._ranked:
            return []
        first = bisect_right(self._latest, start)
        last = bisect_left(self._ranked, end, lo=first, key=_override_start)
        return [one for one in self._ranked[first:last] if one.ends_at > start]

    @property
    def people(self) -> tuple[Slug, ...]:
        """Return everybody it may put on duty at one time or another, nobody twice."""
        stand_ins = (
            one.user for one in self.overrides if one.mode is not OverrideMode.REMOVE
        )
        return tuple(dict.fromkeys((*self.planned_people, *stand_ins)))

    @property
    def planned_people(self) -> tuple[Slug, ...]:
        """Return everybody who takes turns on it, nobody twice."""
        layers = (layer for one in self.revisions for layer in one.layers)
        return tuple(dict.fromkeys(name for layer in layers for name in layer.people))

    @property
    def has_turns_of_nobody(self) -> bool:
        """Return whether a turn of some layer is an intended gap."""
        layers = (layer for one in self.revisions for layer in one.layers)
        rotations = (layer.rotation for layer in layers if layer.rotation is not None)
        return any(() in rotation.participants for rotation in rotations)

    def layers_at(self, at: datetime) -> tuple[Layer, ...]:
        """Return the layers in force at an instant."""
        found: tuple[Layer, ...] = ()
        for revision in self.revisions:
            if revision.effective_from is None or revision.effective_from <= at:
                found = revision.layers
        return found


def _override_start(override: Override) -> datetime:
    return override.starts_at


def since_midnight(at: time) -> timedelta:
    """Return wall-clock time from midnight to a time of day."""
    return timedelta(
        hours=at.hour,
        minutes=at.minute,
        seconds=at.second,
        microseconds=at.microsecond,
    )
