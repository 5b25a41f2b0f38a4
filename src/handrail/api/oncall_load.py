"""On-call load on the wire: one's own figures, and teams' without names."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.api.deps import GivenActor, GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.schedule.load import Measure, Spread
from handrail.usecases.oncall_load import OncallLoad, oncall_load


class SpreadView(msgspec.Struct, frozen=True, kw_only=True):
    """How one figure is spread over a team's people."""

    least: float
    median: float
    p90: float
    most: float


class OwnLoadView(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of who asks, by measure; nobody else is told them."""

    user: str
    past: dict[str, float]
    coming: dict[str, float]


class TeamLoadView(msgspec.Struct, frozen=True, kw_only=True):
    """A team's distributions, by measure.

    Attributes:
        people: How many the team has.
        is_suppressed: Fewer than three of its people carry anything: a distribution
            would name them.
    """

    team: str
    title: str
    people: int
    is_suppressed: bool
    past: dict[str, SpreadView]
    coming: dict[str, SpreadView]


class OncallLoadView(msgspec.Struct, frozen=True, kw_only=True):
    """On-call load over ``[since, now)`` and ``[now, until)``.

    Attributes:
        own: Of who asks; none for a token without a person.
    """

    since: datetime
    now: datetime
    until: datetime
    own: OwnLoadView | None
    teams: list[TeamLoadView]


@get(
    "/oncall/load",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def get_oncall_load(
    deps: GivenDeps, actor: GivenActor, team: FromQuery[str | None] = None
) -> OncallLoadView:
    """Return one's own load, and the distribution of one's teams or of one team.

    The past 26 weeks as they were, and the coming 12. Pages are counted by when they
    reached a contact method, in the person's zone.
    """
    wanted = None if team is None else Slug(team)
    return load_view(
        deps.store.read(lambda tx: oncall_load(tx, viewer=actor.user, team=wanted))
    )


def load_view(found: OncallLoad) -> OncallLoadView:
    """Return the figures as the wire has them."""
    own = found.own
    return OncallLoadView(
        since=found.since,
        now=found.now,
        until=found.until,
        own=(
            None
            if own is None
            else OwnLoadView(
                user=own.user,
                past={str(m): figure for m, figure in own.past.items()},
                coming={str(m): figure for m, figure in own.coming.items()},
            )
        ),
        teams=[
            TeamLoadView(
                team=one.team,
                title=one.title,
                people=one.people,
                is_suppressed=one.is_suppressed,
                past=_spreads(one.past),
                coming=_spreads(one.coming),
            )
            for one in found.teams
        ],
    )


def _spreads(found: Mapping[Measure, Spread]) -> dict[str, SpreadView]:
    return {
        str(measure): SpreadView(
            least=one.least, median=one.median, p90=one.p90, most=one.most
        )
        for measure, one in found.items()
    }


HANDLERS: tuple[HTTPRouteHandler, ...] = (get_oncall_load,)
