"""How often something may be asked for, counted in this process."""

import threading
from collections import OrderedDict, deque
from ipaddress import IPv4Address, ip_address, ip_network

from handrail.ports.clock import Clock

_NETWORK_BITS = 64
KEYS_MAX = 10_000
"""Askers remembered; the longest unseen are forgotten first."""


def asker(host: str) -> str:
    """Return by what a caller is counted: its address, or its network in IPv6.

    There one household or machine has a network of 64 bits to take addresses from.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _NETWORK_BITS), strict=False))


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
