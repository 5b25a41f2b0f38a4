"""A plan repeats no warning that holds already and is not about what it changes."""

from tests.configured import SMALL, Desk

from handrail.usecases import configuration
from handrail.usecases.configuration_plan import Plan

LONELY = "---\nuser: {name: %s}\n"
STILL = "{} warnings hold as before, not about this: handrail config check FILE"


def plan(desk: Desk, text: str) -> Plan:
    checked = desk.check(text)
    return desk.store.read(lambda tx: configuration.plan(tx, checked))


def test_the_first_apply_tells_everything() -> None:
    planned = plan(Desk(), SMALL + LONELY % "zoe")

    assert planned.standing == ()
    assert any("user zoe.contact_methods" in line for line in planned.lines())


def test_what_was_told_before_is_counted_and_what_is_new_is_told() -> None:
    desk = Desk()
    desk.apply(SMALL + LONELY % "zoe")
    known = len(plan(desk, SMALL + LONELY % "zoe").standing)

    planned = plan(desk, SMALL + LONELY % "zoe" + LONELY % "yan")

    lines = planned.lines()
    assert any("user yan.contact_methods" in line for line in lines)
    assert not any("user zoe.contact_methods" in line for line in lines)
    assert STILL.format(known) in lines
    assert planned.as_json()["warnings_standing"] == known
    assert len(planned.warnings) == known + 1


def test_what_is_changed_is_warned_of_each_time() -> None:
    desk = Desk()
    desk.apply(SMALL + LONELY % "zoe")

    planned = plan(desk, SMALL + "---\nuser: {name: zoe, full_name: Zoe}\n")

    assert not any(one.field.startswith("user zoe") for one in planned.standing)
    assert any("user zoe.contact_methods" in line for line in planned.lines())


def test_a_missing_last_resort_is_told_each_time() -> None:
    desk = Desk()
    text = SMALL.replace("last_resort: {notify: user:ana}\n", "")
    desk.apply(text)

    assert any("MISSING" in line for line in plan(desk, text).lines())
