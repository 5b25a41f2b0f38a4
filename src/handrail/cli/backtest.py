"""What a proposed configuration would have changed, had it been in force."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from handrail.cli.configuration_files import read_files
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, table, when
from handrail.cli.when import IN_THIS_ZONE, PAST

if TYPE_CHECKING:
    from handrail.core.whatif.record import Record

_FROM = click.option("--from", "since", type=PAST, help="Inclusive; 28 days back.")
_UNTIL = click.option("--until", type=PAST, help="Exclusive; now.")
_TO = click.option("--to", "until", type=PAST, hidden=True)
_HEADINGS = (
    "of",
    "answers",
    "pages",
    "told",
    "at night",
    "weekends",
    "unanswered",
    "answered after",
)
_ASSUMED = {
    "all_at_once": "at once",
    "as_recorded": "as recorded",
    "nobody": "nobody",
}
_ANSWERS_MIN = 10
"""As ``core.whatif.response_times`` has it."""


@click.command(short_help="What a proposal would have changed.", epilog=IN_THIS_ZONE)
@click.option(
    "--config", "paths", metavar="FILE", multiple=True, required=True, help="Proposed."
)
@_FROM
@_UNTIL
@_TO
@click.option("--alerts", metavar="FILE", help="Recorded by `oncall record`; offline.")
@click.option(
    "--against", metavar="FILE", multiple=True, help="Offline: what was in force."
)
@command_options
def backtest(
    output: Output,
    *,
    paths: tuple[str, ...],
    since: str | None,
    until: str | None,
    alerts: str | None,
    against: tuple[str, ...],
) -> None:
    """Play recorded alerts through proposed files and through what was in force.

    Says by service and team, never by person, how many pages there would have been,
    how many people told, how many of those at night (as rest_rules have it, on their
    own clock) and on weekends, and after how long somebody answered: if everybody
    answers at the first contact, as people answered in the record, and if nobody does.

    The server's record is used and what was in force there then; or without a server
    --alerts, with --against for the files that were in force.
    """
    if (alerts is None) != (not against):
        msg = "offline it takes both --alerts and --against"
        raise click.UsageError(msg)
    if alerts is not None:
        answer = _offline(alerts, paths, against)
    else:
        files = [{"name": name, "text": text} for name, text in read_files(paths)]
        body = {"files": files, "starts_at": since, "ends_at": until}
        answer = output.connect(is_long=True).post("/oncall/backtest", body)
    output.data(answer, "\n".join(_lines(answer)))


@click.command(
    short_help="The alerts of a period, for back-tests.", epilog=IN_THIS_ZONE
)
@_FROM
@_UNTIL
@_TO
@command_options
def record(output: Output, *, since: str | None, until: str | None) -> None:
    """Write the alerts of a period as JSON, for `oncall backtest --alerts`.

    With labels, times and how long answers took; nobody is named.
    """
    found = output.connect().get("/oncall/record", since=since, until=until)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _offline(
    alerts: str, paths: Sequence[str], against: Sequence[str]
) -> dict[str, Any]:
    import msgspec

    from handrail.cli.configuration_files import snapshot_of
    from handrail.core.whatif.backtest import compare

    in_force = snapshot_of(against)
    compared = compare(
        _read(alerts), in_force=lambda _: in_force, proposed=snapshot_of(paths)
    )
    found = msgspec.to_builtins(compared)
    assert isinstance(found, dict)
    return found


def _read(alerts: str) -> "Record":
    import msgspec

    from handrail.core.whatif.record import Record

    try:
        return msgspec.json.decode(Path(alerts).read_bytes(), type=Record)
    except OSError as error:
        said = f"{alerts} cannot be read: {error.strerror}"
    except msgspec.DecodeError as error:
        said = f"{alerts} is no record of alerts: {error}"
    step = "write one: handrail oncall record > alerts.json"
    raise Failure(said, next_step=step, code=ExitCode.USAGE)


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{answer['alerts']} alerts from {when(answer['starts_at'])} "
        f"to {when(answer['ends_at'])}, "
        f"{answer['answers']} answers of {answer['contacts']} contacts"
    )
    if answer["is_cut"]:
        yield "There were more; the oldest are missing. Ask about a shorter period."
    if answer["answers"] < _ANSWERS_MIN:
        yield "How people answer: no conclusion, there are fewer than 10 answers."
    rows = list(_rows("all", answer["whole"]))
    left_out = 0
    for kind in ("service", "team"):
        ranked = sorted(answer[f"{kind}s"], key=_weight, reverse=True)
        left_out += len(ranked[_LINES_SHOWN:])
        for line in ranked[:_LINES_SHOWN]:
            name = line["name"] or f"no {kind}"
            rows += _rows(f"{kind} {name}" if line["name"] else name, line)
    if not rows:
        return
    yield ""
    yield table(_HEADINGS, [_HEADINGS, *rows])
    yield ""
    if left_out:
        yield f"{left_out} more services and teams that change less: --json has each."
    yield "now → proposed; answered after: median (90 %), of few answers their range"


def _weight(line: Mapping[str, Any]) -> tuple[int, int]:
    """Return how much changes for a service or team, and how much there is of it."""
    change = sum(
        abs(_count(line, "in_force", key) - _count(line, "proposed", key))
        for key in _FIGURES
    )
    return change, _count(line, "proposed", "interruptions")


def _rows(name: str, line: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    alerts = max(_count(line, side, "alerts") for side in ("in_force", "proposed"))
    few = "" if line["is_conclusive"] else ", too few to conclude"
    title = f"{name} (n={alerts}{few})"
    for assumption, words in _ASSUMED.items():
        sides = [line[side].get(assumption) for side in ("in_force", "proposed")]
        if not any(sides):
            continue
        yield (
            title,
            words,
            *(_both(sides, key) for key in _FIGURES),
            " → ".join(
                answered_after(side["seconds_to_answer"] if side else ())
                for side in sides
            ),
        )
        title = ""


_LINES_SHOWN = 10
"""Services, and teams, that the text shows."""
_FIGURES = ("pages", "interruptions", "at_night", "on_weekends", "exhausted")


def _count(line: Mapping[str, Any], side: str, key: str) -> int:
    return max((tally[key] for tally in line[side].values()), default=0)


def _both(sides: Sequence[Mapping[str, Any] | None], key: str) -> str:
    before, after = (side[key] if side else 0 for side in sides)
    return str(before) if before == after else f"{before} → {after}"


def answered_after(seconds: Sequence[int]) -> str:
    """Return after how long was answered: of few the range, of more how it is spread.

    Args:
        seconds: Sorted.
    """
    from handrail.core.schedule.load import spread

    if not seconds:
        return "never"
    if len(seconds) < _ANSWERS_MIN:
        span = dict.fromkeys((_span(seconds[0]), _span(seconds[-1])))
        return f"{' to '.join(span)} (n={len(seconds)})"
    told = spread(seconds)
    assert told is not None, "ten are enough"
    return f"{_span(int(told.median))} ({_span(int(told.p90))})"


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{left:02}s" if minutes else f"{left}s"
