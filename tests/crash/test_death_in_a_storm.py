"""Two servers in a storm of pages at levels with turns, of which one is killed."""

import pytest
from benchmarks.sink import http_sink
from benchmarks.storm import pair, storm

from benchmarks import configuration

SERVICES = 10
ALERTS = 200

pytestmark = pytest.mark.postgres


def test_every_page_is_told_and_no_turn_is_lost_or_given_twice(
    postgres_url: str,
) -> None:
    """The storm itself looks whether each page took another turn, without a gap."""
    with http_sink() as (sink, arrivals):
        told = configuration.storm_handrail(
            sink, services=SERVICES, people=3, takes_turns=True
        )
        with pair(postgres_url, told) as servers:
            storm(
                servers,
                takes_turns=True,
                is_one_killed=True,
                services=SERVICES,
                alerts=ALERTS,
            )

    assert len(arrivals.bodies) >= SERVICES * 3
