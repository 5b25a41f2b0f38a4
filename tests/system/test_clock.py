"""The clock against walls that jump."""

from datetime import UTC, datetime, timedelta

from handrail.system.clock import ClockStep, SystemClock

START = datetime(2026, 3, 1, tzinfo=UTC)


class Machine:
    """A wall clock and a monotonic clock that tests turn."""

    def __init__(self) -> None:
        self.wall = START
        self.seconds = 100.0

    def passes(self, seconds: float, *, jump: float = 0) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds + jump)


def clock_of(machine: Machine, told: list[ClockStep]) -> SystemClock:
    return SystemClock(
        on_step=told.append,
        wall=lambda: machine.wall,
        monotonic=lambda: machine.seconds,
    )


def test_time_passes() -> None:
    machine, told = Machine(), list[ClockStep]()
    clock = clock_of(machine, told)

    machine.passes(3600)

    assert clock.now() == START + timedelta(hours=1)
    assert clock.monotonic() == 3700
    assert told == []


def test_a_small_correction_is_followed_but_never_backwards() -> None:
    machine, told = Machine(), list[ClockStep]()
    clock = clock_of(machine, told)

    machine.passes(0, jump=-1)
    assert clock.now() == START
    machine.passes(0.5)
    assert clock.now() == START
    machine.passes(10)

    assert clock.now() == START + timedelta(seconds=9.5)
    assert told == []


def test_a_step_either_way_is_followed_and_told() -> None:
    machine, told = Machine(), list[ClockStep]()
    clock = clock_of(machine, told)

    machine.passes(1, jump=-7200)
    back = clock.now()
    machine.passes(1, jump=7200)
    forth = clock.now()

    assert back == START + timedelta(seconds=1 - 7200)
    assert forth == START + timedelta(seconds=2)
    assert [step.by for step in told] == [
        timedelta(seconds=-7200),
        timedelta(seconds=7200),
    ]
    assert clock.steps == tuple(told)


def test_the_real_clock_is_utc_and_does_not_run_backwards() -> None:
    clock = SystemClock()

    times = [clock.now() for _ in range(1000)]

    assert times == sorted(times)
    assert times[0].tzinfo is UTC
