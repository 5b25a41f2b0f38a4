"""Sending: what goes wrong with one kind of channel is no other's business."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import pytest
from tests.world.configuration import payments
from tests.world.world import World
from typing_extensions import override

from handrail.core.ids import AlertId, NodeId
from handrail.core.paging.outcome import Accepted, Outcome
from handrail.core.people.contact_method import ChannelKind
from handrail.engine.send_deliveries import (
    SendDeliveries,
    SendingError,
    SendingParts,
)
from handrail.ports.channel import Channel, Message
from handrail.ports.store import Store, Transaction
from handrail.usecases import evaluation

T = TypeVar("T")
SECONDS = 20.0


class Accepting(Channel):
    """Takes every message."""

    def __init__(self, kind: ChannelKind) -> None:
        self.kind = kind
        self.took = threading.Event()

    @override
    async def send(self, message: Message) -> Outcome:
        self.took.set()
        return Accepted()


class FirstFails(Store):
    """A real store whose first transaction fails, as a defect would."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self._has_failed = False

    @override
    def run(self, work: Callable[[Transaction], T]) -> T:
        if not self._has_failed:
            self._has_failed = True
            msg = "planted"
            raise RuntimeError(msg)
        return self._inner.run(work)

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        return self._inner.submit(work, is_debt=is_debt, alerts=alerts)

    @override
    def read(self, work: Callable[[Transaction], T]) -> T:
        return self._inner.read(work)

    @override
    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        return self._inner.dead_nodes(nodes)

    @override
    def close(self) -> None:
        self._inner.close()


@contextmanager
def sending(
    world: World, store: Store, channels: Mapping[ChannelKind, Channel]
) -> Iterator[SendDeliveries]:
    parts = SendingParts(
        store=store,
        ids=world.ids,
        node=NodeId("here"),
        channels=channels,
        compose=world.compose,
        observe=lambda *_: None,
        seconds=world.clock.monotonic,
    )
    duty = SendDeliveries(parts, wake=lambda: None)
    duty.start()
    yield duty
    duty.stop(grace_seconds=SECONDS)


def test_a_kind_that_cannot_be_claimed_holds_up_no_other() -> None:
    world = World(
        payments(policy=["user:ana, user:ben for 5m"])
        .user("ana", "email")
        .user("ben", "webhook")
    )
    world.is_standing_still = True
    world.signal()
    world.store.run(lambda tx: evaluation.evaluate_due(tx, ids=world.ids, limit=1))
    mail, chat = Accepting(ChannelKind.EMAIL), Accepting(ChannelKind.WEBHOOK)
    channels = {ChannelKind.EMAIL: mail, ChannelKind.WEBHOOK: chat}

    with sending(world, FirstFails(world.store), channels) as duty:
        with pytest.raises(SendingError, match="email: RuntimeError"):
            duty.tick()
        assert chat.took.wait(SECONDS)
        assert not mail.took.is_set()

        duty.tick()
        assert mail.took.wait(SECONDS)
