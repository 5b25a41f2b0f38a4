"""Support hours open and close where GoAlert's weekday rules do."""

from datetime import time
from typing import Any

import pytest
from tests.conformance.cases import by_id, load, utc

from handrail.core.service.support_hours import (
    SupportHours,
    Window,
    is_open,
    next_open,
    span,
)

CASES = load("goalert_schedule_rule.json")
ACTIVE = [case for case in CASES if case["kind"] == "rule_active"]
STARTS = [case for case in CASES if case["kind"] == "rule_start"]
ENDS = [case for case in CASES if case["kind"] == "rule_end"]


def hours(case: dict[str, Any]) -> SupportHours:
    rule = case["rule"]
    sunday_first = enumerate(rule["weekdays_sun_first"])
    window = Window(
        weekdays=frozenset((day - 1) % 7 for day, is_on in sunday_first if is_on),
        start=time.fromisoformat(rule["start"]),
        end=time.fromisoformat(rule["end"]),
    )
    return SupportHours(time_zone=case["time_zone"], windows=(window,))


@pytest.mark.parametrize("case", by_id(ACTIVE))
def test_hours_are_open_where_the_rule_is_active(case: dict[str, Any]) -> None:
    assert is_open(hours(case), utc(case["at"])) is case["expect"]


@pytest.mark.parametrize("case", by_id(STARTS))
def test_hours_open_where_the_rule_starts(case: dict[str, Any]) -> None:
    at, expected = utc(case["at"]), utc(case["expect"])

    assert span(hours(case), at)[0] == expected
    assert next_open(hours(case), at) == max(at, expected)


@pytest.mark.parametrize("case", by_id(ENDS))
def test_hours_close_where_the_rule_ends(case: dict[str, Any]) -> None:
    assert span(hours(case), utc(case["at"]))[1] == utc(case["expect"])
