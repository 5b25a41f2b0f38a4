"""The engine goes on, whatever a duty or whoever watches it does."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from handrail.engine.loop import Engine, Progress
from handrail.engine.report import Report
from handrail.storage.sqlite import SqliteStore
from handrail.system.clock import SystemClock

SECONDS = 20.0


@dataclass(slots=True)
class Act:
    """A duty that does as it is told."""

    act: Callable[[], Report]
    name: str = "act"

    def tick(self) -> Report:
        return self.act()


def test_a_watcher_that_fails_does_not_end_the_engine() -> None:
    clock = SystemClock()
    told: list[Progress] = []
    third = threading.Event()

    def watch(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 3:
            third.set()
        msg = "planted"
        raise RuntimeError(msg)

    with closing(SqliteStore.in_memory(now=clock.now)) as store:
        engine = Engine(store=store, clock=clock, on_round=watch)
        engine.start([Act(lambda: Report(done=0, has_more=True))])

        went_on = third.wait(SECONDS)
        engine.stop()

    assert went_on


def test_a_duty_that_fails_is_named_and_the_next_one_still_runs() -> None:
    clock = SystemClock()
    rounds: list[Progress] = []
    ran = threading.Event()

    def fails() -> Report:
        msg = "planted"
        raise RuntimeError(msg)

    def runs() -> Report:
        if rounds:
            ran.set()
        return Report(done=0)

    with closing(SqliteStore.in_memory(now=clock.now)) as store:
        engine = Engine(store=store, clock=clock, on_round=rounds.append)
        engine.start([Act(fails, name="bad"), Act(runs, name="good")])

        went_on = ran.wait(SECONDS)
        engine.stop()

    assert went_on
    assert rounds[0].failing == {"bad"}
