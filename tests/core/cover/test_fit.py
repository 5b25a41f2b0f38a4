"""Who gives time on call away is never kept from it by the rest that they gain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover.fit import Fit
from handrail.core.ids import Slug
from handrail.core.people.user import User
from handrail.core.schedule.rest import RestRule, RestRules
from handrail.core.schedule.rest_book import PersonShift, RestBook

ANA = Slug("ana")
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
WEEK = PersonShift(Slug("primary"), MONDAY, MONDAY + timedelta(weeks=1))
HOUR = timedelta(hours=1)


def fit_under(rules: RestRules) -> Fit:
    rules = replace(rules, errors=frozenset(RestRule))
    snapshot = Snapshot(
        users={ANA: User(name=ANA, full_name="", email="", time_zone="UTC")},
        rest=RestBook(rules=rules),
    )
    return Fit(snapshot=snapshot, roster={ANA: (WEEK,)})


def part(begins: int, ends: int) -> PersonShift:
    return WEEK._replace(starts_at=MONDAY + begins * HOUR, ends_at=MONDAY + ends * HOUR)


@pytest.mark.parametrize(
    "rules",
    [
        RestRules(min_rest=11 * HOUR),
        RestRules(longest_run=48 * HOUR),
        RestRules(max_nights=2, per=timedelta(days=7)),
    ],
)
def test_a_part_of_a_long_run_may_be_given_away(rules: RestRules) -> None:
    # An afternoon, and a night: each leaves ana with more rest than she has.
    for given in (part(30, 34), part(12, 24)):
        assert fit_under(rules).objections(ANA, takes=(), gives=(given,)) == ()


def test_what_is_taken_too_soon_after_a_run_is_objected_to() -> None:
    fit = fit_under(RestRules(min_rest=11 * HOUR))

    (found,) = fit.objections(ANA, takes=(part(172, 180),))

    assert found.is_final
    assert "4h of rest" in found.why
