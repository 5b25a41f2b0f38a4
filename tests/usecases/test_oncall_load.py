"""One's own load in figures; of teams only how it is spread."""

from datetime import timedelta

import pytest
from tests.rota import ANA, BEN, CLEO, DAN, ROTA, Rota

from handrail.core.errors import NotFoundError
from handrail.core.ids import Slug
from handrail.core.schedule.load import Measure
from handrail.usecases import override
from handrail.usecases.oncall_load import COMING, OncallLoad, oncall_load
from handrail.usecases.override import Wish

PAIR = ROTA + "---\nteam: {name: pair, members: [dan, cleo], lead: lea}\n"


@pytest.fixture
def rota() -> Rota:
    made = Rota(text=PAIR)
    made.pass_time(weeks=3)
    return made


def load(rota: Rota, viewer: Slug | None, team: Slug | None = None) -> OncallLoad:
    return rota.look(lambda tx: oncall_load(tx, viewer=viewer, team=team))


def test_one_sees_ones_own_figures_and_teams(rota: Rota) -> None:
    found = load(rota, ANA)
    assert found.own is not None
    assert found.own.user == ANA
    # Three weeks, one of them ana's; then four of the coming twelve, and an hour: in
    # summer time the next handover is an hour earlier.
    assert found.own.past[Measure.HOURS] == 168
    assert found.own.past[Measure.NIGHTS] == 7
    assert found.own.coming[Measure.HOURS] == 4 * 168 + 1
    assert found.own.past[Measure.PAGES] == 0
    assert Measure.PAGES not in found.own.coming
    assert [one.team for one in found.teams] == ["shop"]


def test_a_team_has_its_distribution_and_how_many_it_is_of(rota: Rota) -> None:
    (shop,) = load(rota, BEN).teams
    assert shop.people == 3
    hours = shop.past[Measure.HOURS]
    # Cleo has days on the other schedule beside her week.
    assert (hours.least, hours.median) == (168, 168)
    assert hours.most == load(rota, CLEO).own.past[Measure.HOURS]  # type: ignore[union-attr]


def test_a_team_of_two_has_none(rota: Rota) -> None:
    (pair,) = load(rota, DAN).teams
    assert pair.is_suppressed
    assert (pair.past, pair.coming) == ({}, {})
    assert pair.people == 2


def test_two_who_carry_all_of_it_are_too_few_however_many_the_team_is(
    rota: Rota,
) -> None:
    """Else dan would read cleo's figures off the most, beside his own."""
    rota.apply(PAIR.replace("[dan, cleo], lead", "[dan, cleo, lea, root], lead"))

    (pair,) = load(rota, DAN).teams

    assert pair.people == 4
    assert pair.is_suppressed
    assert (pair.past, pair.coming) == ({}, {})


def test_where_two_will_carry_it_only_the_past_is_told(rota: Rota) -> None:
    rota.apply(PAIR.replace("[ana, ben, cleo]\n    every", "[ana, ben]\n    every"))
    rota.apply(
        PAIR.replace("[ana, ben, cleo]\n    every", "[ana, ben]\n    every").replace(
            "[dan, cleo]\n    every", "[dan]\n    every"
        )
    )

    (shop,) = load(rota, BEN).teams

    assert not shop.is_suppressed
    assert shop.past
    assert shop.coming == {}


def test_nobody_is_named_in_what_a_team_is_told(rota: Rota) -> None:
    found = load(rota, None)
    assert found.own is None
    assert {one.team for one in found.teams} == {"pair", "shop"}
    told = repr(found)
    assert not any(name in told for name in ("'ana'", "'ben'", "'cleo'", "'dan'"))


def test_the_past_stays_as_it_was_when_the_rota_changes(rota: Rota) -> None:
    before = load(rota, ANA).own
    rota.apply(PAIR.replace("[ana, ben, cleo]\n    every", "[ben, cleo]\n    every"))
    after = load(rota, ANA).own
    assert before is not None
    assert after is not None
    assert after.past[Measure.HOURS] == before.past[Measure.HOURS]
    assert after.coming[Measure.HOURS] == 0


def test_the_past_goes_with_who_is_renamed(rota: Rota) -> None:
    hours = timedelta(hours=10)
    wish = Wish(schedule=Slug("web"), user=BEN, ends_at=rota.now + hours)
    rota.do(override.add, wish, by=BEN)
    rota.pass_time(hours=10)
    before = load(rota, BEN).own
    renamed = PAIR.replace("ben", "benno").replace(
        "user: {name: benno,", "user: {name: benno, renamed_from: ben,"
    )
    rota.apply(renamed)

    after = load(rota, Slug("benno")).own

    assert before is not None
    assert after is not None
    assert after.past == before.past
    assert after.past[Measure.HOURS] == 178


def test_an_override_counts_for_who_was_on_call(rota: Rota) -> None:
    hours = timedelta(hours=10)
    wish = Wish(schedule=Slug("web"), user=BEN, ends_at=rota.now + hours)
    rota.do(override.add, wish, by=BEN)
    rota.pass_time(hours=10)
    own = load(rota, BEN).own
    assert own is not None
    assert own.past[Measure.HOURS] == 178


def test_the_window_begins_with_the_configuration(rota: Rota) -> None:
    found = load(rota, ANA)
    assert found.now - found.since == timedelta(weeks=3)
    assert found.until - found.now == COMING


def test_a_team_that_is_not_there_is_named(rota: Rota) -> None:
    with pytest.raises(NotFoundError, match="no team shops"):
        load(rota, ANA, Slug("shops"))
