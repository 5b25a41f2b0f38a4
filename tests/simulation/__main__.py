"""Replay seeds and tell everything that happens: ``python -m tests.simulation 17``."""

import sys

from tests.simulation.simulation import Simulation
from tests.simulation.wiring import DEFECTS, PRODUCT


def main(arguments: list[str]) -> int:
    """Run each seed verbosely; ``seed:defect name`` plants that defect."""
    status = 0
    wirings = {wiring.name: wiring for wiring in (PRODUCT, *DEFECTS)}
    for argument in arguments:
        seed, _, name = argument.partition(":")
        wiring = wirings[name or PRODUCT.name]
        result = Simulation(int(seed), wiring=wiring, show=print).run()
        print(result)
        status = status or int(bool(result.violations))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
