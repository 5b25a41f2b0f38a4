"""What the public sees: how every component stands, and every incident it was told of.

Made from notices and the configured components alone, so that nothing else about an
incident can reach the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from itertools import groupby

from handrail.core.ids import Slug
from handrail.core.status_page.component import (
    Component,
    ComponentStatus,
    StatusPage,
    worst,
)
from handrail.core.status_page.notice import Notice, NoticeStage

DAYS_SHOWN = 15
"""Days on the first page, today among them."""


@unique
class Impact(StrEnum):
    """How bad it is, or was at its worst. Statuspage's words."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


IMPACT: Mapping[ComponentStatus, Impact] = {
    ComponentStatus.OPERATIONAL: Impact.NONE,
    ComponentStatus.UNDER_MAINTENANCE: Impact.MAINTENANCE,
    ComponentStatus.DEGRADED_PERFORMANCE: Impact.MINOR,
    ComponentStatus.PARTIAL_OUTAGE: Impact.MAJOR,
    ComponentStatus.MAJOR_OUTAGE: Impact.CRITICAL,
}
_DESCRIPTION = {
    Impact.NONE: "All Systems Operational",
    Impact.MAINTENANCE: "Service Under Maintenance",
    Impact.MINOR: "Partially Degraded Service",
    Impact.MAJOR: "Partial System Outage",
    Impact.CRITICAL: "Major System Outage",
}
_LOOKING_INTO_IT = "Incident Being Looked Into"
_ONGOING = frozenset({NoticeStage.INVESTIGATING, NoticeStage.IDENTIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What a notice said of a component, and how that stood in the notice before."""

    name: Slug
    title: str
    before: ComponentStatus
    after: ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicIncident:
    """An incident as the public knows it.

    Attributes:
        notices: Newest first; never empty.
        components: Title by name of all it ever named and that are still shown.
    """

    notices: tuple[Notice, ...]
    components: Mapping[Slug, str]

    @property
    def latest(self) -> Notice:
        """Return the last word."""
        return self.notices[0]

    @property
    def number(self) -> int:
        """Return the n of ``INC-n``."""
        return self.latest.incident_number

    @property
    def title(self) -> str:
        """Return what it is called in public."""
        return self.latest.title

    @property
    def stage(self) -> NoticeStage:
        """Return the stage that was last told."""
        return self.latest.stage

    @property
    def is_open(self) -> bool:
        """Return whether the all-clear is still to come."""
        return self.stage is not NoticeStage.RESOLVED

    @property
    def started_at(self) -> datetime:
        """Return from when the public is told that it held."""
        return self.notices[-1].shown_at

    @property
    def resolved_at(self) -> datetime | None:
        """Return when the last all-clear held, or none while it is open."""
        return None if self.is_open else self._last_turn().shown_at

    @property
    def monitoring_at(self) -> datetime | None:
        """Return when it was last said to be watched, or none."""
        stage = NoticeStage.MONITORING
        return next((n.shown_at for n in self.notices if n.stage is stage), None)

    @property
    def impact(self) -> Impact:
        """Return how bad it was at its worst, as far as the public was told."""
        told = (s for notice in self.notices for s in notice.components.values())
        return IMPACT[worst(told)]

    def changes(self, notice: Notice) -> tuple[StatusChange, ...]:
        """Return what one of its notices said of components, in their order."""
        before: dict[Slug, ComponentStatus] = {}
        for earlier in reversed(self.notices):
            if earlier.id == notice.id:
                break
            before.update(earlier.components)
        return tuple(
            StatusChange(
                name=name,
                title=title,
                before=before.get(name, ComponentStatus.OPERATIONAL),
                after=notice.components[name],
            )
            for name, title in self.components.items()
            if name in notice.components
        )

    def _last_turn(self) -> Notice:
        """Return the first of the notices that say, up to now, that it is over."""
        turn = self.latest
        for notice in self.notices:
            if notice.stage is not self.stage:
                break
            turn = notice
        return turn


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicComponent:
    """A component and how it stands.

    Attributes:
        changed_at: When the last notice about it held, or none without one.
    """

    component: Component
    status: ComponentStatus
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """Everything the page shows, as of one instant.

    Attributes:
        incidents: Newest first, those that are open among them.
        updated_at: When the last notice went out, or none without one.
    """

    page: StatusPage
    as_of: datetime
    components: tuple[PublicComponent, ...]
    incidents: tuple[PublicIncident, ...]
    updated_at: datetime | None

    @property
    def open_incidents(self) -> tuple[PublicIncident, ...]:
        """Return those without an all-clear, newest first."""
        return tuple(i for i in self.incidents if i.is_open)

    @property
    def indicator(self) -> Impact:
        """Return the overall state; an open incident is never nothing."""
        found = IMPACT[worst(c.status for c in self.components)]
        return Impact.MINOR if found is Impact.NONE and self._is_ongoing else found

    @property
    def description(self) -> str:
        """Return the overall state in words."""
        is_unsaid = all(not c.status.is_affected for c in self.components)
        if is_unsaid and self._is_ongoing:
            return _LOOKING_INTO_IT
        return _DESCRIPTION[self.indicator]

    @property
    def _is_ongoing(self) -> bool:
        return any(i.stage in _ONGOING for i in self.incidents)

    def groups(self) -> list[tuple[str, list[PublicComponent]]]:
        """Return the components by group, both in the order of the file."""
        order = {c.component.group: None for c in self.components}
        return [
            (group, [c for c in self.components if c.component.group == group])
            for group in order
        ]

    def days(self) -> list[tuple[date, list[PublicIncident]]]:
        """Return the last days (UTC), today first, with what began on each."""
        today = self.as_of.date()
        days = [today - timedelta(days=back) for back in range(DAYS_SHOWN)]
        told = self.incidents
        return [(d, [i for i in told if i.started_at.date() == d]) for d in days]


def public_view(
    page: StatusPage,
    components: Mapping[Slug, Component],
    notices: Sequence[Notice],
    *,
    now: datetime,
) -> PublicView:
    """Return what the public sees.

    Args:
        page: The page's own settings.
        components: As configured, in order.
        notices: Of every incident to be shown, all of them, in any order.
        now: The present instant.
    """
    ordered = sorted(notices, key=lambda n: (n.incident_number, n.number))
    incidents = [
        _incident(tuple(own), components)
        for _, own in groupby(ordered, key=lambda n: n.incident_number)
    ]
    incidents.sort(key=lambda i: (i.started_at, i.number), reverse=True)
    return PublicView(
        page=page,
        as_of=now,
        components=tuple(_component(c, incidents) for c in components.values()),
        incidents=tuple(incidents),
        updated_at=max((n.posted_at for n in notices), default=None),
    )


def _incident(
    oldest_first: tuple[Notice, ...], components: Mapping[Slug, Component]
) -> PublicIncident:
    named = {name for notice in oldest_first for name in notice.components}
    return PublicIncident(
        notices=oldest_first[::-1],
        components={n: c.title for n, c in components.items() if n in named},
    )


def _component(
    component: Component, incidents: Sequence[PublicIncident]
) -> PublicComponent:
    """Return how it stands: the worst of what open incidents last said of it.

    What an all-clear left affected holds until any later notice says otherwise.
    """
    last = {
        incident.number: (incident.is_open, word)
        for incident in incidents
        if (word := _last_word(incident, component.name)) is not None
    }
    newest = max((word.posted_at for _, word in last.values()), default=None)
    told = [
        word.components[component.name]
        for is_open, word in last.values()
        if is_open or word.posted_at == newest
    ]
    return PublicComponent(
        component=component,
        status=worst(told),
        changed_at=max((w.shown_at for _, w in last.values()), default=None),
    )


def _last_word(incident: PublicIncident, name: Slug) -> Notice | None:
    return next((n for n in incident.notices if name in n.components), None)
