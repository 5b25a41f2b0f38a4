"""Routes: the first whose matchers all match decides service and severity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handrail.core.ids import Slug
from handrail.core.routing.matcher import Matcher
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


def match(routes: Sequence[Route], labels: Mapping[str, str]) -> Route | None:
    """Return the first route whose matchers all match the labels, or none."""
    return next(
        (route for route in routes if all(m.matches(labels) for m in route.matchers)),
        None,
    )
