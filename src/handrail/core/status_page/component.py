"""Components of the status page, and how they stand."""

from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.ids import Slug


@unique
class ComponentStatus(StrEnum):
    """How a component stands, best first. Statuspage's words."""

    OPERATIONAL = "operational"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of what customers use, as they would name it.

    Attributes:
        group: The heading it stands under, or "".
        service: The service behind it, or none.
    """

    name: Slug
    title: str
    description: str = ""
    group: str = ""
    service: Slug | None = None
    order: int = 0


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
