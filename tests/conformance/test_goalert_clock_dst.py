"""Wall-clock times near a clock change become the instants GoAlert recorded.

Durations in ISO-8601 and counted clock hours are other subjects. Of the last
occurrence of a time only those cases apply that have one occurrence: ours is always
the first.
"""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from tests.conformance.cases import by_id, load, utc

from handrail.core import wall_clock

CASES = load("goalert_clock_dst.json")
OF_DAY = [case for case in CASES if case["kind"] in {"first_of_day", "last_of_day"}]
ADDED = [case for case in CASES if case["kind"] == "add_clock"]
CHANGES = [case for case in CASES if case["kind"] == "dst_change_within_24h"]


def occurs_twice(case: dict[str, Any]) -> bool:
    zone = wall_clock.zone(case["time_zone"])
    naive = wall_clock.local(utc(case["expect"]), zone)
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset()


@pytest.mark.parametrize(
    "case",
    by_id([c for c in OF_DAY if c["kind"] == "first_of_day" or not occurs_twice(c)]),
)
def test_a_time_of_a_day_is_the_recorded_instant(case: dict[str, Any]) -> None:
    zone = wall_clock.zone(case["time_zone"])
    day = wall_clock.local(utc(case["day_of"]), zone).date()

    found = wall_clock.instant(day, time.fromisoformat(case["clock"]), zone)

    assert found == utc(case["expect"])


@pytest.mark.parametrize("case", by_id(ADDED))
def test_clock_time_added_on_the_wall_is_the_recorded_instant(
    case: dict[str, Any],
) -> None:
    zone = wall_clock.zone(case["time_zone"])
    clock = time.fromisoformat(case["clock"])
    naive = wall_clock.local(utc(case["at"]), zone)

    found = wall_clock.instant_of(
        naive + timedelta(hours=clock.hour, minutes=clock.minute), zone
    )

    assert found == utc(case["expect"])


@pytest.mark.parametrize("case", by_id(CHANGES))
def test_the_offset_changes_by_as_much_as_recorded(case: dict[str, Any]) -> None:
    zone = wall_clock.zone(case["time_zone"])
    at = utc(case["at"])

    before = wall_clock.local(at, zone)
    after = wall_clock.local(at + timedelta(days=1), zone)

    assert case["expect"]["changes"] is True
    change = datetime.strptime(case["expect"]["by"], "-%H:%M")  # noqa: DTZ007
    assert after - before == timedelta(hours=24 - change.hour, minutes=-change.minute)
