"""A seed is a whole story: the same every time, on every run of the interpreter."""

import os
import subprocess
import sys
from pathlib import Path

from tests.simulation.simulation import Simulation

ROOT = Path(__file__).parents[2]


def test_a_seed_tells_the_same_story_twice() -> None:
    hashes = {Simulation(7).run().trace_hash for _ in range(2)}

    assert len(hashes) == 1


def test_a_seed_does_not_depend_on_how_the_interpreter_hashes() -> None:
    code = (
        "from tests.simulation.simulation import Simulation;"
        "print(Simulation(7).run().trace_hash)"
    )
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))

    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1
