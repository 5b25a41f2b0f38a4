import pytest
from tests.api.site import Site


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/alerts?stat=all",
        "/api/v1/pages?state=all&Limit=5",
        "/api/v1/oncall?when=2026-01-20T12:00:00Z",
        "/api/v1/tokens?x",
        "/api/v1/held?=",
    ],
)
def test_a_mistyped_parameter_is_refused_and_named(home: Site, path: str) -> None:
    answer = home.get(path, "ana")

    assert answer.status == 422
    assert len(answer.json()["errors"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/alerts?state=all&limit=5",
        "/api/v1/pages?state=active&before=019bbd76-d400-7003-8e25-e280b0a25e8f",
        "/api/v1/oncall?at=2026-01-20T12:00:00%2B01:00",
    ],
)
def test_what_is_documented_is_known(home: Site, path: str) -> None:
    assert home.get(path, "ana").status == 200


def test_who_may_not_ask_learns_nothing_of_the_parameters(home: Site) -> None:
    assert home.get("/api/v1/config?x=1", "cleo").status == 403


def test_what_takes_one_value_is_not_given_twice(home: Site) -> None:
    twice = home.get("/api/v1/action-items?owner=ana&owner=ben", "ana")
    lists = home.get("/api/v1/oncall?schedule=primary&schedule=primary", "ana")

    assert (twice.status, twice.json()["errors"][0]["field"]) == (422, "owner")
    assert lists.status == 200
