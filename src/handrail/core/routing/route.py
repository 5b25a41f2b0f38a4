"""Routes: the first whose matchers all match decides service and severity."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handrail.core.ids import Slug
from handrail.core.routing.matcher import Matcher, MatchOp
from handrail.core.severity.severity import Severity, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One rule of the ordered list.

    Attributes:
        name: The slug; named in every explanation.
        matchers: All must match; none at all matches everything.
        service: Where the alert goes.
        severity: Overrides the sender's word, or none.
        urgency: Overrides the severity matrix, or none.
        settle: Wait this long before paging; resolved within it, nobody is paged.
    """

    name: Slug
    matchers: tuple[Matcher, ...]
    service: Slug
    severity: Severity | None = None
    urgency: Urgency | None = None
    settle: timedelta = timedelta(0)


class Router:
    """Routes in order, looked up by what they say of labels.

    A route that asks for one value of a label is tried only where an alert has it: of a
    thousand routes, one for each service, an alert is held against one or two.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        asked = Counter(pair for route in routes for pair in _asked(route))
        self._routes = tuple(routes)
        self._asked: dict[tuple[str, str], list[int]] = {}
        self._others: list[int] = []
        for place, route in enumerate(routes):
            pairs = _asked(route)
            if pairs:
                rarest = min(pairs, key=asked.__getitem__)
                self._asked.setdefault(rarest, []).append(place)
            else:
                self._others.append(place)

    def match(self, labels: Mapping[str, str]) -> Route | None:
        """Return the first route whose matchers all match the labels, or none."""
        places = [
            *self._others,
            *(place for pair in labels.items() for place in self._asked.get(pair, ())),
        ]
        for place in sorted(places):
            route = self._routes[place]
            if all(matcher.matches(labels) for matcher in route.matchers):
                return route
        return None


def _asked(route: Route) -> list[tuple[str, str]]:
    """Return labels with the one value that a route asks for.

    The empty value is no such: a label that is missing has it too.
    """
    return [
        (one.name, one.value)
        for one in route.matchers
        if one.op is MatchOp.EQUAL and one.value
    ]
