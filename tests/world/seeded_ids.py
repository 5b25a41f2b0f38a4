"""Identifiers that are the same in every run of the same seed."""

import hashlib
import random

from typing_extensions import override

from handrail.core.instants import to_micros
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource


class SeededIds(IdSource):
    """UUIDv7 by the virtual clock and a counter; randomness from the seed."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self._seed = seed
        self._clock = clock
        self._random = random.Random(f"{seed} ids")
        self._count = 0

    @override
    def new_id(self) -> str:
        self._count += 1
        millis = to_micros(self._clock.now()) // 1000
        digits = f"{millis:012x}7000{0x8000 << 48 | self._count:016x}"
        return (
            f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        )

    @override
    def new_secret(self) -> str:
        self._count += 1
        return hashlib.sha256(f"{self._seed} {self._count}".encode()).hexdigest()[:43]

    @override
    def jitter(self) -> float:
        return self._random.random()
