"""On-call load: one's own figures beside the spread over each team."""

from collections.abc import Mapping
from dataclasses import dataclass

from handrail.core.schedule.load import Figures, Measure, Spread
from handrail.usecases.oncall_load import OncallLoad, TeamLoad
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.page import Reader

WORDS = {
    Measure.HOURS: "Hours on call",
    Measure.NIGHTS: "Nights",
    Measure.WEEKENDS: "Weekends",
    Measure.HOLIDAYS: "Holidays",
    Measure.PAGES: "Times paged",
    Measure.PAGES_OUT_OF_HOURS: "… outside working hours",
    Measure.PAGES_AT_NIGHT: "… at night",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """One measure: the reader's figure, then least, median, p90 and most."""

    words: str
    own: str
    spread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTable:
    """One stretch of time."""

    title: str
    rows: tuple[LoadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """One team; nobody in it is named."""

    title: str
    people: int
    is_suppressed: bool
    tables: tuple[LoadTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallLoadScreen:
    """Everything, over the past and what is to come.

    Attributes:
        has_own: The reader is a person who has figures of their own.
    """

    since: Moment
    until: Moment
    has_own: bool
    cards: tuple[TeamCard, ...]


def oncall_load_screen(found: OncallLoad, *, reader: Reader) -> OncallLoadScreen:
    """Return the screen; who is in no team sees their own figures alone."""
    cards = tuple(_card(team, found) for team in found.teams)
    if not cards:
        mine = _tables(found)
        cards = (TeamCard(title="", people=0, is_suppressed=True, tables=mine),)
    return OncallLoadScreen(
        since=moment(found.since, zone=reader.zone, now=reader.now),
        until=moment(found.until, zone=reader.zone, now=reader.now),
        has_own=found.own is not None,
        cards=cards,
    )


def _card(team: TeamLoad, found: OncallLoad) -> TeamCard:
    return TeamCard(
        title=team.title,
        people=team.people,
        is_suppressed=team.is_suppressed,
        tables=_tables(found, team),
    )


def _tables(found: OncallLoad, team: TeamLoad | None = None) -> tuple[LoadTable, ...]:
    own = found.own
    return (
        LoadTable(
            title="Until now",
            rows=_rows(own.past if own else {}, team.past if team else {}),
        ),
        LoadTable(
            title="To come",
            rows=_rows(own.coming if own else {}, team.coming if team else {}),
        ),
    )


def _rows(own: Figures, spreads: Mapping[Measure, Spread]) -> tuple[LoadRow, ...]:
    return tuple(
        LoadRow(words=words, own=_figure(own.get(m)), spread=_spread(spreads.get(m)))
        for m, words in WORDS.items()
        if m in own or m in spreads
    )


def _spread(one: Spread | None) -> tuple[str, ...]:
    if one is None:
        return ()
    return tuple(map(_figure, (one.least, one.median, one.p90, one.most)))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
