"""Hours and coverage: from stored documents to what the core asks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from handrail.core.configuration import spelling
from handrail.core.configuration.part import Body, Part
from handrail.core.ids import Slug
from handrail.core.service.coverage_intent import (
    EVIDENCE_LASTS_DEFAULT,
    METHODS_DEFAULT,
    PEOPLE_DEFAULT,
    TELL_AHEAD_DEFAULT,
    WITHIN_DEFAULT,
    Coverage,
    CoverageIntent,
    CoverageRules,
    IntendedGaps,
    LastResortCounts,
    When,
)
from handrail.core.service.support_hours import SupportHours, Window
from handrail.core.severity.severity import Urgency

Parts = Mapping[str, list[Part]]
Asked = dict[Slug | None, tuple[Sequence[Body], str]]
"""What is asked, and who says so, by team; under none, by default."""


def support_hours(items: Iterable[Body]) -> SupportHours | None:
    """Return the hours of a list of windows, none for an empty one.

    All windows of one list share one zone; validation refuses anything else.
    """
    windows = tuple(
        Window(
            weekdays=frozenset(spelling.WEEKDAYS.index(day) for day in item["days"]),
            start=spelling.parse_wall_time(item["from"]),
            end=spelling.parse_end_time(item["to"]),
        )
        for item in items
    )
    zones = [item["time_zone"] for item in items]
    return SupportHours(time_zone=zones[0], windows=windows) if windows else None


def coverage_by_team(parts: Parts) -> Asked:
    """Return what is asked of services that say nothing, with who says so.

    Under none stands what is asked where the team says nothing either.
    """
    found: Asked = {}
    for part in parts.get("coverage", ()):
        if "default" in part.body:
            found[None] = (part.body["default"], "coverage")
    for part in parts.get("team", ()):
        if "coverage" in part.body:
            found[part.name] = (part.body["coverage"], f"team {part.name}")
    return found


def coverage(part: Part, by_team: Asked) -> Coverage:
    """Return what is asked of a service: its own word, its team's, or the default."""
    body = part.body
    nothing: tuple[Sequence[Body], str] = ((), "")
    asked = by_team.get(body.get("team")) or by_team.get(None) or nothing
    items, declared_by = asked
    if "coverage" in body:
        items, declared_by = body["coverage"], f"service {part.name}"
    own_hours = support_hours(body.get("support_hours", ()))
    wanted = (item for item in items if item.get("when") != When.NEVER)
    return Coverage(
        intents=tuple(_intent(item, own_hours) for item in wanted),
        declared_by=declared_by,
    )


def coverage_rules(parts: Parts) -> CoverageRules:
    """Return what holds for every service."""
    body = next((part.body for part in parts.get("coverage", ())), {})
    return CoverageRules(
        evidence_lasts=_or(body.get("evidence_lasts"), EVIDENCE_LASTS_DEFAULT),
        tell_ahead=_or(body.get("tell_ahead"), TELL_AHEAD_DEFAULT),
    )


def _intent(body: Body, own_hours: SupportHours | None) -> CoverageIntent:
    is_own = body.get("when") == When.SUPPORT_HOURS
    return CoverageIntent(
        hours=own_hours if is_own else support_hours(body.get("windows", ())),
        people=body.get("people", PEOPLE_DEFAULT),
        methods=body.get("methods", METHODS_DEFAULT),
        within=_or(body.get("within"), WITHIN_DEFAULT),
        urgency=Urgency(body.get("urgency", Urgency.HIGH)),
        intended_gaps=IntendedGaps(body.get("intended_gaps", IntendedGaps.EXCUSED)),
        last_resort=LastResortCounts(body.get("last_resort", LastResortCounts.NO)),
    )


def _or(text: str | None, default: timedelta) -> timedelta:
    return default if text is None else spelling.parse_duration(text)
