"""The duty that opens tickets: nobody's trouble but the ticket's own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.world.configuration import payments
from tests.world.world import World
from typing_extensions import override

from handrail.core.backlog.ticket import (
    BacklogTicket,
    TicketState,
    TrackerOutcome,
    TrackerTook,
)
from handrail.core.configuration.snapshot import TrackerKind
from handrail.core.ids import NodeId
from handrail.core.severity.severity import Severity
from handrail.engine.open_tickets import OpeningParts, OpenTickets
from handrail.ports.incident import EVERYBODY
from handrail.ports.store import Transaction
from handrail.ports.tracker import TicketOrder, Tracker
from handrail.usecases import incident
from handrail.usecases.access import OPERATOR
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration

SECONDS = 20.0


class Scripted(Tracker):
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, answer: Callable[[], TrackerOutcome]) -> None:
        self._answer = answer
        self.orders: list[TicketOrder] = []

    @override
    async def open(self, order: TicketOrder) -> TrackerOutcome:
        self.orders.append(order)
        return self._answer()


def took() -> TrackerOutcome:
    return TrackerTook(reference="OPS-1", link="https://t.example.org/OPS-1")


def broken() -> TrackerOutcome:
    msg = "planted"
    raise RuntimeError(msg)


def world() -> World:
    made = World()
    body = {"kind": "webhook", "url": "https://t.example.org/hook"}
    made.store.run(payments().put("tracker", "tracker", body).apply)

    def declare(tx: Transaction) -> None:
        desk = Desk(tx=tx, actor=OPERATOR, ids=made.ids)
        typo = Declaration(title="A typo", severity=Severity.SEV4)
        incident.declare(desk, typo)

    made.store.run(declare)
    return made


@contextmanager
def duty(made: World, tracker: Tracker | None) -> Iterator[OpenTickets]:
    woken = threading.Semaphore(0)
    parts = OpeningParts(
        store=made.store,
        ids=made.ids,
        node=NodeId("here"),
        trackers={TrackerKind.WEBHOOK: tracker} if tracker else {},
        base_url="https://handrail.test",
    )
    opening = OpenTickets(parts, wake=woken.release)
    opening.start()
    assert opening.tick().done == 1
    assert woken.acquire(timeout=SECONDS)
    yield opening
    opening.stop(grace_seconds=SECONDS)


def ticket(made: World) -> BacklogTicket:
    (found,) = made.store.read(
        lambda tx: tx.backlog.search(viewer=EVERYBODY, open_only=False, limit=9)
    )
    return found


def test_what_the_tracker_took_is_in_the_incidents_record() -> None:
    made, tracker = world(), Scripted(took)

    with duty(made, tracker) as opening:
        assert opening.tick().done == 0

    (order,) = tracker.orders
    known = made.store.read(lambda tx: tx.incident.by_number(1))
    assert order.origin_url == "https://handrail.test/incidents/INC-1"
    assert order.address == "https://t.example.org/hook"
    assert ticket(made).state is TicketState.OPENED
    assert known is not None
    assert known.ticket is not None
    assert known.ticket.reference == "OPS-1"


def test_a_defect_in_the_tracker_is_a_failed_attempt_and_no_more() -> None:
    made = world()

    with duty(made, Scripted(broken)) as opening:
        assert opening.tick().done == 0

    assert ticket(made).state is TicketState.PENDING
    assert "planted" in ticket(made).reason
    assert ticket(made).failures == 1


def test_a_tracker_that_this_server_does_not_know_is_waited_for() -> None:
    made = world()

    with duty(made, None):
        pass

    assert ticket(made).reason == "this server has no webhook tracker"
