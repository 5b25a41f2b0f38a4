"""Components of the status page, and how they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import Slug


@unique
class ComponentStatus(StrEnum):
    """How a component stands. Statuspage's words."""

    OPERATIONAL = "operational"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"

    @property
    def is_affected(self) -> bool:
        """Return whether customers notice something."""
        return self is not ComponentStatus.OPERATIONAL


_WORST_LAST = (
    ComponentStatus.OPERATIONAL,
    ComponentStatus.UNDER_MAINTENANCE,
    ComponentStatus.DEGRADED_PERFORMANCE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
)


def worst(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """Return the worst of them; operational where there is none."""
    return max(statuses, key=_WORST_LAST.index, default=ComponentStatus.OPERATIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of what customers use, as they would name it.

    Attributes:
        group: The heading it stands under, or "".
        service: The service behind it, or none.
        since: From when it is described so, or none where that is not known.
    """

    name: Slug
    title: str
    description: str = ""
    group: str = ""
    service: Slug | None = None
    order: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """The page's own settings.

    Attributes:
        link: Where the public reads it, or "" where it is not yet put anywhere.
        support: Where customers turn to, an address or a link, or "".
    """

    title: str = "Status"
    link: str = ""
    support: str = ""
