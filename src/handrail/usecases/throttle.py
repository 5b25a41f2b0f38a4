"""How often something may be asked for, counted in this process."""

import threading
from collections import OrderedDict, deque

from handrail.ports.clock import Clock

KEYS_MAX = 10_000
"""Askers remembered; the longest unseen are forgotten first."""


class Throttle:
    """So many times within so many seconds for each key."""

    def __init__(self, clock: Clock, *, times: int, seconds: float) -> None:
        self._clock = clock
        self._times = times
        self._seconds = seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one more for the key, and return whether it is within bounds."""
        now = self._clock.monotonic()
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > KEYS_MAX:
                self._seen.popitem(last=False)
            while times and now - times[0] >= self._seconds:
                times.popleft()
            if len(times) >= self._times:
                return False
            times.append(now)
            return True

    def wait(self, key: str) -> float:
        """Return after how many seconds one more is allowed; 0 for now. Counts none."""
        with self._lock:
            times = self._seen.get(key)
            if times is None or len(times) < self._times:
                return 0.0
            return max(times[0] + self._seconds - self._clock.monotonic(), 0.0)
