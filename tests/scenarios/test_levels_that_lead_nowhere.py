"""Nobody on call, dead addresses and empty policies are never a reason to be silent."""

from datetime import timedelta

from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import Configuration, payments
from tests.world.sink import IS_DOWN, NO_SUCH_ADDRESS, REFUSES_THE_MESSAGE
from tests.world.world import World

from handrail.core.alert.alert import Disposition


def test_an_empty_level_is_skipped_at_once(make_world: MakeWorld) -> None:
    world = make_world(payments().schedule("primary", "nobody"))

    world.signal()

    world.expect_told("ben")
    assert "level 1 was empty" in world.story()


def test_a_policy_without_anybody_ends_at_the_last_resort_at_once(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        payments(policy=["schedule:primary for 5m", "team:sre for 5m"])
        .schedule("primary", "nobody")
        .team("sre")
    )

    world.signal()

    world.expect_told("ops")
    assert world.disposition() is Disposition.LAST_RESORT


def test_without_any_configuration_the_servers_own_terminal_is_told(
    make_world: MakeWorld,
) -> None:
    world = make_world(Configuration().integration("monitoring"))

    world.signal()

    world.expect_told("server-terminal")
    assert world.disposition() is Disposition.LAST_RESORT


def test_a_dead_target_does_not_wait_out_its_timer(world: World) -> None:
    world.sink.behave("ana@email.test", NO_SUCH_ADDRESS)

    world.signal()

    world.expect_told("ben")
    assert world.page().level == 1


def test_a_refused_message_is_tried_by_the_next_method_at_once(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        payments().user("ana", "email", "webhook", high={"mail": "0s", "chat": "3m"})
    )
    world.sink.behave("ana@email.test", REFUSES_THE_MESSAGE)

    world.signal()

    (told,) = world.expect_told("ana")
    assert told.address == "ana@webhook.test"


def test_a_person_without_contact_methods_is_told_by_account_email(
    make_world: MakeWorld,
) -> None:
    world = make_world(payments().user("ana", email="ana@account.test"))

    world.signal()

    (told,) = world.expect_told("ana")
    assert told.address == "ana@account.test"


def test_a_providers_outage_fails_over_to_the_next_method(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        payments().user("ana", "email", "webhook", high={"mail": "0s", "chat": "4m"})
    )
    world.sink.behave("ana@email.test", IS_DOWN)

    world.signal()
    world.fast_forward(seconds=10)

    (told,) = world.expect_told("ana")
    assert told.address == "ana@webhook.test"


def test_a_message_is_retried_until_the_provider_is_back(make_world: MakeWorld) -> None:
    world = make_world(payments(policy=["user:ana for 4h"]))
    world.sink.behave("ana@email.test", IS_DOWN)
    world.signal()
    world.fast_forward(minutes=15)
    world.expect_silence()

    del world.sink.standing["ana@email.test"]
    world.fast_forward(minutes=1)

    (told,) = world.expect_told("ana")
    assert told.is_repeat
    assert world.now - told.sent_at <= timedelta(minutes=1)


def test_every_attempt_at_a_message_has_one_idempotency_key(
    make_world: MakeWorld,
) -> None:
    world = make_world(payments(policy=["user:ana for 4h"]))
    world.sink.once("ana@email.test", IS_DOWN, IS_DOWN, IS_DOWN)

    world.signal()
    world.fast_forward(minutes=2)
    world.expect_told("ana")

    keys = {call.message.idempotency_key for call in world.sink.calls}
    assert len(world.sink.calls) == 4
    assert len(keys) == 1
