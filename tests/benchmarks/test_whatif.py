"""The benchmark of what-ifs plays alerts that page, in what it says it plays."""

from benchmarks.coverage import organisation
from benchmarks.whatif import PERIOD, START, record

from handrail.core.whatif.backtest import compare


def test_every_alert_of_the_record_is_played_and_nearly_all_page() -> None:
    before, _ = organisation(10)

    found = compare(record(40, services=10), in_force=lambda _: before, proposed=before)

    assert found.alerts == found.answers == 40
    assert {tally.alerts for tally in found.whole.in_force.values()} == {40}
    assert all(tally.pages >= 30 for tally in found.whole.in_force.values())


def test_the_record_is_spread_over_the_period() -> None:
    fired = [one.fired_at for one in record(40, services=10).alerts]

    assert fired == sorted(fired)
    assert START <= fired[0] <= fired[-1] < START + PERIOD
