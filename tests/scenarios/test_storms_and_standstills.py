"""When much happens at once, people get few messages that hold it all."""

from collections import Counter
from datetime import timedelta

import pytest
from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import payments
from tests.world.sink import LOSES_THE_ANSWER, slow
from tests.world.world import World

from handrail.core import limits
from handrail.core.paging.event import TimerRestarted
from handrail.usecases import delivery, evaluation
from handrail.usecases.invariant_audit import page_facts


@pytest.mark.parametrize("takes", [timedelta(0), timedelta(seconds=8)])
def test_a_storm_of_500_alerts_is_bundled(world: World, takes: timedelta) -> None:
    world.sink.behave("ana@email.test", slow(takes))

    for number in range(500):
        world.signal(f"Disk {number} full")
        world.fast_forward(milliseconds=100)
    world.fast_forward(minutes=1)

    messages = world.messages("ana")
    told = Counter(item.title for message in messages for item in message.items)
    assert set(told.values()) == {1}
    assert len(told) == 500
    assert len(messages) <= 2 * (limits.METHOD_MESSAGES_MAX + 4)
    world.forget_messages()


def test_after_a_standstill_each_person_gets_one_digest(make_world: MakeWorld) -> None:
    world = make_world(
        payments(policy=["user:ana for 5m", "user:ben for 5m"]).user(
            "ana", "email", "webhook", high={"mail": "0s", "chat": "1m"}
        )
    )
    for number in range(3):
        world.signal(f"Told {number}")
        world.expect_told("ana", of=f"Told {number}")

    with world.standing_still():
        for number in range(20):
            world.signal(f"New {number}")
        world.fast_forward(minutes=30)
    world.fast_forward(seconds=1)

    per_method = Counter(
        (call.message.recipient, call.message.address)
        for call in world.sink.calls
        if call.at >= world.now - timedelta(seconds=1)
    )
    assert per_method == {
        ("user:ana", "ana@email.test"): 1,
        ("user:ana", "ana@webhook.test"): 1,
        ("user:ben", "ben@email.test"): 1,
    }
    world.forget_messages()


def test_after_a_standstill_nobody_is_passed_over(make_world: MakeWorld) -> None:
    world = make_world(payments(policy=["user:ana for 5m", "user:ben for 5m"]))

    with world.standing_still():
        world.signal()
        world.fast_forward(minutes=30)
    world.expect_silence()
    world.fast_forward(minutes=4, seconds=59)

    (told,) = world.expect_told("ana")
    world.expect_silence()
    world.fast_forward(seconds=1)
    world.expect_told("ben")
    assert told.items[0].opened_at == world.now - timedelta(minutes=5)


def test_a_level_that_was_never_told_gets_its_patience_anew(world: World) -> None:
    world.hold_sends()
    world.signal()
    world.fast_forward(minutes=30)
    assert world.page().level == 0
    world.release_sends()
    world.fast_forward(seconds=1)

    world.expect_told("ana")
    page = world.page()
    events = world.store.read(lambda tx: page_facts(tx, page)).events
    assert any(isinstance(event, TimerRestarted) for event, _ in events)
    world.fast_forward(minutes=4)
    world.expect_silence()
    world.acknowledge("ana")


def test_a_restored_installation_sends_nothing_until_it_is_released(
    world: World,
) -> None:
    world.hold_sends()

    world.signal()
    world.fast_forward(minutes=1)

    world.expect_silence()
    view = world.store.read(delivery.show_held)
    assert view.since == "restored"
    assert view.per_recipient == {"user:ana": 1}
    world.release_sends()
    world.expect_told("ana")


def test_what_a_restored_installation_owed_can_be_discarded(world: World) -> None:
    world.hold_sends()
    world.signal("Old")

    cancelled = world.do(lambda tx: delivery.release(tx, discard=True))

    assert cancelled == 1
    world.expect_silence()
    world.acknowledge("ana", "Old")
    world.signal("New")
    world.expect_told("ana", of="New")


def test_what_expired_while_nothing_ran_is_paged_all_the_same(world: World) -> None:
    with world.standing_still():
        world.signal(expires_after=timedelta(minutes=3))
        world.fast_forward(minutes=10)

        world.do(lambda tx: evaluation.expire_due(tx, ids=world.ids, limit=1))

    world.fast_forward(seconds=1)
    world.expect_told("ana")
    assert world.page().alert_expired


def test_a_digest_that_is_sent_again_keeps_its_idempotency_key(
    make_world: MakeWorld,
) -> None:
    world = make_world(payments(policy=["user:ana for 4h"]))
    with world.standing_still():
        world.signal("Disk full")
        world.signal("Queue stuck")
        world.fast_forward(minutes=1)
    world.sink.once("ana@email.test", LOSES_THE_ANSWER)

    world.fast_forward(minutes=1)

    digests = [call.message for call in world.sink.calls]
    assert [len(digest.items) for digest in digests] == [2, 2]
    assert len({digest.idempotency_key for digest in digests}) == 1
    world.forget_messages()
