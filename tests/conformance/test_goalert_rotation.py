"""Handoffs lie where GoAlert's recorded answers put them.

The oracle's rows where GoAlert breaks its own promise are held to the wall-clock rule.
"""

from datetime import timedelta
from typing import Any

import pytest
from tests.conformance import rotations
from tests.conformance.cases import by_id, load, utc

from handrail.core.schedule.rotation import turn_at

RECORDED = load("goalert_rotation.json")
ORACLE = load("goalert_rotation_oracle.json")
WALKS = [case for case in RECORDED if case["kind"] == "handoff_walk"]
ASKED = [case for case in RECORDED if case["kind"] != "handoff_walk"]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("case", by_id(ASKED))
def test_a_turn_starts_and_ends_where_recorded(case: dict[str, Any]) -> None:
    rotation, zone = rotations.read(case["rotation"])
    at = utc(case["at"]).replace(second=0, microsecond=0)

    turn = turn_at(rotation, zone, at)

    found = {"shift_start": turn.starts_at, "shift_end": turn.ends_at}
    assert found[case["kind"]] == utc(case["expect"])


@pytest.mark.parametrize("case", by_id(WALKS))
def test_every_minute_of_a_walk_lies_between_recorded_handoffs(
    case: dict[str, Any],
) -> None:
    rotation, zone = rotations.read(case["rotation"])
    at, last = utc(case["from"]), utc(case["to"])

    found = set()
    while at <= last:
        turn = turn_at(rotation, zone, at)
        found |= {turn.starts_at, turn.ends_at}
        at += MINUTE

    assert sorted(found) == [utc(text) for text in case["expect_handoffs"]]


@pytest.mark.parametrize("case", by_id(ORACLE))
def test_a_turn_near_a_clock_change_keeps_to_the_wall_clock(
    case: dict[str, Any],
) -> None:
    rotation, zone = rotations.read(case["rotation"])

    turn = turn_at(rotation, zone, utc(case["at"]))

    assert turn.starts_at == utc(case["wallclock_start"])
    assert turn.ends_at == utc(case["wallclock_end"])
