"""Rest rules: from the stored document to what the core judges shifts by."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from handrail.core.configuration import spelling
from handrail.core.configuration.part import Body, Part
from handrail.core.ids import Slug
from handrail.core.schedule.night import NightHours
from handrail.core.schedule.rest import RestRule, RestRules
from handrail.core.schedule.rest_book import RestBook, RestException, WorkingHours

NONE = "none"
"""Instead of a length of time: an exception has no such limit."""


def rest_book(parts: Mapping[str, list[Part]]) -> RestBook:
    """Return the organisation's rest rules; none hold where no file says any."""
    calendars = {part.name: part.body for part in parts.get("calendar", ())}
    for part in parts.get("rest_rules", ()):
        return _book(part.body, calendars)
    return RestBook()


def _book(body: Body, calendars: Mapping[Slug, Body]) -> RestBook:
    night = body.get("night", {})
    usual = _rules(
        RestRules(
            night=NightHours(
                start=spelling.parse_wall_time(night.get("from", "22:00")),
                end=spelling.parse_end_time(night.get("to", "06:00")),
            )
        ),
        body,
    )
    exceptions = tuple(
        RestException(
            rules=_rules(usual, item),
            teams=_slugs(item.get("teams", ())),
            schedules=_slugs(item.get("schedules", ())),
        )
        for item in body.get("exceptions", ())
    )
    return RestBook(
        rules=usual,
        exceptions=exceptions,
        ignores=_slugs(body.get("ignores", ())),
        working_hours=_working_hours(body.get("working_hours")),
        holidays=_holidays(body.get("holidays", ()), calendars),
    )


def _rules(usual: RestRules, body: Body) -> RestRules:
    """Return the usual rules with what the body says in their place."""
    errors = body.get("errors")
    return RestRules(
        min_rest=_length(body.get(RestRule.MIN_REST), usual.min_rest),
        longest_run=_length(body.get(RestRule.LONGEST_RUN), usual.longest_run),
        max_nights=body.get(RestRule.MAX_NIGHTS, usual.max_nights),
        max_weekends=body.get(RestRule.MAX_WEEKENDS, usual.max_weekends),
        per=_length(body.get("per"), usual.per) or usual.per,
        night=usual.night,
        errors=usual.errors if errors is None else frozenset(map(RestRule, errors)),
    )


def _length(written: str | None, usual: timedelta | None) -> timedelta | None:
    if written is None:
        return usual
    return None if written == NONE else spelling.parse_duration(written)


def _working_hours(body: Body | None) -> WorkingHours:
    if body is None:
        return WorkingHours()
    days = body.get("days", spelling.WEEKDAYS[:5])
    return WorkingHours(
        weekdays=frozenset(spelling.WEEKDAYS.index(day) for day in days),
        start=spelling.parse_wall_time(body["from"]),
        end=spelling.parse_end_time(body["to"]),
    )


def _holidays(names: Iterable[str], calendars: Mapping[Slug, Body]) -> frozenset[date]:
    return frozenset(
        spelling.parse_date(item["day"])
        for name in names
        for item in calendars.get(Slug(name), {}).get("closed", ())
        if "day" in item
    )


def _slugs(names: Iterable[str]) -> frozenset[Slug]:
    return frozenset(map(Slug, names))
