"""What one seed is about: which faults, how strong, over how much traffic."""

import random
from dataclasses import dataclass
from datetime import timedelta

from tests.simulation.fault import Edge, Fault, possible
from typing_extensions import override

RARE = frozenset({Edge.EXPIRE, Edge.CONFIG, Edge.ADVANCE, Edge.HUMAN, Edge.FOLD})
_RARE_RATE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Swarm testing: each seed draws a subset of faults and their strength.

    Attributes:
        rate: How likely a step of the common kinds meets a fault.
        trouble: How long things go wrong before the world is healed.
        alerts: How many conditions fire.
        burst: How many more fire within seconds, all critical.
        answers: How likely a person who was told takes the page.
    """

    nodes: int
    faults: frozenset[Fault]
    rate: float
    trouble: timedelta
    alerts: int
    burst: int
    answers: float

    def choose(self, edge: Edge, rng: random.Random) -> Fault | None:
        """Return what goes wrong at this step, or none."""
        rate = max(self.rate, _RARE_RATE) if edge in RARE else self.rate
        if rng.random() >= rate:
            return None
        here = [fault for fault in possible(edge) if fault in self.faults]
        return rng.choice(here) if here else None

    @override
    def __str__(self) -> str:
        faults = ", ".join(sorted(self.faults)) or "no faults"
        traffic = f"{self.alerts}+{self.burst} alerts in {self.trouble}"
        return f"{self.nodes} nodes, {traffic}, rate {self.rate}: {faults}"


def draw(rng: random.Random) -> Plan:
    """Return the plan of a seed."""
    faults = frozenset(fault for fault in Fault if rng.random() < 0.6)
    return Plan(
        nodes=rng.choice((1, 2, 3)),
        faults=faults,
        rate=rng.choice((0.05, 0.15, 0.3)) if rng.random() < 0.9 else 0.0,
        trouble=timedelta(minutes=rng.choice((10, 20, 40))),
        alerts=rng.randint(2, 8),
        burst=rng.choice((0, 0, 0, 0, 0, 40)),
        answers=rng.choice((0.1, 0.5, 0.9)),
    )
