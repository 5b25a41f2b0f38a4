"""An override that is to be made, and what it would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.configuration.node import Json
from handrail.core.configuration.spelling import format_moment
from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Override, OverrideMode, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOverride:
    """An override without a name yet; created last, so that it wins.

    Attributes:
        schedule: Whose turns it changes.
        user: Who is put on call; with mode remove, who is taken off.
        starts_at: UTC, inclusive, to the second.
        ends_at: UTC, exclusive, to the second.
        mode: What it does with its user.
        instead_of: Replace this user only, or none.
    """

    schedule: Slug
    user: Slug
    starts_at: datetime
    ends_at: datetime
    mode: OverrideMode = OverrideMode.REPLACE
    instead_of: Slug | None = None

    def body(self) -> dict[str, Json]:
        """Return it as a configuration document has it."""
        found: dict[str, Json] = {
            "schedule": self.schedule,
            "user": self.user,
            "from": format_moment(self.starts_at),
            "until": format_moment(self.ends_at),
        }
        if self.mode is not OverrideMode.REPLACE:
            found["mode"] = str(self.mode)
        if self.instead_of is not None:
            found["instead_of"] = str(self.instead_of)
        return found

    def made(self, name: Slug, *, order: int) -> Override:
        """Return it as the schedule has it."""
        return Override(
            name=name,
            user=self.user,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            order=order,
            mode=self.mode,
            instead_of=self.instead_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """Who comes and who goes where one plan takes the place of another.

    Attributes:
        comes: On duty afterwards at some time at which they were not before.
        goes: The other way round.
        opens_gap: Somebody was on duty at some time, and nobody is afterwards.
    """

    comes: frozenset[Slug]
    goes: frozenset[Slug]
    opens_gap: bool


def turnover(
    before: Schedule, after: Schedule, start: datetime, end: datetime
) -> Turnover:
    """Return who comes and goes within ``[start, end)`` between two plans."""
    comes: set[Slug] = set()
    goes: set[Slug] = set()
    opens_gap = False
    tiles, others = resolve(before, start, end), resolve(after, start, end)
    place = 0
    for tile in tiles:
        while place < len(others) and others[place].ends_at <= tile.starts_at:
            place += 1
        index = place
        while index < len(others) and others[index].starts_at < tile.ends_at:
            was, is_now = set(tile.users), set(others[index].users)
            comes |= is_now - was
            goes |= was - is_now
            opens_gap = opens_gap or bool(was and not is_now)
            index += 1
    return Turnover(comes=frozenset(comes), goes=frozenset(goes), opens_gap=opens_gap)


def with_new(
    schedules: Mapping[Slug, Schedule], added: Sequence[NewOverride]
) -> dict[Slug, Schedule]:
    """Return the schedules as they would be with the overrides, created in order."""
    found = dict(schedules)
    for number, one in enumerate(added):
        schedule = found[one.schedule]
        top = max((o.order for o in schedule.overrides), default=0)
        made = one.made(Slug(f"new.{number}"), order=top + 1)
        found[one.schedule] = replace(schedule, overrides=(*schedule.overrides, made))
    return found


def without(schedule: Schedule, override: Slug) -> Schedule:
    """Return the schedule as it would be without that override."""
    left = tuple(o for o in schedule.overrides if o.name != override)
    return replace(schedule, overrides=left)
