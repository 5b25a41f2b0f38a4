"""Schedules put on duty whom Grafana OnCall's recorded ones do.

Each is written as configuration and goes through its check. The score of a schedule is
the peer's own and not asked for.
"""

from typing import Any

import pytest
from tests.conformance.cases import by_id, load
from tests.conformance.schedule_cases import grafana, grafana_by_day
from tests.conformance.schedule_cases.refusal import translated
from tests.conformance.schedule_cases.writing import People

BY_DAY = load("grafana_oncall_rotation_by_day.json")
CASES = [
    case
    for case in load("grafana_oncall_schedule.json")
    if case["call"] != "quality_report"
]


@pytest.mark.parametrize("case", by_id(BY_DAY))
def test_a_group_has_the_days_of_the_table(case: dict[str, Any]) -> None:
    people = People()
    schedule = translated(grafana_by_day.translate, case, people)

    found = grafana_by_day.answer(schedule, case, people)

    assert found == case["expect_users_by_date"]


@pytest.mark.parametrize("case", by_id(CASES))
def test_a_schedule_puts_the_recorded_people_on_duty(case: dict[str, Any]) -> None:
    people = People()
    schedules = translated(grafana.translate, case, people)
    held, gaps = grafana.expected(case)

    ours, open_ = grafana.answer(schedules, case, people)

    assert ours == held
    assert gaps is None or open_ == gaps
