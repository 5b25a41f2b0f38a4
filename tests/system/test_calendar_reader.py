"""Calendar files of others: what their events mean, and what is refused by line."""

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.core import limits
from handrail.core.configuration.calendar_event import ReadCalendar
from handrail.core.configuration.node import SourceFile
from handrail.system.calendar_format import Icalendar

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Our Own
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, before: str = "") -> str:
    inner = "".join(
        f"BEGIN:VEVENT\nUID:e{place}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT\n"
        for place, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{before}{inner}END:VCALENDAR\n"


def read(text: str) -> ReadCalendar:
    file = SourceFile(name="rota.ics", text=text)
    return Icalendar().read(file, start=START, end=END)


def spans(*events: str, before: str = "") -> list[tuple[Any, Any]]:
    found = read(calendar(*events, before=before))
    assert found.problems == ()
    return [(e.starts_at, e.ends_at) for e in found.events]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Our Own", "W. Europe Standard Time"]
)
def test_a_zone_is_named_by_iana_by_windows_or_by_the_file(zone: str) -> None:
    found = spans(
        f"DTSTART;TZID={zone}:20260710T090000\nDTEND;TZID={zone}:20260710T170000",
        before=OWN_ZONE,
    )

    assert found == [(utc(2026, 7, 10, 7), utc(2026, 7, 10, 15))]


def test_a_zone_nobody_knows_is_refused_by_line_and_uid() -> None:
    text = calendar("DTSTART;TZID=Mars/Base:20260710T090000\nDURATION:PT1H")

    problem = read(text).problems[0]

    assert (problem.place.file, problem.place.line) == ("rota.ics", 4)
    assert (
        problem.message == 'event "e0": the time zone "Mars/Base" of DTSTART is unknown'
    )


def test_a_time_without_a_zone_floats() -> None:
    found = spans("DTSTART:20260710T090000\nDURATION:PT8H")

    assert found == [(datetime(2026, 7, 10, 9), datetime(2026, 7, 10, 17))]  # noqa: DTZ001


def test_a_whole_day_is_a_day_and_ends_before_the_next() -> None:
    assert spans("DTSTART;VALUE=DATE:20260710") == [
        (date(2026, 7, 10), date(2026, 7, 11))
    ]


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (
            "DTSTART;VALUE=DATE:00010101\nDTEND;VALUE=DATE:99991231",
            (date(2026, 1, 1), date(2027, 1, 1)),
        ),
        (
            "DTSTART:19000101T000000\nDTEND:99991231T235959",
            (datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
        ),
        ("DTSTART:19000101T000000Z\nDTEND:99991231T235959Z", (START, END)),
    ],
)
def test_an_event_of_centuries_is_cut_to_what_is_read(
    event: str, wanted: tuple[Any, Any]
) -> None:
    assert spans(event) == [wanted]


def test_a_file_may_begin_with_a_mark_of_its_encoding() -> None:
    marked = "\ufeff" + calendar("DTSTART:20260601T090000Z\nDURATION:PT1H")

    assert len(read(marked).events) == 1


def test_a_summary_is_one_line_that_a_terminal_only_shows() -> None:
    event = "DTSTART:20260601T090000Z\nDURATION:PT1H\nSUMMARY:Ana\\nB\x1b[2J\x9b"

    assert read(calendar(event)).events[0].summary == "Ana B [2J"


def test_a_skipped_time_is_read_with_the_offset_before_the_gap() -> None:
    found = spans("DTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT1H")

    assert found[0][0] == utc(2026, 3, 29, 1, 30)


def test_a_time_that_occurs_twice_is_the_first() -> None:
    found = spans("DTSTART;TZID=Europe/Berlin:20261025T023000\nDURATION:PT1H")

    assert found[0][0] == utc(2026, 10, 25, 0, 30)


def test_turns_that_recur_keep_their_wall_time_across_a_change_of_clocks() -> None:
    found = spans(
        "DTSTART;TZID=Europe/Berlin:20260316T090000\n"
        "DTEND;TZID=Europe/Berlin:20260323T090000\nRRULE:FREQ=WEEKLY;COUNT=3"
    )

    assert [one[0] for one in found] == [
        utc(2026, 3, 16, 8),
        utc(2026, 3, 23, 8),
        utc(2026, 3, 30, 7),
    ]
    assert [one[1] for one in found[:2]] == [one[0] for one in found[1:]]


def test_exceptions_additions_and_moved_occurrences_are_followed() -> None:
    series = (
        "DTSTART:20260601T090000Z\nDTEND:20260601T100000Z\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE:20260602T090000Z\nRDATE:20260701T090000Z"
    )
    moved = "RECURRENCE-ID:20260603T090000Z\nDTSTART:20260603T120000Z\nDURATION:PT2H"
    gone = "RECURRENCE-ID:20260604T090000Z\nDTSTART:20260604T090000Z\nSTATUS:CANCELLED"
    text = calendar(series, moved, gone).replace("UID:e1", "UID:e0")

    found = read(text.replace("UID:e2", "UID:e0"))

    assert [(e.starts_at, e.ends_at) for e in found.events] == [
        (utc(2026, 6, 1, 9), utc(2026, 6, 1, 10)),
        (utc(2026, 6, 3, 12), utc(2026, 6, 3, 14)),
        (utc(2026, 7, 1, 9), utc(2026, 7, 1, 10)),
    ]


def test_what_is_cancelled_is_left_out() -> None:
    assert spans("DTSTART:20260601T090000Z\nSTATUS:CANCELLED\nDURATION:PT1H") == []


def test_free_time_counts_as_busy_time_does() -> None:
    assert spans("DTSTART:20260601T090000Z\nTRANSP:TRANSPARENT\nDURATION:PT1H")


def test_what_recurs_without_end_is_cut_off_and_told() -> None:
    found = read(calendar("DTSTART;VALUE=DATE:19991224\nRRULE:FREQ=YEARLY"))

    assert [e.starts_at for e in found.events] == [date(2026, 12, 24)]
    assert found.endless == ((4, "e0"),)


def test_only_people_who_did_not_decline_are_named() -> None:
    found = read(
        calendar(
            "DTSTART:20260601T090000Z\nDURATION:PT1H\n"
            "ATTENDEE;CN=Ana:mailto:Ana@Example.org\n"
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.org\n"
            "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org"
        )
    )

    assert found.events[0].mails == ("ana@example.org",)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("SUMMARY:x", "has no DTSTART"),
        ("DTSTART:20260601T090000Z\nDTEND:20260601T080000Z", "ends before it begins"),
        ("DTSTART:20260601T090000Z\nDURATION:-PT1H", "ends before it begins"),
        ("DTSTART:20260601T090000Z\nDTEND;VALUE=DATE:20260602", "same type"),
        ("DTSTART:20260601T090000Z\nDTEND:20260602T090000", "different kinds"),
        ("DTSTART:20261301T090000Z", "DTSTART cannot be read"),
        ("DTSTART:20260601T090000Z\nRRULE:FREQ=SECONDLY", "recurs SECONDLY"),
        ("DTSTART:20260601T090000Z\nRRULE:FREQ=MINUTELY", "recurs MINUTELY"),
        ("DTSTART:20260601T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL is less"),
        (
            "DTSTART:20260601T090000Z\nRRULE:FREQ=DAILY;BYMINUTE=1,2,3",
            "which no shift",
        ),
        ("DTSTART:17000101T090000Z\nRRULE:FREQ=HOURLY", "take too long"),
        (
            "DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "take too long",
        ),
    ],
)
def test_an_event_that_cannot_be_followed_is_refused_by_line_and_uid(
    event: str, said: str
) -> None:
    found = read(calendar("DTSTART:20260601T090000Z\nDURATION:PT1H", event))

    assert len(found.problems) == 1, found.problems
    assert found.problems[0].place.line == 10
    assert '"e1"' in found.problems[0].message
    assert said in found.problems[0].message


@pytest.mark.parametrize(
    "text",
    ["", "hello", "BEGIN:VEVENT\nEND:VEVENT\n", "BEGIN:VCALENDAR\n???\nEND:VCALENDAR"],
)
def test_what_is_no_calendar_is_said_to_be_none(text: str) -> None:
    problems = read(text).problems

    assert len(problems) == 1
    assert "is no calendar" in problems[0].message


def test_ten_thousand_events_are_read_at_once() -> None:
    events = [
        f"DTSTART:2026{m:02}{d:02}T{h:02}0000Z\nDURATION:PT1H\nSUMMARY:ana"
        for m in range(1, 13)
        for d in range(1, 29)
        for h in range(24)
    ]
    text = calendar(*(events * 2)[:10_000])
    began = time.monotonic()

    found = read(text)

    assert len(found.events) == 10_000
    assert time.monotonic() - began < 20


def test_more_events_than_any_rota_has_are_refused() -> None:
    hourly = "DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY"

    found = read(calendar(hourly, hourly, hourly))

    assert found.events == ()
    assert str(limits.CALENDAR_EVENTS_MAX) in found.problems[0].message


VALUES = (
    "20260601T090000",
    "20260601T090000Z",
    "20260601",
    "",
    "x",
    "00010101",
    "99991231T235959Z",
    "20260601T090000Z/PT1H",
    "-P1D",
    "PT1H",
    "P99999999D",
    "FREQ=DAILY",
    "FREQ=WEEKLY;UNTIL=20260701",
    "FREQ=WEEKLY;UNTIL=20260701T000000Z;COUNT=3",
    "FREQ=MONTHLY;BYDAY=-5MO;BYSETPOS=1",
    "FREQ=DAILY;INTERVAL=x",
    "FREQ=DAILY;BYDAY=XX",
    "FREQ",
)
PROPERTIES = (
    "DTSTART",
    "DTSTART;TZID=Europe/Berlin",
    "DTSTART;TZID=Our Own",
    "DTSTART;TZID=Nope",
    "DTSTART;VALUE=DATE",
    "DTEND",
    "DTEND;VALUE=DATE",
    "DTEND;TZID=Asia/Tokyo",
    "DURATION",
    "RRULE",
    "RDATE",
    "RDATE;VALUE=PERIOD",
    "EXDATE",
    "RECURRENCE-ID",
    "RECURRENCE-ID;RANGE=THISANDFUTURE",
    "SUMMARY",
    "STATUS",
    "UID",
    "ATTENDEE",
    "CATEGORIES",
    "X-HANDRAIL-USER",
)
lines = st.tuples(st.sampled_from(PROPERTIES), st.sampled_from(VALUES)).map(":".join)
some_events = st.lists(st.lists(lines, max_size=5).map("\n".join), max_size=3)


@settings(deadline=None, max_examples=200)
@given(events=some_events, is_one_series=st.booleans())
def test_whatever_stands_in_a_calendar_it_is_read_or_refused(
    *, events: list[str], is_one_series: bool
) -> None:
    text = calendar(*events, before=OWN_ZONE)
    if is_one_series:
        text = text.replace("UID:e1", "UID:e0").replace("UID:e2", "UID:e0")

    found = read(text)

    assert all(problem.place.line >= 1 for problem in found.problems)
    kinds = (date, datetime)
    assert all(isinstance(e.starts_at, kinds) for e in found.events)
    assert len(found.problems) <= len(events)
