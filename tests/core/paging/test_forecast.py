from tests.core.paging.making import MINUTE, NOW, PLAN, fold, opened, policy

from handrail.core.ids import Slug
from handrail.core.paging import escalate
from handrail.core.paging.forecast import NextLevel, forecast


def test_a_forecast_is_what_the_live_core_does() -> None:
    page, _ = opened(policy(["ana"], ["ghost"], ["ben"]))

    coming = forecast(page, snapshot=PLAN, limit=9)

    assert coming == (
        NextLevel(at=NOW + 5 * MINUTE, who=("user:ben",), what="level 3"),
        NextLevel(at=NOW + 10 * MINUTE, who=("user:olga",), what="last resort"),
        NextLevel(at=NOW + 20 * MINUTE, who=("user:olga",), what="last resort"),
        NextLevel(at=NOW + 30 * MINUTE, who=(), what="nobody is left to tell"),
    )


def test_a_forecast_names_the_round_and_is_cut_at_the_limit() -> None:
    page, _ = opened(policy(["ana"], rounds=2))

    (first,) = forecast(page, snapshot=PLAN, limit=1)

    assert first.what == "level 1, round 2"


def test_nothing_is_forecast_of_a_page_at_rest() -> None:
    page, _ = opened(policy(["ana"]))
    taken = fold(page, escalate.acknowledge(page, by=Slug("ana"), via="link"), at=NOW)

    assert forecast(taken, snapshot=PLAN) == ()
