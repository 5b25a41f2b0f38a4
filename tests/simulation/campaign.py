"""Many seeds within a time budget, what they met, and which of them failed."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, count
from pathlib import Path

from tests.simulation.fault import Coverage
from tests.simulation.simulation import Result, Simulation

SEEDS = Path(__file__).with_name("seeds.txt")
HIT_LEAST = 50
FIRST_SEED = 1_000


def kept_seeds() -> tuple[int, ...]:
    """Return the seeds that once failed."""
    lines = SEEDS.read_text().splitlines()
    return tuple(int(line.split()[0]) for line in lines if line[:1].isdigit())


def keep(result: Result) -> None:
    """Append a failing seed to those that are always replayed."""
    if result.seed not in kept_seeds():
        with SEEDS.open("a") as file:
            file.write(f"{result.seed} {result.violations[0][:80]}\n")


@dataclass(slots=True)
class Campaign:
    """What was run."""

    coverage: Coverage = field(default_factory=Coverage)
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, *, budget_seconds: float) -> None:
        """Run the kept seeds, then new ones until time is up and all was met."""
        began = time.perf_counter()
        first = int(os.environ.get("HANDRAIL_SIM_SEED", FIRST_SEED))
        for seed in chain(kept_seeds(), count(first)):
            self.seconds = time.perf_counter() - began
            if self._is_over(seed, budget_seconds):
                return
            result = Simulation(seed, coverage=self.coverage).run()
            self.results.append(result)
            if result.violations:
                keep(result)
                print(f"seed {seed} failed; replay: make sim SEED={seed}")

    def _is_over(self, seed: int, budget_seconds: float) -> bool:
        # A busy machine gets up to six times as long to meet every fault.
        if seed in kept_seeds() or self.seconds < budget_seconds:
            return False
        is_met = not self.coverage.missing(HIT_LEAST)
        return is_met or self.seconds > 6 * budget_seconds

    def failures(self) -> Iterator[str]:
        for result in self.results:
            for what in result.violations:
                yield f"seed {result.seed}: {what}"

    def report(self) -> str:
        """Return the figures and the table of what was met."""
        virtual = sum((r.virtual for r in self.results), timedelta(0))
        hours = virtual.total_seconds() / 3600
        sums = {
            name: sum(getattr(r, name) for r in self.results)
            for name in ("signals", "alerts", "pages", "calls", "steps")
        }
        told = ", ".join(f"{value} {name}" for name, value in sums.items())
        rate = len(self.results) / self.seconds
        return (
            f"{len(self.results)} seeds in {self.seconds:.0f} s ({rate:.1f}/s): "
            f"{told}, {hours:.0f} virtual hours ({hours / self.seconds:.0f} a second)\n"
            + self.coverage.table()
        )
