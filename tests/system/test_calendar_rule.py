"""Rules that may match nothing are not walked through until the year 9999."""

import time
from datetime import UTC, datetime

import pytest
from icalendar import vRecur

from handrail.core import limits
from handrail.core.configuration.node import SourceFile
from handrail.system import calendar_rule
from handrail.system.calendar_format import Icalendar

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
YEARS_OF_DAYS = 3 * 366


def steps(text: str) -> int:
    rule = vRecur.from_ical(text)
    return calendar_rule.steps(rule, START, END)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU",
        "FREQ=DAILY;INTERVAL=3;BYMONTH=7",
        "FREQ=WEEKLY;INTERVAL=6;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=-1SU",
        "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=24",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYDAY=20MO",
    ],
)
def test_a_rule_that_recurs_surely_is_walked_through_until_the_end(rule: str) -> None:
    assert steps(rule) <= YEARS_OF_DAYS


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=2",
        "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7",
        "FREQ=YEARLY;BYWEEKNO=10;BYDAY=1FR",
    ],
)
def test_a_rule_that_may_never_recur_counts_as_all_the_years(rule: str) -> None:
    assert steps(rule) > limits.CALENDAR_STEPS_MAX


def test_the_day_of_the_beginning_counts_where_a_rule_names_none() -> None:
    rule = vRecur.from_ical("FREQ=YEARLY;BYMONTH=11")
    begins = datetime(2027, 1, 31, tzinfo=UTC)

    assert calendar_rule.steps(rule, begins, END) > limits.CALENDAR_STEPS_MAX
    assert calendar_rule.steps(rule, begins.replace(day=15), END) <= YEARS_OF_DAYS


def test_a_file_full_of_rules_that_match_nothing_is_refused_at_once() -> None:
    events = "".join(
        f"BEGIN:VEVENT\nUID:{number}\nDTSTART:20260101T000000Z\nDURATION:PT1H\n"
        "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n"
        for number in range(300)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"
    began = time.monotonic()

    found = Icalendar().read(
        SourceFile(name="rota.ics", text=text), start=START, end=END
    )

    assert len(found.problems) == 300
    assert time.monotonic() - began < 10
