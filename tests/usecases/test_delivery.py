from datetime import timedelta

import pytest
from tests.world.configuration import payments
from tests.world.world import World

from handrail.core import limits
from handrail.core.errors import NotFoundError
from handrail.core.ids import NodeId, PageId, Slug
from handrail.core.paging.delivery import Attempt, Delivery, DeliveryState
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.usecases import delivery, evaluation, paging
from handrail.usecases.delivery import Send

HERE, THERE = NodeId("here"), NodeId("there")


def quiet_world() -> World:
    """Return a world with a page whose first message nobody has claimed yet."""
    world = World(
        payments(policy=["user:ana for 5m", "user:ben for 5m"]).user(
            "ana", "email", "webhook", high={"mail": "0s", "chat": "2m"}
        )
    )
    world.is_standing_still = True
    world.signal()
    world.store.run(lambda tx: evaluation.evaluate_due(tx, ids=world.ids, limit=1))
    return world


def next_alert(world: World, title: str) -> None:
    world.signal(title)
    world.store.run(lambda tx: evaluation.evaluate_due(tx, ids=world.ids, limit=1))


def claim(world: World, *, node: NodeId = HERE) -> list[Send]:
    return world.store.run(lambda tx: delivery.claim(tx, node=node, ids=world.ids))


def record(world: World, send: Send, outcome: Outcome, *, node: NodeId = HERE) -> None:
    world.store.run(
        lambda tx: delivery.record(tx, send, outcome, node=node, ids=world.ids)
    )


def deliveries(world: World) -> list[Delivery]:
    page_id = world.page().id
    return world.store.read(lambda tx: tx.delivery.for_page(page_id))


def attempts(world: World) -> list[Attempt]:
    page_id = world.page().id
    return world.store.read(lambda tx: tx.delivery.attempts(page_id))


def test_what_is_claimed_is_nobody_elses_until_its_lease_lapses() -> None:
    world = quiet_world()
    (send,) = claim(world)

    assert claim(world, node=THERE) == []
    world.clock.move_to(world.now + limits.LEASE)
    (again,) = claim(world, node=THERE)

    assert again.first.id == send.first.id
    assert again.first.fence == send.first.fence + 1


def test_a_lapsed_claim_that_rests_is_due_only_when_it_has_rested() -> None:
    world = World(payments(policy=["user:ana for 5m"]).user("ana", "email"))
    world.is_standing_still = True
    next_alert(world, "first")
    (failed,) = claim(world)
    record(world, failed, Retryable(reason="503"))
    world.clock.move_to(world.now + limits.RETRY_BACKOFF_FIRST)
    claim(world)
    world.clock.move_to(world.now + limits.LEASE - timedelta(seconds=1))
    for number in range(limits.METHOD_MESSAGES_MAX - 2):
        next_alert(world, f"other {number}")
        (send,) = claim(world)
        record(world, send, Accepted())
    world.clock.move_to(world.now + timedelta(seconds=1))

    assert claim(world) == []

    due_at = world.store.read(lambda tx: tx.delivery.next_due())
    assert due_at is not None
    assert world.now < due_at <= world.now + limits.BUNDLE_WAIT_MAX


def test_the_claims_of_the_dead_are_due_at_once() -> None:
    world = quiet_world()
    claim(world)

    assert world.store.run(lambda tx: delivery.reclaim_dead(tx, [])) == 0
    assert world.store.run(lambda tx: delivery.reclaim_dead(tx, [HERE])) == 1
    assert len(claim(world, node=THERE)) == 1


def test_a_late_success_counts_and_a_late_failure_does_not() -> None:
    world = quiet_world()
    (send,) = claim(world)
    world.clock.move_to(world.now + limits.LEASE)
    (again,) = claim(world, node=THERE)

    record(world, send, Retryable(reason="late"))
    assert deliveries(world)[0].state is DeliveryState.CLAIMED
    record(world, send, Accepted())
    assert deliveries(world)[0].state is DeliveryState.HANDED_OVER
    record(world, again, Unknown(reason="no answer"), node=THERE)
    assert deliveries(world)[0].state is DeliveryState.HANDED_OVER


def test_what_is_recorded_again_is_one_attempt() -> None:
    world = quiet_world()
    (send,) = claim(world)

    record(world, send, Accepted(reference="r1"))
    record(world, send, Accepted(reference="r1"))

    assert [(a.outcome, a.reference) for a in attempts(world)] == [("accepted", "r1")]


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Retryable(reason="503"), "retryable"),
        (Unknown(reason="silence"), "unknown"),
        (Permanent(reason="gone", scope=Scope.METHOD), "permanent:method"),
    ],
)
def test_a_failed_attempt_is_recorded_by_name(outcome: Outcome, name: str) -> None:
    world = quiet_world()
    (send,) = claim(world)

    record(world, send, outcome)

    assert [attempt.outcome for attempt in attempts(world)] == [name]


def test_a_dead_method_brings_the_next_one_forward_and_then_the_next_level() -> None:
    world = quiet_world()
    dead = Permanent(reason="gone", scope=Scope.METHOD)

    (mail,) = claim(world)
    record(world, mail, dead)
    (chat,) = claim(world)
    assert chat.first.method == "chat"
    record(world, chat, dead)
    (onward,) = claim(world)

    assert onward.first.recipient == "user:ben"
    assert world.page().level == 1


def test_a_failure_after_somebody_took_it_brings_nothing_forward() -> None:
    world = quiet_world()
    (send,) = claim(world)
    world.acknowledge("ana")

    record(world, send, Permanent(reason="gone", scope=Scope.METHOD))

    assert claim(world) == []
    assert {d.state for d in deliveries(world)} == {DeliveryState.CANCELLED}


def test_failing_again_after_the_others_were_brought_forward_changes_nothing() -> None:
    world = quiet_world()
    for _ in range(4):
        for send in claim(world):
            record(world, send, Retryable(reason="503"))
        world.clock.move_to(world.now + timedelta(seconds=61))

    assert [d.state for d in deliveries(world)] == [DeliveryState.PENDING] * 2
    assert world.page().level == 0


def test_a_page_that_is_not_there_is_refused() -> None:
    world = quiet_world()

    with pytest.raises(NotFoundError, match="no page nothing"):
        world.store.run(
            lambda tx: paging.acknowledge(
                tx,
                PageId("nothing"),
                by=Slug("ana"),
                via="cli",
                actor="user:ana",
                ids=world.ids,
            )
        )
