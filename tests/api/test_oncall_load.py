"""On-call load over the wire and on its page: one's own figures, nobody else's."""

from tests.api.site import CONFIGURATION, Site

TEAM = """---
team: {name: payments, title: Payments, members: [ana, ben, cleo], lead: ana}
---
team: {name: pair, title: Pair, members: [ana, ben], lead: ana}
"""


def test_a_person_sees_their_own_figures_and_their_teams_spread(home: Site) -> None:
    rota = CONFIGURATION.replace("s: [ana, ben]", "s: [ana, ben, cleo]")
    home.configure(rota + TEAM)
    found = home.get("/api/v1/oncall/load", "ana").json()
    assert found["own"]["user"] == "ana"
    assert found["own"]["coming"]["weekends"] > 0
    small, payments = found["teams"]
    assert (small["is_suppressed"], small["coming"]) == (True, {})
    assert payments["people"] == 3
    assert set(payments["coming"]["nights"]) == {"least", "median", "p90", "most"}


def test_nobodys_figures_can_be_asked_for_but_ones_own(home: Site) -> None:
    home.configure(CONFIGURATION + TEAM)
    assert home.get("/api/v1/oncall/load?user=ben", "cleo").status == 422
    found = home.get("/api/v1/oncall/load?team=payments", "cleo")
    assert found.json()["own"]["user"] == "cleo"
    assert b'"ben"' not in found.body
    assert b'"ana"' not in found.body


def test_a_team_that_is_not_there_is_a_problem(home: Site) -> None:
    found = home.get("/api/v1/oncall/load?team=nope", "ana")
    assert found.status == 404


def test_the_page_shows_ones_own_figures_beside_the_spread(home: Site) -> None:
    home.configure(CONFIGURATION + TEAM)
    page = home.look("/oncall/load", "ana").text
    assert "too few carry it for a distribution" in page
    assert "3 people" in page
    assert "Weekends" in page
    assert "Ben Okoro" not in page
    assert "/oncall/load" in home.look("/oncall", "ana").text
