"""Calendar files in the place of listed shifts and closed days.

What an event says is written into the body as if it stood in the YAML file: the stored
document holds shifts and days, and needs no calendar, library or horizon any more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from handrail.core import wall_clock
from handrail.core.configuration.calendar_event import (
    CalendarEvent,
    Edge,
    ReadCalendar,
)
from handrail.core.configuration.calendar_people import (
    Directory,
    UnknownPersonError,
    directory,
)
from handrail.core.configuration.draft import Draft
from handrail.core.configuration.node import (
    Json,
    ListNode,
    MappingNode,
    Node,
    Place,
    ScalarNode,
)
from handrail.core.configuration.problem import Problem, ProblemSeverity
from handrail.core.configuration.reading import Reference, nearest
from handrail.core.configuration.spelling import (
    ICS_PATTERN,
    NOBODY,
    format_moment,
    quoted,
)

ICS = "ics"
_DAY = timedelta(days=1)
_NAME_THEM = (
    "write user names, full names or addresses into the event, or names: "
    "[{text: …, user: …}] into the layer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Drafts whose calendars are written out, and what is wrong or doubtful in them."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def stretch(now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when calendars are written out, UTC.

    From the beginning of last year to the end of the year after next: the same all
    year, so that applying the same files again changes nothing.
    """
    return datetime(now.year - 1, 1, 1, tzinfo=UTC), datetime(
        now.year + 3, 1, 1, tzinfo=UTC
    )


def file_beside(yaml_file: str, written: str) -> str:
    """Return the name of a calendar file, read relative to the file that names it."""
    folder, slash, _ = yaml_file.rpartition("/")
    kept: list[str] = []
    for part in (folder + slash + written).split("/"):
        if part == ".." and kept and kept[-1] not in {"", ".."}:
            kept.pop()
        elif part != "." and (part or not kept):
            kept.append(part)
    return "/".join(kept)


def named_files(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield what stands at ``ics`` anywhere, where it is spelled like such a file."""
    for node in nodes:
        if isinstance(node, ListNode):
            yield from named_files(node.items)
        if not isinstance(node, MappingNode):
            continue
        for name, entry in node.entries.items():
            value = entry.value
            if name == ICS and isinstance(value, ScalarNode):
                if re.fullmatch(ICS_PATTERN, value.text):
                    yield value.text
            else:
                yield from named_files([value])


def import_calendars(
    drafts: Iterable[Draft], files: Mapping[str, ReadCalendar], *, until: datetime
) -> Imported:
    """Return the drafts with every calendar they name written out.

    Args:
        drafts: Of all files together.
        files: The calendars at hand, by the name ``file_beside`` gives.
        until: Where recurrences were cut off.
    """
    drafts = tuple(drafts)
    importing = _Importing(files=files, people=directory(drafts), until=until)
    return Imported(
        drafts=tuple(importing.draft(draft) for draft in drafts),
        problems=tuple(importing.problems),
    )


class _Importing:
    """One run over all drafts; each file's own faults are told once."""

    def __init__(
        self, *, files: Mapping[str, ReadCalendar], people: Directory, until: datetime
    ) -> None:
        self.problems: list[Problem] = []
        self._files = files
        self._people = people
        self._until = until
        self._told: set[str] = set()

    def draft(self, draft: Draft) -> Draft:
        if draft.kind == "calendar" and isinstance(draft.body.get(ICS), str):
            return self._calendar(draft)
        if draft.kind == "schedule":
            return self._schedule(draft)
        return draft

    def _calendar(self, draft: Draft) -> Draft:
        found = self._read(draft, ICS, str(draft.body[ICS]))
        if found is None:
            return draft
        closed = [item for event in found[1].events for item in _closed(event)]
        return draft.with_field("closed", closed)

    def _schedule(self, draft: Draft) -> Draft:
        body: dict[str, Any] = dict(draft.body)
        for path, plan in _plans(body):
            layers = plan.get("layers")
            if not isinstance(layers, list):
                continue
            plan["layers"] = list(layers)
            for place, layer in enumerate(layers):
                if isinstance(layer, dict) and isinstance(layer.get(ICS), str):
                    where = f"{path}layers[{place}]"
                    zone = str(layer.get("time_zone") or body.get("time_zone") or "UTC")
                    draft, shifts = self._layer(draft, where, layer, zone)
                    plan["layers"][place] = {**layer, "shifts": shifts}
        return replace(draft, body=body)

    def _layer(
        self, draft: Draft, path: str, layer: dict[str, Any], zone: str
    ) -> tuple[Draft, list[Json]]:
        """Return the layer's shifts, and the draft that refers to their people."""
        found = self._read(draft, f"{path}.{ICS}", str(layer[ICS]))
        if found is None:
            return draft, []
        file, calendar = found
        people = self._people.with_words(layer.get("names") or ())
        is_shadow = layer.get("role") == "shadow"
        shifts: list[Json] = []
        places, references = dict(draft.places), list(draft.references)
        for event in calendar.events:
            if event.is_shadow != is_shadow or (event.is_gap and not event.users):
                continue
            try:
                party = people.party(event)
            except UnknownPersonError as error:
                self._complain(draft, path, file, event, error.message)
                continue
            where = f"{path}.shifts[{len(shifts)}].users"
            places[where] = Place(file=file, line=event.line)
            references += [
                Reference(kind="user", name=name, path=where)
                for name in party
                if name != NOBODY
            ]
            shifts.append(_shift(event, party, zone))
        if not shifts and not calendar.problems and not self._told_of(draft):
            self._empty(draft, f"{path}.{ICS}")
        return replace(draft, places=places, references=tuple(references)), shifts

    def _read(
        self, draft: Draft, path: str, written: str
    ) -> tuple[str, ReadCalendar] | None:
        """Return a calendar and its file; none, with the reason, where it is absent."""
        place = nearest(draft.places, path)
        name = file_beside(place.file, written)
        calendar = self._files.get(name)
        if calendar is None:
            self._problem(
                place,
                f"{draft.subject}.{path}",
                f"the calendar {quoted(name)} is not among the files",
                "put it beside this file, or send it along under that name",
            )
            return None
        if name not in self._told:
            self._told.add(name)
            self.problems.extend(calendar.problems)
            for line, uid in calendar.endless:
                self._warn_endless(Place(file=name, line=line), draft, path, uid)
        return name, calendar

    def _told_of(self, draft: Draft) -> bool:
        return any(one.field.startswith(draft.subject) for one in self.problems)

    def _empty(self, draft: Draft, path: str) -> None:
        self._problem(
            nearest(draft.places, path),
            f"{draft.subject}.{path}",
            "the calendar has no event of these years; the layer is silent",
            "look whether it is the right file",
            severity=ProblemSeverity.WARNING,
        )

    def _warn_endless(self, place: Place, draft: Draft, path: str, uid: str) -> None:
        last = self._until - _DAY
        self._problem(
            place,
            f"{draft.subject}.{path}",
            f"event {quoted(uid)} recurs without end; it is known until "
            f"{last:%Y-%m-%d}",
            "apply the files again before then",
            severity=ProblemSeverity.WARNING,
        )

    def _complain(
        self, draft: Draft, path: str, file: str, event: CalendarEvent, message: str
    ) -> None:
        said = f"event {quoted(event.uid)}: {message}"
        key = f"{file}\n{event.line}\n{said}"
        if key in self._told:
            return
        self._told.add(key)
        place = Place(file=file, line=event.line)
        self._problem(place, f"{draft.subject}.{path}.{ICS}", said, _NAME_THEM)

    def _problem(
        self,
        place: Place,
        subject: str,
        message: str,
        remedy: str,
        *,
        severity: ProblemSeverity = ProblemSeverity.ERROR,
    ) -> None:
        self.problems.append(
            Problem(
                place=place,
                field=subject,
                message=message,
                remedy=remedy,
                severity=severity,
            )
        )


def _plans(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schedule's own plan and those of its edits, to be written into."""
    yield "", body
    edits = body.get("edits")
    if isinstance(edits, list):
        body["edits"] = [dict(e) if isinstance(e, dict) else e for e in edits]
        for place, edit in enumerate(body["edits"]):
            if isinstance(edit, dict):
                yield f"edits[{place}].", edit


def _shift(event: CalendarEvent, party: tuple[str, ...], zone: str) -> Json:
    users: list[Json] = [*party]
    return {
        "users": users,
        "from": format_moment(_instant(event.starts_at, zone)),
        "until": format_moment(_instant(event.ends_at, zone)),
    }


def _instant(edge: Edge, zone: str) -> datetime:
    """Return the instant of an edge: floating times and days are of the layer's zone.

    Times by RFC 5545, whose rule for times that a change of clocks skips is not ours.
    """
    if not isinstance(edge, datetime):
        return wall_clock.instant(edge, time(0), wall_clock.zone(zone))
    if edge.tzinfo is not None:
        return edge
    return wall_clock.instant_by_rfc5545(edge, wall_clock.zone(zone))


def _closed(event: CalendarEvent) -> Iterator[Json]:
    """Yield what an event closes: whole days stay days, of each layer's own zone."""
    title: dict[str, Json] = {"title": event.summary[:120]} if event.summary else {}
    starts_at, ends_at = event.starts_at, event.ends_at
    if isinstance(starts_at, datetime) or isinstance(ends_at, datetime):
        assert isinstance(starts_at, datetime), repr(event)
        assert isinstance(ends_at, datetime), repr(event)
        yield {
            "from": format_moment(starts_at),
            "until": format_moment(ends_at),
            **title,
        }
        return
    day: date = starts_at
    while day < ends_at:
        yield {"day": day.isoformat(), **title}
        day += _DAY
