"""The duty that writes the status page: on news, every minute, and in nobody's way."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.conformance.test_notice import declared, told
from tests.world.world import World

from handrail.core.status_page.public_view import PublicView
from handrail.engine.loop import Engine
from handrail.engine.publish_status import AFTER_ERROR, EVERY, LOOK_EVERY, PublishStatus
from handrail.engine.report import Report


@dataclass(slots=True)
class Press:
    """Where views are written to: keeps them, or does what it is told to."""

    views: list[PublicView] = field(default_factory=list)
    act: Callable[[], None] = lambda: None

    def __call__(self, view: PublicView) -> int:
        self.views.append(view)
        self.act()
        return 1


@dataclass(slots=True)
class Count:
    """Another duty: being asked is all it wants."""

    name: str = "count"
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def tick(self) -> Report:
        self.asked.release()
        return Report(done=1)


def made(world: World, press: Press) -> PublishStatus:
    return PublishStatus(world.store, world.clock, press)


def run(duty: PublishStatus) -> None:
    """Tick, and wait until what that began has ended."""
    duty.tick()
    duty.stop()


def wait(world: World, span: timedelta) -> None:
    world.clock.move_to(world.now + span)


def test_it_writes_at_the_start_and_then_once_a_minute() -> None:
    world, press = World(), Press()
    duty = made(world, press)

    run(duty)
    for _ in range(3):
        wait(world, LOOK_EVERY)
        run(duty)
    assert len(press.views) == 1
    wait(world, EVERY)
    run(duty)

    assert len(press.views) == 2
    assert press.views[1].as_of - press.views[0].as_of >= EVERY


def test_news_is_written_at_the_next_look() -> None:
    world, press = World(), Press()
    duty = made(world, press)
    run(duty)

    told(world.store, declared(world.store))
    wait(world, LOOK_EVERY)
    run(duty)

    assert [len(view.incidents) for view in press.views] == [0, 1]


def test_another_configuration_is_news_as_well() -> None:
    world, press = World(), Press()
    duty = made(world, press)
    run(duty)

    world.configuration.put("component", "web", {"title": "Website"})
    world.configure()
    wait(world, LOOK_EVERY)
    run(duty)

    assert [len(view.components) for view in press.views] == [0, 1]


def test_what_fails_is_tried_again_after_a_while() -> None:
    def fail() -> None:
        msg = "no template of that name"
        raise KeyError(msg)

    world, press = World(), Press(act=fail)
    duty = made(world, press)
    run(duty)
    wait(world, LOOK_EVERY)
    run(duty)
    assert len(press.views) == 1

    press.act = lambda: None
    wait(world, AFTER_ERROR)
    run(duty)
    wait(world, LOOK_EVERY)
    run(duty)

    assert len(press.views) == 2


def test_a_disk_that_hangs_keeps_no_other_duty_waiting() -> None:
    world, hanging = World(), threading.Event()
    press = Press(act=lambda: _wait_for(hanging))
    duty, other = made(world, press), Count()
    engine = Engine(store=world.store, clock=world.clock)
    try:
        engine.start([duty, other])

        for _ in range(3):
            assert other.asked.acquire(timeout=10)
    finally:
        engine.stop()
        hanging.set()
        duty.stop()
    assert len(press.views) == 1


def _wait_for(event: threading.Event) -> None:
    assert event.wait(timeout=30)
