"""On-call load: one's own figures, and a team's spread without names."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from handrail.cli.output import Output, command_options, table, when

_MEASURES = {
    "hours": "hours on call",
    "nights": "nights",
    "weekends": "weekends",
    "holidays": "holidays",
    "pages": "times paged",
    "pages_out_of_hours": "… outside working hours",
    "pages_at_night": "… at night",
}
_SPREAD = ("least", "median", "p90", "most")
_HEADINGS = ("", "you", *_SPREAD, "to come: you", *_SPREAD)


@click.command()
@click.option("--team", metavar="NAME", help="This team; else those you are in.")
@command_options
def load(output: Output, *, team: str | None) -> None:
    """Show your on-call load, and how your team's is spread.

    The past 26 weeks as they were and the coming 12: hours, nights, weekends and
    holidays on call, and how often you were paged outside working hours or at night.
    Of others there is only the spread over the team; where fewer than three of it
    carry anything there is none.
    """
    answer = output.connect().get("/oncall/load", team=team)
    blocks = list(_blocks(answer))
    output.data(answer, "\n\n".join(blocks))
    output.words(
        f"From {when(answer['since'])} to now, and until {when(answer['until'])}."
    )


def _blocks(answer: Mapping[str, Any]) -> Iterator[str]:
    own = answer["own"] or {"past": {}, "coming": {}}
    for team in answer["teams"]:
        people = f"{team['people']} people"
        if team["is_suppressed"]:
            people += ": too few carry it for a distribution"
        rows = [_row(key, words, own, team) for key, words in _MEASURES.items()]
        yield f"{team['title']}, {people}\n{table(_HEADINGS, rows, is_headed=True)}"
    if not answer["teams"]:
        nobody: dict[str, Any] = {"past": {}, "coming": {}}
        rows = [_row(key, words, own, nobody) for key, words in _MEASURES.items()]
        yield f"You are in no team.\n{table(_HEADINGS, rows, is_headed=True)}"


def _row(
    key: str, words: str, own: Mapping[str, Any], team: Mapping[str, Any]
) -> tuple[str, ...]:
    cells = [words]
    for side in ("past", "coming"):
        spread = team[side].get(key, {})
        cells.append(_figure(own[side].get(key)))
        cells += [_figure(spread.get(word)) for word in _SPREAD]
    return tuple(cells)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
