"""What everybody in a simulated world shares: time, chance, nodes and the database.

A node's step is one transaction, or one call of a provider, chosen by the seed among
all that could happen next; faults fall before and after it.
"""

import hashlib
import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from tests.simulation.fault import ASKED_FROM_OUTSIDE, Coverage, Edge, Fault
from tests.simulation.node import Node
from tests.simulation.outside import Ledger
from tests.simulation.plan import Plan, draw
from tests.simulation.wiring import Wiring
from tests.world.clock import VirtualClock
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds

from handrail.core import limits
from handrail.core.errors import ConflictError
from handrail.ports.store import Transaction

T = TypeVar("T")
Act = Callable[[], None]
LAPSE = limits.LEASE + timedelta(seconds=5)
"""How much later things may happen where a claim was lost."""


class NoAnswerError(Exception):
    """Whoever asked got no answer, whether or not it was done."""


class _UndoneError(Exception):
    """Rolls a transaction back."""


class Stage:
    """One seed's clock, dice, nodes, database and ledger."""

    def __init__(
        self,
        seed: int,
        *,
        wiring: Wiring,
        coverage: Coverage,
        show: Callable[[str], None] | None,
    ) -> None:
        self.rng = random.Random(f"{seed} schedule")
        self.plan: Plan = draw(random.Random(f"{seed} plan"))
        self.wiring = wiring
        self.coverage = coverage
        self.clock = VirtualClock()
        self.ids = SeededIds(seed, self.clock)
        self.store = fresh_store(now=self._database_now, is_alive=self._lives)
        self.nodes = [Node(name=f"node{n}") for n in range(self.plan.nodes)]
        self.ledger = Ledger()
        self.is_troubled = True
        self.violations: list[str] = []
        self.has_changed = True
        self._acting: Node | None = None
        self._events: list[tuple[datetime, int, Act]] = []
        self._count = 0
        self._hash = hashlib.sha256()
        self._show = show

    # --- time and chance --------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def _database_now(self) -> datetime:
        """The one clock that the product asks; a planted defect asks the node's."""
        if self.wiring.trusts_node_clock and self._acting is not None:
            return self.now + self._acting.skew
        return self.now

    def _lives(self, node_id: str) -> bool:
        return any(node.is_up and node.id == node_id for node in self.nodes)

    def seconds(self, low: float, high: float) -> timedelta:
        return timedelta(seconds=self.rng.uniform(low, high))

    def later(self, wait: timedelta, act: Act) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.now + wait, self._count, act))

    def next_event_at(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def pop_event(self) -> Act | None:
        """Return the next event from outside whose time has come, or none."""
        if self._events and self._events[0][0] <= self.now:
            return heapq.heappop(self._events)[2]
        return None

    # --- the trace --------------------------------------------------------------------

    def say(self, line: str) -> None:
        text = f"{self.clock.monotonic():10.3f} {line}"
        self._hash.update(text.encode())
        if self._show is not None:
            self._show(text)

    def trace_hash(self) -> str:
        return self._hash.hexdigest()

    def violated(self, what: str) -> None:
        if what not in self.violations:
            self.violations.append(what)
            self.say(f"VIOLATED {what}")

    # --- transactions and what befalls them -------------------------------------------

    def choose(self, node: Node, edge: Edge) -> Fault | None:
        """Return what goes wrong at a node's step, or none; it is counted."""
        if not self.is_troubled:
            return None
        if node.skew:
            self.coverage[Fault.SKEWED, edge] += 1
        fault = self.plan.choose(edge, self.rng)
        if fault in {Fault.SKEWED, Fault.ALL_DOWN}:
            return None  # these are states of the world, not of a step
        if fault is not None:
            self.coverage[fault, edge] += 1
            self.say(f"{node.name} {edge}: {fault}")
        return fault

    def transact(self, node: Node, edge: Edge, work: Callable[[Transaction], T]) -> T:
        """Run the work on a node, with whatever befalls it.

        Raises:
            NoAnswerError: Whoever asked was not answered.
        """
        fault = self.choose(node, edge)
        if fault is Fault.PAUSE_BEFORE:
            self.freeze(node)
            if edge in ASKED_FROM_OUTSIDE:
                self._does_it_when_awake(node, work)
            raise NoAnswerError
        if fault in {Fault.CRASH_BEFORE, Fault.BUSY, Fault.FAILOVER_LOST}:
            self._undo(node, work)
            self._after_loss(node, edge, fault)
            raise NoAnswerError
        result = self.commit(node, work)
        if fault is Fault.PAUSE_AFTER:
            self.freeze(node)
            if edge not in ASKED_FROM_OUTSIDE:
                return result
        elif fault is not None:
            self._after_loss(node, edge, fault)
        if fault is not None:
            raise NoAnswerError
        return result

    def commit(self, node: Node, work: Callable[[Transaction], T]) -> T:
        """Run the work on a node, and let nothing befall it."""
        self._acting = node
        self.has_changed = True
        try:
            return self.store.run(work)
        finally:
            self._acting = None

    def _undo(self, node: Node, work: Callable[[Transaction], T]) -> None:
        def undone(tx: Transaction) -> None:
            work(tx)
            raise _UndoneError

        try:
            self.commit(node, undone)
        except (_UndoneError, ConflictError):
            return

    def _after_loss(self, node: Node, edge: Edge, fault: Fault | None) -> None:
        if fault in {Fault.CRASH_BEFORE, Fault.CRASH_AFTER}:
            self.crash(node, self.seconds(0.5, 20))
            return
        # The engine waits a little after an error; what it had claimed lapses.
        node.not_before[edge] = self.now + timedelta(seconds=0.5)
        self.ledger.excuse(self.now, lasts=timedelta(0), allows=LAPSE)

    def _does_it_when_awake(self, node: Node, work: Callable[[Transaction], T]) -> None:
        life = node.life
        assert node.frozen_until is not None

        def wakes() -> None:
            if not node.is_up or node.life != life:
                return
            self.say(f"{node.name} does late what it was asked")
            try:
                self.commit(node, work)
            except ConflictError as error:
                self.say(f"refused: {error.message}")

        self.later(node.frozen_until - self.now, wakes)

    # --- nodes ------------------------------------------------------------------------

    def crash(self, node: Node, down: timedelta) -> None:
        if not node.is_up:
            return
        self.say(f"{node.name} crashes with {len(node.in_flight)} in flight")
        node.crash()
        self.ledger.excuse(self.now, lasts=down, allows=LAPSE)
        self.later(down, lambda: self.start(node))

    def start(self, node: Node) -> None:
        if not node.is_up:
            node.start()
            self.say(f"{node.name} starts")

    def freeze(self, node: Node) -> None:
        span = self.seconds(1, 60)
        self.say(f"{node.name} stands still for {span}")
        node.frozen_until = self.now + span
        self.ledger.excuse(self.now, lasts=span, allows=LAPSE)

    def ask(self, edge: Edge, work: Callable[[Transaction], T]) -> T:
        """Run the work on whichever node hears somebody from outside.

        Raises:
            NoAnswerError: None does, or it did not answer.
        """
        able = [node for node in self.nodes if node.can_act(self.now)]
        if able:
            return self.transact(self.rng.choice(able), edge, work)
        if not any(node.is_up for node in self.nodes):
            self.coverage[Fault.ALL_DOWN, edge] += 1
        raise NoAnswerError
