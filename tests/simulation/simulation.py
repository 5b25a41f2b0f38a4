"""One seed: a world of several nodes in which much goes wrong, healed and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tests.simulation.checker import Checker
from tests.simulation.fault import Coverage, Fault
from tests.simulation.outsiders import Editors, People, Senders
from tests.simulation.scene import BURST, condition, team
from tests.simulation.server import Servers
from tests.simulation.stage import LAPSE, Act, Stage
from tests.simulation.wiring import PRODUCT, SKEW_MAX, Wiring
from tests.world.sink import Call

from handrail.ports.store import Transaction
from handrail.usecases.delivery import Send

CHECK_EVERY = 300
"""Steps between two looks at everything active."""
DRAIN_HOURS = 30
"""Long enough for what is held until the next support hours."""
STEPS_MAX = 40_000
"""A seed takes some hundred; more means that something spins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a seed came to."""

    seed: int
    violations: tuple[str, ...]
    trace_hash: str
    virtual: timedelta
    steps: int
    alerts: int
    pages: int
    signals: int
    calls: int


class Simulation:
    """Runs one seed."""

    def __init__(
        self,
        seed: int,
        *,
        wiring: Wiring = PRODUCT,
        coverage: Coverage | None = None,
        show: Callable[[str], None] | None = None,
    ) -> None:
        self.seed = seed
        self.stage = Stage(
            seed,
            wiring=wiring,
            coverage=Coverage() if coverage is None else coverage,
            show=show,
        )
        self.checker = Checker(self.stage)
        self.servers = Servers(self.stage, self._on_call)
        self.senders = Senders(self.stage)
        self.people = People(self.stage, self.checker)
        self.editors = Editors(self.stage)
        self._steps = 0

    def run(self) -> Result:
        stage = self.stage
        stage.say(str(stage.plan))
        try:
            stage.store.run(team().apply)
            self._schedule()
            self._until(stage.now + stage.plan.trouble)
            self._heal()
            self._until(stage.now + timedelta(hours=1))
            self.checker.debts_are_paid()
            self._until(stage.now + timedelta(hours=DRAIN_HOURS))
            self.checker.at_the_end()
            alerts, pages = stage.store.read(_counts)
        finally:
            stage.store.close()
        return Result(
            seed=self.seed,
            violations=tuple(stage.violations),
            trace_hash=stage.trace_hash(),
            virtual=stage.clock.elapsed,
            steps=self._steps,
            alerts=alerts,
            pages=pages,
            signals=self.senders.answered,
            calls=self.servers.calls,
        )

    def _on_call(self, send: Send, call: Call) -> None:
        self.checker.call(send, call)
        if call.arrived:
            self.people.hear(call)

    # --- what is going to happen ----------------------------------------------------

    def _schedule(self) -> None:
        stage, rng = self.stage, self.stage.rng
        end = stage.plan.trouble.total_seconds()
        for number in range(stage.plan.alerts):
            self._post_all(number, begins=stage.seconds(0, end * 0.8))
        burst_at = stage.seconds(0, end * 0.8)
        for number in range(stage.plan.burst):
            self._post_all(BURST + number, begins=burst_at + stage.seconds(0, 5))
        for _ in range(rng.choice((0, 4, 8))):
            stage.later(stage.seconds(0, end), self.editors.edit)
        if Fault.ALL_DOWN in stage.plan.faults:
            stage.later(stage.seconds(0, end), self._all_down)
        if Fault.SKEWED in stage.plan.faults:
            for _ in range(4):
                stage.later(stage.seconds(0, end * 0.7), self._skew)

    def _post_all(self, number: int, *, begins: timedelta) -> None:
        for request in condition(number, self.stage.rng, begins=begins):
            self.stage.later(request.at, partial(self.senders.post, request))

    def _all_down(self) -> None:
        down = timedelta(seconds=self.stage.rng.choice((20, 180, 1200)))
        self.stage.say(f"all nodes go down for {down}")
        self.stage.ledger.excuse(self.stage.now, lasts=down, allows=LAPSE)
        for node in self.stage.nodes:
            self.stage.crash(node, down)

    def _skew(self) -> None:
        node = self.stage.rng.choice(self.stage.nodes)
        largest = SKEW_MAX.total_seconds()
        node.skew = self.stage.rng.choice(
            (
                self.stage.seconds(-5, 5),
                self.stage.seconds(-largest, largest),
                SKEW_MAX,
                -SKEW_MAX,
            )
        )
        self.stage.say(f"{node.name} has a clock that is off by {node.skew}")

    def _heal(self) -> None:
        self.stage.say("the world is healed")
        self.stage.is_troubled = False
        for node in self.stage.nodes:
            node.skew = timedelta(0)
            node.frozen_until = None
            self.stage.start(node)
        self.editors.restore()

    # --- time passing -----------------------------------------------------------------

    def _until(self, end: datetime) -> None:
        stage = self.stage
        while (act := self._next(end)) is not None:
            act()
            self._steps += 1
            if self._steps == STEPS_MAX:
                stage.violated("I11: the world does not come to rest")
            if self._steps >= STEPS_MAX:
                return
            if self._steps % CHECK_EVERY == 0:
                self.checker.now_and_then()
            stage.clock.move_to(stage.now + stage.seconds(0, 0.05))
        stage.clock.move_to(max(stage.now, end))

    def _next(self, end: datetime) -> Act | None:
        """Return one of the things that can happen now, moving on where none can."""
        stage = self.stage
        while stage.now < end:
            if (event := stage.pop_event()) is not None:
                return event
            ready, soonest = self.servers.ready()
            if ready:
                return stage.rng.choice(ready)
            event_at = stage.next_event_at()
            upcoming = min([*soonest, *([event_at] if event_at else ())], default=end)
            if not any(node.can_act(stage.now) for node in stage.nodes):
                self.checker.quiet_since = min(upcoming, end)
            if upcoming > end:
                return None
            stage.clock.move_to(upcoming)
        return None


def _counts(tx: Transaction) -> tuple[int, int]:
    alerts = tx.alert.search(open_only=False, limit=10_000)
    pages = tx.page.search(active_only=False, limit=10_000)
    return len(alerts), len(pages)
