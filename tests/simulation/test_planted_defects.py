"""The simulation proves itself: known defects of pagers are found soon."""

import pytest
from tests.simulation.simulation import Simulation
from tests.simulation.wiring import DEFECTS, Wiring

SEEDS_MAX = 300


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: str(defect.name))
@pytest.mark.timeout(600)
def test_a_planted_defect_is_found(
    defect: Wiring, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(SEEDS_MAX):
        found = Simulation(seed, wiring=defect).run().violations
        if found:
            with capsys.disabled():
                print(f"\n{defect.name}: found at seed {seed}: {found[0]}")
            assert Simulation(seed).run().violations == ()
            return
    pytest.fail(f"{defect.name} was not found in {SEEDS_MAX} seeds")
