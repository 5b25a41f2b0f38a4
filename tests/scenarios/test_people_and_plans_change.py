"""What is edited, overridden, passed on or taken back while a page runs."""

import pytest
from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import payments
from tests.world.world import World

from handrail.core.alert.alert import AlertState, Disposition
from handrail.core.errors import ConflictError
from handrail.core.ids import Slug
from handrail.core.paging.page import PageState
from handrail.usecases import paging


def test_an_edited_policy_does_not_touch_the_page_that_runs(world: World) -> None:
    world.signal("Old")
    world.expect_told("ana", of="Old")

    world.configure(lambda c: c.policy("payments", "user:mia for 1m"))
    world.fast_forward(minutes=5)
    world.expect_told("ben", of="Old")
    world.signal("New")

    world.expect_told("mia", of="New")
    world.acknowledge("mia", "New")
    world.acknowledge("mia", "Old")


def test_who_is_on_call_is_asked_when_the_level_is_told(make_world: MakeWorld) -> None:
    world = make_world(payments().schedule("secondary", "ben", "mia", handoff="09:03"))
    world.signal()
    world.expect_told("ana")

    world.configure(
        lambda c: c.override(
            "swap",
            "secondary",
            "ana",
            between="2026-03-02T09:04:00Z to 2026-03-02T10:00:00Z",
        )
    )
    world.fast_forward(minutes=5)

    world.expect_told("ana")
    assert "override swap" in world.story()


def test_a_handoff_between_levels_finds_the_new_person(make_world: MakeWorld) -> None:
    world = make_world(payments().schedule("secondary", "ben", "mia", handoff="09:03"))

    world.signal()
    world.expect_told("ana")
    world.fast_forward(minutes=5)

    world.expect_told("ben")


def test_escalate_now_tells_the_next_level_at_once(world: World) -> None:
    world.signal()
    world.expect_told("ana")

    world.escalate("ana")

    world.expect_told("ben")
    world.fast_forward(minutes=4, seconds=59)
    world.expect_silence()
    world.fast_forward(seconds=1)
    world.expect_told("mia")


def test_an_acknowledged_page_can_be_passed_on(world: World) -> None:
    world.signal()
    world.expect_told("ana")
    world.acknowledge("ana")

    world.escalate("ana")

    world.expect_told("ben")
    assert world.page().state is PageState.OPEN
    assert world.disposition() is Disposition.PAGED


def test_a_second_person_is_told_that_somebody_has_it(world: World) -> None:
    world.signal()
    world.expect_told("ana")
    world.acknowledge("ana")

    with pytest.raises(ConflictError, match="ana has already acknowledged"):
        world.acknowledge("ben")

    assert world.acknowledge("ana").acknowledged_by == "ana"


def test_a_person_resolves_page_and_alert(world: World) -> None:
    world.signal()
    world.expect_told("ana")

    world.resolve("ana")
    world.resolve("ana")
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.alert().state is AlertState.RESOLVED
    with pytest.raises(ConflictError, match="nothing to escalate"):
        world.escalate("ana")
    with pytest.raises(ConflictError, match="nothing left to acknowledge"):
        world.acknowledge("ana")


def test_an_exhausted_page_can_still_be_passed_on(world: World) -> None:
    world.signal()
    world.fast_forward(hours=3)
    world.forget_messages()
    assert world.page().state is PageState.EXHAUSTED

    world.escalate("mia")

    world.expect_told("ops")
    assert world.page().state is PageState.OPEN
    world.acknowledge("mia")


def test_levels_run_in_rounds(make_world: MakeWorld) -> None:
    world = make_world(
        payments().policy("payments", "user:ana for 5m", "user:ben for 5m", rounds=2)
    )
    world.signal()

    world.fast_forward(minutes=19)

    world.expect_told("ana", times=2)
    world.expect_told("ben", times=2)
    world.fast_forward(minutes=1)
    world.expect_told("ops")


def test_ending_an_old_page_again_leaves_what_fires_anew_alone(world: World) -> None:
    world.signal()
    world.expect_told("ana")
    old = world.resolve("ana")
    world.signal()
    world.expect_told("ana")

    world.do(
        lambda tx: paging.resolve(
            tx, old.id, by=Slug("ana"), actor="user:ana", ids=world.ids
        )
    )

    assert world.alert().state is AlertState.FIRING
    assert world.page().state is PageState.OPEN
    world.acknowledge("ana")
