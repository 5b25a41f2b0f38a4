"""Calendar files as layers and holidays: whom they mean, and what is kept of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule.rotas import schedules

from handrail.core.configuration.calendar_import import file_beside
from handrail.core.configuration.node import SourceFile
from handrail.core.schedule.feed import EDGE, schedule_events, stretch
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule
from handrail.ports.calendar import Feed
from handrail.system.calendar_format import Icalendar
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases import configuration
from handrail.usecases.calendar_file import Calendars
from handrail.usecases.configuration import CheckResult

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PEOPLE = """
users:
  - {name: ana, full_name: Ana Berger, email: ana@example.org}
  - {name: bo, full_name: Bo Okoro, email: bo@example.org}
  - {name: cy, full_name: Cy Marsh, email: cy@example.org}
last_resort: {notify: [user:ana]}
"""
ROTA = """
schedule:
  name: primary
  time_zone: %s
  layers: [{name: rota, ics: cal/rota.ics%s}]
"""
HOLIDAYS = """
calendar: {name: holidays, ics: h.ics}
schedule:
  name: primary
  time_zone: Europe/Berlin
  layers:
    - {name: week, skip: holidays, rotation: {participants: [ana], every: 1 week,
       starts_on: 2026-01-05, handoff: "09:00"}}
"""


def event(*lines: str, day: int = 1) -> str:
    told = (
        lines
        if any("DTSTART" in x for x in lines)
        else (f"DTSTART;VALUE=DATE:202607{day:02}", *lines)
    )
    inner = "\n".join(told)
    return f"BEGIN:VEVENT\nUID:e{day}\nDTSTAMP:20260101T000000Z\n{inner}\nEND:VEVENT\n"


def calendar(*events: str) -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{''.join(events)}END:VCALENDAR\n"


def check(text: str, now: datetime = NOW, **files: str) -> CheckResult:
    given_files = [SourceFile(name="conf/handrail.yaml", text=PEOPLE + text)]
    given_files += [
        SourceFile(name=name.replace("__", "/") + ".ics", text=content)
        for name, content in files.items()
    ]
    return configuration.check(
        given_files,
        reader=YamlDocumentReader(),
        source_kinds=("generic",),
        calendars=Calendars(format=Icalendar(), now=now),
    )


def rota(*events: str, zone: str = "Europe/Berlin", more: str = "") -> CheckResult:
    return check(ROTA % (zone, more), conf__cal__rota=calendar(*events))


def parties(result: CheckResult) -> list[tuple[str, ...]]:
    assert not result.has_errors, result.lines()
    layer = configuration.proposed(result).schedules
    return [
        s.users for one in layer.values() for s in one.revisions[0].layers[0].shifts
    ]


def errors(result: CheckResult) -> list[str]:
    return [problem.line() for problem in result.problems if problem.is_error]


def test_people_are_named_by_slug_full_name_or_address() -> None:
    found = parties(
        rota(
            event("SUMMARY:ana", day=1),
            event("SUMMARY:Bo Okoro", day=2),
            event("SUMMARY:CY@example.org", day=3),
            event("SUMMARY:On call", "ATTENDEE:mailto:Ana@example.org", day=4),
            event("SUMMARY:nobody", day=5),
        )
    )

    assert found == [("ana",), ("bo",), ("cy",), ("ana",), ()]


def test_several_people_share_a_shift() -> None:
    found = parties(
        rota(
            event("SUMMARY:Ana Berger and bo", day=1),
            event(
                "SUMMARY:x",
                "ATTENDEE:mailto:cy@example.org",
                "ATTENDEE:mailto:bo@example.org",
                day=2,
            ),
        )
    )

    assert found == [("ana", "bo"), ("cy", "bo")]


def test_a_layer_says_whom_its_calendar_means() -> None:
    names = ', names: [{text: "Dr. B (duty)", user: bo}, {text: X@y.example, user: cy}]'

    found = parties(
        rota(
            event("SUMMARY:Dr. B (duty)", day=1),
            event("SUMMARY:?", "ATTENDEE:mailto:x@y.example", day=2),
            more=names,
        )
    )

    assert found == [("bo",), ("cy",)]


def test_who_is_nobody_is_named_with_file_line_and_uid() -> None:
    told = errors(
        rota(
            event("SUMMARY:Eve Unknown", day=1),
            event("SUMMARY:x", "ATTENDEE:mailto:eve@example.org", day=2),
            event("SUMMARY:eve", day=3),
        )
    )

    assert told[0].startswith(
        'conf/cal/rota.ics:4: schedule primary.layers[0].ics: event "e1": '
        'nobody is called "Eve Unknown"'
    )
    assert told[1].startswith("conf/cal/rota.ics:10: schedule primary.layers[0].ics: ")
    assert 'event "e2": no user has the address "eve@example.org"' in told[1]
    assert told[2].startswith("conf/cal/rota.ics:17: schedule primary.layers[0]")
    assert '"eve"' in told[2]


def test_a_calendar_that_did_not_come_along_is_missed_where_it_is_named() -> None:
    told = errors(check(ROTA % ("UTC", "")))

    assert told[0].startswith("conf/handrail.yaml:")
    assert 'the calendar "conf/cal/rota.ics" is not among the files' in told[0]


@pytest.mark.parametrize(
    ("yaml_file", "written", "found"),
    [
        ("handrail.yaml", "h.ics", "h.ics"),
        ("<stdin>", "a/h.ics", "a/h.ics"),
        ("etc/handrail.yaml", "./a//h.ics", "etc/a/h.ics"),
        ("etc/handrail.yaml", "../h.ics", "h.ics"),
        ("etc/handrail.yaml", "../../h.ics", "../h.ics"),
        ("../etc/handrail.yaml", "../../h.ics", "../../h.ics"),
        ("/etc/h/handrail.yaml", "../h.ics", "/etc/h.ics"),
    ],
)
def test_a_calendar_is_looked_for_beside_the_file_that_names_it(
    yaml_file: str, written: str, found: str
) -> None:
    assert file_beside(yaml_file, written) == found


def test_a_layer_has_turns_of_one_kind() -> None:
    more = (
        ', shifts: [{users: ana, from: "2026-07-01 09:00", until: "2026-07-02 09:00"}]'
    )

    assert "has both shifts and ics" in errors(rota(more=more))[0]


def test_names_without_a_calendar_mean_nothing() -> None:
    text = ROTA.replace("ics: cal/rota.ics", "names: [{text: a, user: ana}]")

    assert any(
        "goes with ics only" in line for line in errors(check(text % ("UTC", "")))
    )


def test_a_path_leaves_no_way_to_any_file() -> None:
    text = ROTA.replace("cal/rota.ics", "/etc/secret.ics")

    assert "is no calendar file" in errors(check(text % ("UTC", "")))[0]


def test_days_and_floating_times_are_of_the_layers_zone() -> None:
    result = rota(
        event("SUMMARY:ana", day=1),
        event("DTSTART:20260702T090000", "DURATION:PT8H", "SUMMARY:ana", day=2),
        zone="America/New_York",
        more=", time_zone: Asia/Tokyo",
    )

    layer = configuration.proposed(result).schedules.popitem()[1].revisions[0].layers[0]  # type: ignore[attr-defined]
    assert [s.starts_at for s in layer.shifts] == [
        datetime(2026, 6, 30, 15, tzinfo=UTC),
        datetime(2026, 7, 2, 0, tzinfo=UTC),
    ]


def test_a_holiday_is_a_day_of_the_zone_of_each_layer_that_skips_it() -> None:
    result = check(HOLIDAYS, conf__h=calendar(event("SUMMARY:Feast", day=3)))

    assert not result.has_errors
    schedule = next(iter(configuration.proposed(result).schedules.values()))
    holiday = schedule.revisions[0].layers[0].holidays[0]
    assert holiday.title == "Feast"
    assert holiday.starts_at == datetime(2026, 7, 2, 22, tzinfo=UTC)
    assert holiday.ends_at - holiday.starts_at == timedelta(days=1)


def test_what_recurs_without_end_is_told_with_its_last_day() -> None:
    result = rota(
        event("DTSTART;VALUE=DATE:20260701", "RRULE:FREQ=WEEKLY", "SUMMARY:ana")
    )

    warnings = [p.line() for p in result.problems if "without end" in p.message]
    assert len(warnings) == 1
    assert warnings[0].startswith("conf/cal/rota.ics:4: warning: schedule primary.")
    assert "known until 2028-12-31; apply the files again before" in warnings[0]


def test_the_same_files_are_the_same_documents_all_year() -> None:
    feast = event("DTSTART;VALUE=DATE:20200701", "RRULE:FREQ=WEEKLY", "SUMMARY:ana")
    new_year, eve = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

    bodies = [
        [
            d.body
            for d in check(
                ROTA % ("UTC", ""), now, conf__cal__rota=calendar(feast)
            ).drafts
        ]
        for now in (new_year, eve)
    ]

    assert json.dumps(bodies[0]) == json.dumps(bodies[1])


@settings(deadline=None, max_examples=25)
@given(schedules(), st.data())
def test_a_feed_that_is_imported_resolves_as_the_schedule_does(
    drawn: tuple[Schedule, datetime], data: st.DataObject
) -> None:
    schedule, _ = drawn
    now = data.draw(st.sampled_from((NOW, NOW.replace(month=10), NOW.replace(month=3))))
    first, last = stretch(now)
    events = schedule_events(schedule, {}, now=now)
    feed = Feed(title="x", events=events, revision=1, revised_at=now)
    text = Icalendar("https://handrail.test").write(feed).decode()
    layers = ROTA % ("UTC", "}, {name: along, role: shadow, ics: cal/rota.ics")

    result = check(layers, now, conf__cal__rota=text)

    assert not result.has_errors, errors(result)
    found = next(iter(configuration.proposed(result).schedules.values()))
    assert _answers(found, first, last) == _answers(schedule, first, last)
    assert first - EDGE < first


def _answers(
    schedule: Schedule, start: datetime, end: datetime
) -> list[tuple[datetime, frozenset[str], frozenset[str], bool]]:
    """Return when the answer changes, and to what, whatever layer gives it."""
    found: list[tuple[datetime, frozenset[str], frozenset[str], bool]] = []
    for tile in resolve(schedule, start, end):
        said = frozenset(tile.users), frozenset(tile.companions), tile.is_intended
        if not found or found[-1][1:] != said:
            found.append((tile.starts_at, *said))
    return found
