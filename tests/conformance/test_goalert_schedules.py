"""Whole schedules give the shifts that GoAlert's recorded ones do.

Each is written as configuration and goes through its check.
"""

from typing import Any

import pytest
from tests.conformance.cases import by_id, load, utc
from tests.conformance.schedule_cases import goalert
from tests.conformance.schedule_cases.refusal import translated
from tests.conformance.schedule_cases.writing import People

CASES = load("goalert_calculate_shifts.json")
RULES = load("goalert_schedule_rule.json")


@pytest.mark.parametrize("case", by_id(CASES))
def test_a_schedule_has_the_recorded_shifts(case: dict[str, Any]) -> None:
    people = People()
    schedule = translated(goalert.translate, case, people)

    assert goalert.answer(schedule, case, people) == goalert.expected(case)


@pytest.mark.parametrize("case", by_id(RULES))
def test_the_hours_of_a_layer_are_those_of_the_rule(case: dict[str, Any]) -> None:
    schedule = translated(goalert.translate_rule, case, People())
    at = utc(case["at"])

    found = goalert.windows_around(schedule, case)

    opens_at, closes_at = next(one for one in found if one[1] > at)
    if case["kind"] == "rule_active":
        assert (opens_at <= at) is case["expect"]
    else:
        asked = {"rule_start": opens_at, "rule_end": closes_at}[case["kind"]]
        assert asked == utc(case["expect"])
