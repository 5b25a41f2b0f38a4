"""The product under random faults: nothing lost, nobody forgotten, nobody flooded."""

import os

import pytest
from tests.simulation.campaign import HIT_LEAST, Campaign


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_no_seed_breaks_a_promise_and_every_fault_meets_every_edge(
    capsys: pytest.CaptureFixture[str],
) -> None:
    campaign = Campaign()

    budget = float(os.environ.get("HANDRAIL_SIM_SECONDS", "90"))
    with capsys.disabled():
        campaign.run(budget_seconds=budget)
        print("\n" + campaign.report())

    assert list(campaign.failures()) == []
    assert campaign.coverage.missing(HIT_LEAST) == []
