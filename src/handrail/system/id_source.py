"""The one maker of identifiers and of randomness."""

import os
import secrets
import threading

from typing_extensions import override

from handrail.core.instants import to_micros
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource

_MICROS_PER_MILLI = 1000
_COUNTER_BITS = 12
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1
_VERSION = 7 << 12
_VARIANT = 0b10 << 62
_RANDOM_MASK = (1 << 62) - 1
_JITTER_BITS = 53
_RANDOM_BYTES_AT_ONCE = 4096
"""Asking the system lets other threads run first, which under load takes longer than
everything else about an id: ids are drawn from a supply."""


class RandomIds(IdSource):
    """UUIDv7 in the order of making, and randomness from the operating system.

    The twelve bits after the milliseconds hold the fraction of the millisecond and
    count on when it repeats, so that ids of one process only grow, whatever the
    clock does.

    Source: RFC 9562 §5.7 and §6.2, methods 1 and 3.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0
        self._supply = memoryview(b"")

    @override
    def new_id(self) -> str:
        millis, micros = divmod(to_micros(self._clock.now()), _MICROS_PER_MILLI)
        ticks = millis << _COUNTER_BITS | (micros << _COUNTER_BITS) // _MICROS_PER_MILLI
        with self._lock:
            self._last = ticks = max(ticks, self._last + 1)
            if not self._supply:
                self._supply = memoryview(os.urandom(_RANDOM_BYTES_AT_ONCE))
            drawn, self._supply = self._supply[:8], self._supply[8:]
        high = (ticks >> _COUNTER_BITS) << 16 | _VERSION | ticks & _COUNTER_MASK
        low = _VARIANT | int.from_bytes(drawn) & _RANDOM_MASK
        digits = f"{high:016x}{low:016x}"
        return (
            f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        )

    @override
    def new_secret(self) -> str:
        return secrets.token_urlsafe(32)

    @override
    def jitter(self) -> float:
        return secrets.randbits(_JITTER_BITS) / (1 << _JITTER_BITS)
