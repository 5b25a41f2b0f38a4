"""What a node does by itself: its duties, its sends and its records, step by step."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from tests.simulation.fault import Edge, Fault
from tests.simulation.node import InFlight, Node
from tests.simulation.stage import Act, NoAnswerError, Stage
from tests.world.sink import Call

from handrail.core import limits
from handrail.core.paging.dispatch import may_still_send
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.ports.store import Transaction
from handrail.usecases import delivery, evaluation, message, paging

LAST_RESORT = "channel:ops"
"""Its provider may be slow or lose an answer; that it never works is nobody's fault."""
_RETRY = limits.RETRY_BACKOFF_MAX + timedelta(seconds=5)
_SECOND = timedelta(seconds=1)
_NOT_FOR_THE_LAST_RESORT = frozenset({Fault.OUTAGE, Fault.DEAD_METHOD, Fault.REFUSED})


class Servers:
    """The steps of every node."""

    def __init__(
        self, stage: Stage, on_call: Callable[[delivery.Send, Call], None]
    ) -> None:
        self.stage = stage
        self.calls = 0
        self._on_call = on_call
        self._dues: dict[Edge, datetime] = {}
        self._down_until: dict[str, datetime] = {}

    def ready(self) -> tuple[list[Act], list[datetime]]:
        """Return the steps that some node could take now, and when others can be."""
        now = self.stage.now
        ready: list[Act] = []
        soonest: list[datetime] = []
        dues = self._due()
        for node in self.stage.nodes:
            if not node.can_act(now):
                if node.is_up and node.frozen_until is not None:
                    soonest.append(node.frozen_until)
                continue
            for at, act in self._steps(node, dues):
                if at <= now:
                    ready.append(act)
                else:
                    soonest.append(at)
        return ready, soonest

    def _steps(
        self, node: Node, dues: dict[Edge, datetime]
    ) -> Iterator[tuple[datetime, Act]]:
        for flight in node.in_flight:
            yield flight.ready_at, partial(self._carry_on, node, flight)
        for edge, due_at in dues.items():
            at = max(due_at, node.not_before.get(edge, due_at))
            yield at, partial(self._duty, node, edge)

    def _due(self) -> dict[Edge, datetime]:
        if self.stage.has_changed:
            found = self.stage.store.read(_dues)
            self._dues = {edge: at for edge, at in found.items() if at is not None}
            self.stage.has_changed = False
        return self._dues

    # --- duties -----------------------------------------------------------------------

    def _duty(self, node: Node, edge: Edge) -> None:
        if edge is Edge.CLAIM:
            self._claim(node)
            return
        work = self._work(edge, limit=self.stage.rng.choice((1, 5, 25)))
        try:
            done = self.stage.transact(node, edge, work)
        except NoAnswerError:
            return
        self.stage.say(f"{node.name} {edge}: {done}")
        self._rest(node, edge, done)

    def _work(self, edge: Edge, *, limit: int) -> Callable[[Transaction], int]:
        ids = self.stage.ids
        works: dict[Edge, Callable[[Transaction], int]] = {
            Edge.FOLD: lambda tx: tx.receipt.fold(limit=limit),
            Edge.EVALUATE: lambda tx: evaluation.evaluate_due(tx, ids=ids, limit=limit),
            Edge.ADVANCE: lambda tx: paging.advance_due(tx, ids=ids, limit=limit),
            Edge.EXPIRE: lambda tx: evaluation.expire_due(tx, ids=ids, limit=limit),
        }
        return works[edge]

    def _rest(self, node: Node, edge: Edge, done: int) -> None:
        if not done:
            node.not_before[edge] = self.stage.now + _SECOND

    def _claim(self, node: Node) -> None:
        room = self.stage.rng.choice((1, 4, 32))
        claimed_at = self.stage.now

        def work(tx: Transaction) -> list[delivery.Send]:
            return delivery.claim(
                tx,
                node=node.id,
                ids=self.stage.ids,
                messages=room,
                plan=self.stage.wiring.plan,
            )

        try:
            sends = self.stage.transact(node, Edge.CLAIM, work)
        except NoAnswerError:
            return
        for send in sends:
            many = len(send.deliveries)
            self.stage.say(f"{node.name} claims {many} for {send.first.address}")
            ready_at = self.stage.now + self.stage.seconds(0, 0.1)
            node.in_flight.append(
                InFlight(send=send, claimed_at=claimed_at, ready_at=ready_at)
            )
        self._rest(node, Edge.CLAIM, len(sends))

    def _carry_on(self, node: Node, flight: InFlight) -> None:
        if flight.outcome is None:
            self._send(node, flight)
        else:
            self._record(node, flight, flight.outcome)

    def _record(self, node: Node, flight: InFlight, outcome: Outcome) -> None:
        flight.ready_at = self.stage.now + _SECOND

        def work(tx: Transaction) -> None:
            delivery.record(
                tx,
                flight.send,
                outcome,
                node=node.id,
                ids=self.stage.ids,
                decide=self.stage.wiring.decide,
            )

        try:
            self.stage.transact(node, Edge.RECORD, work)
        except NoAnswerError:
            return
        self.stage.say(f"{node.name} records {type(outcome).__name__}")
        node.in_flight.remove(flight)

    # --- providers --------------------------------------------------------------------

    def _send(self, node: Node, flight: InFlight) -> None:
        fault = self.stage.choose(node, Edge.SEND)
        if fault is Fault.PAUSE_BEFORE:
            self.stage.freeze(node)
            return
        if fault is Fault.CRASH_BEFORE:
            self.stage.crash(node, self.stage.seconds(0.5, 20))
            return
        if not may_still_send(waited=self.stage.now - flight.claimed_at):
            self.stage.say(f"{node.name} lets a stale claim lapse")
            self.stage.ledger.excuse(
                self.stage.now, lasts=timedelta(0), allows=limits.LEASE
            )
            node.in_flight.remove(flight)
            return
        arrived, flight.outcome, takes = self._provider(flight.send, fault)
        flight.ready_at = self.stage.now + takes
        self._call(flight.send, arrived=arrived)
        if fault is Fault.CRASH_AFTER:
            self.stage.crash(node, self.stage.seconds(0.5, 20))
        elif fault is Fault.PAUSE_AFTER:
            self.stage.freeze(node)

    def _provider(
        self, send: delivery.Send, fault: Fault | None
    ) -> tuple[bool, Outcome, timedelta]:
        """Return whether it arrives, what is answered, and how long that takes."""
        now, kind = self.stage.now, str(send.first.kind)
        if send.first.recipient == LAST_RESORT:
            if fault in _NOT_FOR_THE_LAST_RESORT:
                fault = None
        else:
            if fault is Fault.OUTAGE:
                lasts = timedelta(seconds=self.stage.rng.choice((20, 120, 900)))
                self._down_until[kind] = now + lasts
                self.stage.ledger.excuse(now, lasts=lasts, allows=_RETRY)
            if self.stage.is_troubled and self._down_until.get(kind, now) > now:
                fault = Fault.OUTAGE
        arrived, outcome, takes = answer(fault, self.stage.rng)
        if not isinstance(outcome, Accepted) or takes > _SECOND:
            self.stage.ledger.excuse(now, lasts=takes, allows=_RETRY)
        return arrived, outcome, takes

    def _call(self, send: delivery.Send, *, arrived: bool) -> None:
        made = message.compose(send, base_url="https://sim.test", sign=lambda _: "s")
        call = Call(
            at=self.stage.now, kind=send.first.kind, message=made, arrived=arrived
        )
        self.calls += 1
        self.stage.say(f"-> {made.address}: {len(made.items)} items, {arrived=}")
        self._on_call(send, call)


def answer(  # noqa: PLR0911 - one flat table, a line a fault
    fault: Fault | None, rng: random.Random
) -> tuple[bool, Outcome, timedelta]:
    """Return whether a message arrives, what is answered, and how long that takes."""
    soon = timedelta(seconds=rng.uniform(0.02, 0.4))
    match fault:
        case Fault.LOST_ANSWER:
            return True, Unknown(reason="no answer"), limits.SEND_TIMEOUT
        case Fault.LOST_MESSAGE:
            return False, Unknown(reason="no answer"), limits.SEND_TIMEOUT
        case Fault.OUTAGE:
            return False, Retryable(reason="503"), soon
        case Fault.DEAD_METHOD:
            return False, Permanent(reason="unknown", scope=Scope.METHOD), soon
        case Fault.REFUSED:
            return False, Permanent(reason="refused", scope=Scope.MESSAGE), soon
        case Fault.THROTTLED:
            after = timedelta(seconds=rng.choice((5, 30, 3600)))
            return False, Retryable(reason="429", after=after), soon
        case Fault.SLOW:
            return True, Accepted(), timedelta(seconds=rng.uniform(2, 9.9))
        case _:
            return True, Accepted(), soon


def _dues(tx: Transaction) -> dict[Edge, datetime | None]:
    return {
        Edge.FOLD: tx.now if tx.receipt.has_unfolded() else None,
        Edge.EVALUATE: tx.alert.next_evaluation(),
        Edge.ADVANCE: tx.page.next_due(),
        Edge.EXPIRE: tx.alert.next_expiry(),
        Edge.CLAIM: tx.delivery.next_due(),
    }
