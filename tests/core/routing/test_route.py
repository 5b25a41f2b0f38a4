"""The first route whose matchers all match decides."""

from handrail.core.ids import Slug
from handrail.core.routing.matcher import parse_matchers
from handrail.core.routing.route import Route, match


def route(name: str, matchers: str) -> Route:
    return Route(
        name=Slug(name), matchers=parse_matchers(matchers), service=Slug("shop")
    )


def test_the_first_match_decides() -> None:
    routes = [route("a", "team=db"), route("b", "team=web"), route("c", "team=web")]

    found = match(routes, {"team": "web"})

    assert found is routes[1]


def test_all_matchers_must_match() -> None:
    routes = [route("both", "team=web,severity=critical")]

    assert match(routes, {"team": "web", "severity": "critical"}) is routes[0]
    assert match(routes, {"team": "web"}) is None


def test_a_route_without_matchers_matches_everything() -> None:
    routes = [route("rest", "")]

    assert match(routes, {}) is routes[0]


def test_no_route_matches_nothing() -> None:
    assert match([], {"team": "web"}) is None
