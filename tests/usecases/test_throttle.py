"""Who asks too often, and who is who."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.world.clock import VirtualClock

from handrail.usecases.throttle import Throttle, asker

NOW = datetime(2026, 1, 12, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_ipv6_is_one_asker(host: str, counted_as: str) -> None:
    assert asker(host) == counted_as


def test_how_long_to_wait_is_told_without_counting() -> None:
    clock = VirtualClock(NOW)
    bound = Throttle(clock, times=2, seconds=60)

    assert [bound.wait("a") for _ in range(5)] == [0.0] * 5
    assert bound.allows("a")
    clock.move_to(NOW + timedelta(seconds=20))
    assert bound.allows("a")
    assert not bound.allows("a")
    assert bound.wait("a") == 40
    assert bound.wait("b") == 0
    clock.move_to(NOW + timedelta(seconds=60))
    assert bound.wait("a") == 0
    assert bound.allows("a")
