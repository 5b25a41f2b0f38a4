"""A gap alarms where somebody is missed, and nowhere else."""

from datetime import UTC, datetime

import pytest
from tests.configured import checked

from handrail.core.coverage.gap_weight import GapWeight, gap_weight
from handrail.core.ids import Slug
from handrail.usecases.configuration import proposed

NIGHT = datetime(2026, 1, 6, 3, tzinfo=UTC)
DAY = datetime(2026, 1, 6, 12, tzinfo=UTC)
OFFICE = Slug("office")
BASE = """\
users:
  - name: ana
  - name: ben
---
schedules:
  - name: office
    time_zone: UTC
    layers:
      - name: hours
        rotation:
          {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [ana]}
        active:
          - {days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00'}
---
escalation_policy:
  name: first
  rules:
    - {notify: [%s], escalate_after: 5m}
%s
service: {name: shop, escalation_policy: first%s}
"""
ASKED = ", coverage: [{people: 1, methods: 1, within: %s, when: %s}]"
SECOND = "    - {notify: 'user:ben', escalate_after: 5m}\n---"


def weight(
    targets: str,
    more: str = "---",
    asked: str = "",
    *,
    at: datetime = NIGHT,
    is_intended: bool = False,
) -> GapWeight:
    result = checked(BASE % (targets, more, asked))
    assert not result.has_errors, result.lines()
    return gap_weight(OFFICE, is_intended=is_intended, at=at, snapshot=proposed(result))


def test_where_a_page_would_meet_nobody_at_any_level_it_alarms() -> None:
    assert weight("'schedule:office'") is GapWeight.EXPOSED


@pytest.mark.parametrize(
    ("targets", "more"),
    [("'schedule:office', 'user:ben'", "---"), ("'schedule:office'", SECOND)],
)
def test_where_others_have_the_night_it_is_outside_of_hours(
    targets: str, more: str
) -> None:
    assert weight(targets, more) is GapWeight.OFF_HOURS


def test_a_schedule_that_no_policy_seeks_alarms_nobody() -> None:
    assert weight("'user:ben'") is GapWeight.OFF_HOURS


def test_a_service_that_asks_for_cover_then_is_alarmed_for() -> None:
    late = ASKED % ("4m", "always")

    assert weight("'schedule:office'", asked=late) is GapWeight.EXPOSED


def test_a_next_level_that_is_told_at_once_is_cover() -> None:
    asked = ASKED % ("4m", "always")

    assert weight("'schedule:office'", SECOND, asked) is GapWeight.OFF_HOURS


def test_a_service_that_asks_for_nothing_then_is_not_alarmed_for() -> None:
    assert weight("'schedule:office'", asked=", coverage: [{when: never}]") is (
        GapWeight.OFF_HOURS
    )


def test_a_turn_of_nobody_is_meant_unless_the_service_calls_it_a_defect() -> None:
    asked = ASKED % ("4m", "always")
    defect = asked.replace("}]", ", intended_gaps: defect}]")

    meant = weight("'schedule:office'", asked=asked, is_intended=True)
    wrong = weight("'schedule:office'", asked=defect, is_intended=True)

    assert meant is weight("'schedule:office'", is_intended=True) is GapWeight.INTENDED
    assert wrong is GapWeight.EXPOSED
