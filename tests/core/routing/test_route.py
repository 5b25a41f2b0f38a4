"""The first route whose matchers all match decides."""

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.ids import Slug
from handrail.core.routing.matcher import Matcher, MatchOp, parse_matchers
from handrail.core.routing.route import Route, Router


def route(name: str, matchers: str) -> Route:
    return Route(
        name=Slug(name), matchers=parse_matchers(matchers), service=Slug("shop")
    )


def test_the_first_match_decides() -> None:
    routes = [route("a", "team=db"), route("b", "team=web"), route("c", "team=web")]

    found = Router(routes).match({"team": "web"})

    assert found is routes[1]


def test_all_matchers_must_match() -> None:
    routes = [route("both", "team=web,severity=critical")]

    assert Router(routes).match({"team": "web", "severity": "critical"}) is routes[0]
    assert Router(routes).match({"team": "web"}) is None


def test_a_route_without_matchers_matches_everything() -> None:
    routes = [route("rest", "")]

    assert Router(routes).match({}) is routes[0]


def test_no_route_matches_nothing() -> None:
    assert Router([]).match({"team": "web"}) is None


LABELS = st.dictionaries(
    st.sampled_from(["team", "env", "tier"]), st.sampled_from(["", "a", "b", "c"])
)
MATCHERS = st.lists(
    st.builds(
        Matcher,
        st.sampled_from(["team", "env", "tier"]),
        st.sampled_from(MatchOp),
        st.sampled_from(["", "a", "b", "a|c"]),
    ),
    max_size=3,
)


@given(st.lists(MATCHERS, max_size=12), LABELS)
def test_looking_up_finds_what_trying_each_in_order_finds(
    lists: list[list[Matcher]], labels: dict[str, str]
) -> None:
    routes = [
        Route(name=Slug(f"r{place}"), matchers=tuple(matchers), service=Slug("shop"))
        for place, matchers in enumerate(lists)
    ]
    tried = [r for r in routes if all(m.matches(labels) for m in r.matchers)]

    assert Router(routes).match(labels) is (tried[0] if tried else None)
