"""On-call load over a long window: one's own figures, and teams' distributions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration import history
from handrail.core.configuration.former_names import FormerNames
from handrail.core.configuration.rest_check import teams_of, zone_of
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import NotFoundError
from handrail.core.ids import Slug
from handrail.core.people.team import Team
from handrail.core.schedule.difference import held
from handrail.core.schedule.load import (
    Figures,
    Measure,
    Spread,
    interruptions,
    spreads,
    time_on_call,
)
from handrail.core.schedule.restriction import Stretch
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction

PAST = timedelta(weeks=26)
COMING = timedelta(weeks=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLoad:
    """One person's figures, for that person alone.

    Attributes:
        coming: Without pages: nobody knows them.
    """

    user: Slug
    past: Figures
    coming: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLoad:
    """How the figures of a team's people are spread; nobody is named.

    Attributes:
        people: How many the team has; they all count, also who is never on call.
        past: By measure; empty where too few carry anything to have a distribution.
        coming: The same of what is to come.
    """

    team: Slug
    title: str
    people: int
    past: Mapping[Measure, Spread]
    coming: Mapping[Measure, Spread]

    @property
    def is_suppressed(self) -> bool:
        """Return whether too few of its people carry anything for a distribution."""
        return not self.past and not self.coming


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallLoad:
    """The figures over ``[since, now)`` and ``[now, until)``, UTC.

    Attributes:
        since: 26 weeks ago, or when the first configuration was applied.
        own: Of who asks; none where that is no person.
        teams: By name.
    """

    since: datetime
    now: datetime
    until: datetime
    own: PersonLoad | None
    teams: tuple[TeamLoad, ...]


def oncall_load(
    tx: Transaction, *, viewer: Slug | None, team: Slug | None = None
) -> OncallLoad:
    """Return the load of who asks and of teams.

    Args:
        tx: Only read from.
        viewer: Who asks, or none where it is no person.
        team: Only this one; else those of who asks, and all where nobody asks.

    Raises:
        NotFoundError: There is no such team.
    """
    snapshot = tx.configuration.snapshot()
    teams = _teams(snapshot, viewer, team)
    people = {name for one in teams for name in one.members}
    known = viewer if viewer in snapshot.users else None
    if known is not None:
        people.add(known)
    revisions = tx.configuration.revisions()
    began = revisions[0].applied_at if revisions else tx.now
    since, until = max(tx.now - PAST, began), tx.now + COMING
    documents = tx.configuration.versions(history.KINDS_AND_PEOPLE)
    schedules = history.compiled(documents)
    past = _figures(snapshot, _times(snapshot, schedules, people, since, tx.now))
    coming = _figures(
        snapshot, _times(snapshot, snapshot.schedules, people, tx.now, until)
    )
    names = FormerNames(documents)
    for name, at in _pages(tx, people, since, names).items():
        paged = interruptions(at, snapshot.rest, zone_of(snapshot, name))
        past[name] = {**past[name], **paged}
    return OncallLoad(
        since=since,
        now=tx.now,
        until=until,
        own=(
            None
            if known is None
            else PersonLoad(user=known, past=past[known], coming=coming[known])
        ),
        teams=tuple(_team(one, past, coming) for one in teams),
    )


def _teams(
    snapshot: Snapshot, viewer: Slug | None, wanted: Slug | None
) -> Sequence[Team]:
    if wanted is not None:
        found = snapshot.teams.get(wanted)
        if found is None:
            msg = f"There is no team {wanted}; see handrail config show team."
            raise NotFoundError(msg)
        return [found]
    names = set(snapshot.teams) if viewer is None else set(teams_of(snapshot, viewer))
    return [snapshot.teams[name] for name in sorted(names)]


def _times(
    snapshot: Snapshot,
    schedules: Mapping[Slug, Schedule],
    people: Iterable[Slug],
    start: datetime,
    end: datetime,
) -> dict[Slug, list[Stretch]]:
    """Return the people's time on call over all schedules that are a burden."""
    times: dict[Slug, list[Stretch]] = {name: [] for name in people}
    for name, schedule in schedules.items():
        is_theirs = any(user in times for user in schedule.people)
        if start < end and is_theirs and name not in snapshot.rest.ignores:
            for place, spans in held(schedule, start, end).times.items():
                if place.user in times:
                    times[place.user] += spans
    return times


def _figures(
    snapshot: Snapshot, times: Mapping[Slug, list[Stretch]]
) -> dict[Slug, Figures]:
    return {
        name: time_on_call(spans, snapshot.rest, zone_of(snapshot, name))
        for name, spans in times.items()
    }


def _pages(
    tx: Transaction, people: Iterable[Slug], since: datetime, names: FormerNames
) -> dict[Slug, list[datetime]]:
    found: dict[Slug, list[datetime]] = {name: [] for name in people}
    for recipient, at in tx.delivery.told_of_pages(since=since, until=tx.now):
        name = names.now(Slug(recipient.removeprefix("user:")), at)
        if recipient.startswith("user:") and name in found:
            found[name].append(at)
    return found


def _team(
    team: Team, past: Mapping[Slug, Figures], coming: Mapping[Slug, Figures]
) -> TeamLoad:
    return TeamLoad(
        team=team.name,
        title=team.title,
        people=len(team.members),
        past=spreads([past[name] for name in team.members]),
        coming=spreads([coming[name] for name in team.members]),
    )
