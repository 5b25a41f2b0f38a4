"""Layers put on duty whom OneUptime's recorded ones do.

Each is written as configuration and goes through its check.
"""

from typing import Any

import pytest
from tests.conformance.cases import by_id, load
from tests.conformance.schedule_cases import oneuptime
from tests.conformance.schedule_cases.refusal import translated
from tests.conformance.schedule_cases.writing import People

CASES = load("oneuptime_layers.json")


@pytest.mark.parametrize("case", by_id(CASES))
def test_layers_put_the_recorded_people_on_duty(case: dict[str, Any]) -> None:
    people = People()
    schedule = translated(oneuptime.translate, case, people)
    theirs, end = oneuptime.expected(case)

    ours = oneuptime.answer(schedule, case, end, people)

    assert oneuptime.agree(ours, theirs), (ours, theirs)
