"""A shadow gets the same pages; that they were told is never a reason to wait."""

from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import Configuration, payments
from tests.world.sink import NO_SUCH_ADDRESS

from handrail.core.paging.page import PageState


def _rotation(name: str) -> dict[str, object]:
    return {
        "participants": [name],
        "every": "1 day",
        "starts_on": "2026-03-02",
        "handoff": "00:00",
    }


def shadowed(*, by: str = "lea", on_duty: str = "ana") -> Configuration:
    """Return the payments team, with a shadow beside whoever is on the first level."""
    layers = [
        {"name": "days", "rotation": _rotation(on_duty)},
        {"name": "learner", "role": "shadow", "rotation": _rotation(by)},
    ]
    return (
        payments().user("lea", "email").put("schedule", "primary", {"layers": layers})
    )


def test_a_shadow_is_told_the_same_as_who_is_on_call(make_world: MakeWorld) -> None:
    world = make_world(shadowed())

    world.signal()

    world.expect_told("ana")
    world.expect_told("lea")
    assert "as shadow: " in world.story()


def test_a_shadow_alone_is_nobody_and_the_level_is_skipped(
    make_world: MakeWorld,
) -> None:
    world = make_world(shadowed(on_duty="nobody"))

    world.signal()

    world.expect_told("ben")
    assert "schedule:primary leads to nobody but a shadow" in world.story()


def test_a_level_is_dead_although_its_shadow_was_reached(
    make_world: MakeWorld,
) -> None:
    world = make_world(shadowed())
    world.sink.behave("ana@email.test", NO_SUCH_ADDRESS)

    world.signal()

    world.expect_told("lea")
    world.expect_told("ben")
    assert world.page().level == 1


def test_who_is_responsible_elsewhere_in_the_level_is_no_shadow(
    make_world: MakeWorld,
) -> None:
    """Lea learns on one schedule and is named by the level itself."""
    world = make_world(
        shadowed(on_duty="nobody").policy(
            "payments", "schedule:primary, user:lea for 5m", "user:mia for 5m"
        )
    )

    world.signal()

    world.expect_told("lea")
    assert world.page().level == 0


def test_a_shadow_may_take_the_page_as_any_responder_may(
    make_world: MakeWorld,
) -> None:
    """Taking it is an act of its own, by somebody who then has it."""
    world = make_world(shadowed())

    world.signal()
    world.acknowledge("lea")
    world.fast_forward(minutes=10)

    world.expect_told("ana")
    world.expect_told("lea")
    assert world.page().state is PageState.ACKNOWLEDGED
    assert world.page().acknowledged_by == "lea"
