"""Which changes may have brought an incident: those shortly before its impact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, unique

from handrail.core import limits
from handrail.core.change.change import Change
from handrail.core.ids import Slug


@unique
class Nearness(IntEnum):
    """How near a change is to what broke; nearer ones come first."""

    SERVICE = 0
    DEPENDENCY = 1
    UNSAID = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A change that may have had a part, and why it is shown. It proves nothing."""

    change: Change
    nearness: Nearness
    reason: str


def suspects(
    changes: Iterable[Change],
    *,
    services: Sequence[Slug],
    before: datetime,
    window: timedelta = limits.SUSPECT_WINDOW,
) -> tuple[Suspect, ...]:
    """Return the changes of the window, the nearest first and of those the newest.

    Args:
        changes: In any order.
        services: What the incident is about, then what that depends on; none means
            that nobody said, and every change is as near as any other.
        before: When the impact started or, where nobody knows, when it was noticed;
            inclusive.
        window: How far back, inclusive.
    """
    found = []
    for change in changes:
        nearness = _nearness(change, services)
        if nearness is None or not before - window <= change.occurred_at <= before:
            continue
        ago = _ago(before - change.occurred_at)
        where = _WHERE[nearness] if services else "; the incident names no service"
        reason = f"{change.kind} {ago} before the impact{where}"
        found.append(Suspect(change=change, nearness=nearness, reason=reason))
    found.sort(key=lambda s: s.change.occurred_at, reverse=True)
    return tuple(sorted(found, key=lambda s: s.nearness))


_WHERE = {
    Nearness.SERVICE: ", to the service itself",
    Nearness.DEPENDENCY: ", to what the service depends on",
    Nearness.UNSAID: "; the sender named no service",
}


def _nearness(change: Change, services: Sequence[Slug]) -> Nearness | None:
    if change.service is None or not services:
        return Nearness.UNSAID
    if change.service == services[0]:
        return Nearness.SERVICE
    return Nearness.DEPENDENCY if change.service in services else None


def _ago(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{minutes} min"
