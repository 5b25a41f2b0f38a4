"""Hours lie in the local month in which they are worked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handrail.core.configuration.consequence.people import Figures, _add_hours


def test_a_month_that_began_before_the_clocks_went_back_over_midnight_goes_on() -> None:
    # In St John's the clocks went from 00:01 on 1 November 2009 back to 23:01.
    figures: Figures = {}
    shift = (
        datetime(2009, 11, 1, 2, 45, tzinfo=UTC),
        datetime(2009, 11, 1, 14, 45, tzinfo=UTC),
    )

    _add_hours(figures, "hours_lost", [shift], ZoneInfo("America/St_Johns"))

    assert figures == {"2009-11": {"hours_lost": 12.0}}
