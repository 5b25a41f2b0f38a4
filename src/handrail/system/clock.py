"""The one reader of the system's clocks."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from typing_extensions import override

from handrail.ports.clock import Clock

STEP_MIN = timedelta(seconds=2)
"""A difference to the monotonic clock beyond this is a step, not a slewing."""
_STEP_SECONDS_MIN = STEP_MIN.total_seconds()
STEPS_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep:
    """The wall clock jumped against the monotonic clock.

    Attributes:
        at: What the wall clock says after the jump.
        by: How far it jumped; negative is backwards. A suspended machine shows as a
            jump forwards.
    """

    at: datetime
    by: timedelta


class SystemClock(Clock):
    """The wall clock, kept from running backwards, with its steps detected.

    Small corrections are followed; where they would go backwards the last instant is
    repeated. A step beyond ``STEP_MIN`` is recorded, told to ``on_step``, and
    followed: everything that is due is derived from stored instants again.
    """

    def __init__(
        self,
        *,
        on_step: Callable[[ClockStep], None] | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_step = on_step
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._steps: deque[ClockStep] = deque(maxlen=STEPS_KEPT)
        self._read_wall = self._last = wall()
        self._read_monotonic = monotonic()

    @property
    def steps(self) -> tuple[ClockStep, ...]:
        """Return the latest steps, oldest first, at most ``STEPS_KEPT``."""
        return tuple(self._steps)

    @override
    def now(self) -> datetime:
        step = None
        with self._lock:
            wall, monotonic = self._wall(), self._monotonic()
            elapsed = monotonic - self._read_monotonic
            drift = (wall - self._read_wall).total_seconds() - elapsed
            self._read_wall, self._read_monotonic = wall, monotonic
            if abs(drift) > _STEP_SECONDS_MIN:
                step = ClockStep(at=wall, by=timedelta(seconds=drift))
                self._steps.append(step)
                self._last = wall
            else:
                self._last = max(self._last, wall)
            now = self._last
        if step is not None and self._on_step is not None:
            self._on_step(step)
        return now

    @override
    def monotonic(self) -> float:
        return self._monotonic()
