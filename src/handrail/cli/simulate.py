"""What if it fires then: the exact sequence of who is told, before anybody is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from handrail.cli.oncall_source import refused
from handrail.cli.output import Output, command_options, dated
from handrail.cli.when import COMING, IN_THIS_ZONE


@click.command(
    short_help="Who would be told, how and when, if it fired.", epilog=IN_THIS_ZONE
)
@click.option("--service", metavar="NAME", help="Fire about this service.")
@click.option(
    "--labels",
    metavar="NAME=VALUE",
    multiple=True,
    help="Fire with these labels, and let the routes decide.",
)
@click.option("--integration", metavar="NAME", help="Which sender says so.")
@click.option("--at", type=COMING, default="now", help="When it fires; else now.")
@click.option("--severity", metavar="SEVn", help="What its sender says.")
@click.option("--urgency", type=click.Choice(("high", "low")), help="Not the matrix's.")
@click.option("--resolves-after", metavar="5m", help="It ends by itself.")
@click.option("--nobody-answers", is_flag=True, help="As without --acks.")
@click.option(
    "--acks",
    metavar="NAME[@LEVEL][+TIME]",
    multiple=True,
    help="Who acknowledges: ben@2, cleo@last+3m.",
)
@click.option("--config", "paths", metavar="FILE", multiple=True, help="Ask files.")
@command_options
def simulate(
    output: Output,
    /,
    *,
    nobody_answers: bool,
    paths: tuple[str, ...],
    at: str,
    labels: tuple[str, ...],
    acks: tuple[str, ...],
    **said: str | None,
) -> None:
    """Say who would be told, how and when, if an alert fired; tell nobody.

    The rules are those that run live: routes, settle and support hours, schedules,
    levels, contact methods, rounds, last resort. With --config the files are asked and
    no server is needed; else the server, with what is in force there.

        handrail oncall simulate --service checkout --at 03:00 --acks ben@2
    """
    if nobody_answers and acks:
        msg = "--nobody-answers and --acks contradict each other"
        raise click.UsageError(msg)
    asked: dict[str, Any] = {
        "at": at,
        "labels": dict(map(_label, labels)),
        "acks": list(acks),
        **said,
    }
    if paths:
        answer = _offline(paths, asked)
    else:
        answer = output.connect(is_long=True).post("/oncall/simulate", asked)
    output.data(answer, "\n".join(_lines(answer)))


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        msg = f"{text!r} is no label; write it like --labels severity=critical"
        raise click.UsageError(msg)
    return name, value


def _offline(paths: Sequence[str], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Ask files; what brings the YAML reader with it is imported late."""
    import msgspec

    from handrail.cli.configuration_files import snapshot_of
    from handrail.core.errors import DomainError
    from handrail.usecases.simulation import Asked, simulation

    snapshot = snapshot_of(paths)
    try:
        found = simulation(snapshot, msgspec.convert(asked, Asked))
    except DomainError as error:
        raise refused(error) from error
    told = msgspec.to_builtins(found)
    assert isinstance(told, dict)
    return told


def _lines(answer: Mapping[str, Any]) -> list[str]:
    where = answer["service"] or "no service"
    how = f"{answer['severity']}, {answer['urgency']} urgency"
    policy = answer["policy"] or "no policy"
    lines = [
        f"{where}, {how}, {policy} ({answer['decided_by']})",
        f"fires {dated(answer['at'])}; {answer['behaviour']}",
        "",
    ]
    steps = answer["steps"]
    width = max(len(_offset(step["offset_seconds"])) for step in steps)
    before = ("", "")
    for step in steps:
        margin = f"{_offset(step['offset_seconds']):>{width}}  "
        if step["kind"] == "told":
            lines.append(margin + _told(step))
            if (step["recipient"], step["level"]) != before:
                lines.append(" " * (width + 6) + step["why"])
        else:
            lines.append(margin + step["says"])
        before = (step["recipient"], step["level"])
    unheard = [
        f"{one} is not told there, and so does not answer"
        for one in answer.get("never_told", ())
    ]
    return [*lines, "", _end(answer), *unheard]


def _told(step: Mapping[str, Any]) -> str:
    local = datetime.fromisoformat(step["local_time"])
    where = " ".join(dict.fromkeys((step["channel"], step["address"]))).strip()
    return f"  → {step['says']} ({where}), {local:%a %H:%M} {step['time_zone']}"


def _end(answer: Mapping[str, Any]) -> str:
    contact, human = answer["seconds_to_contact"], answer["seconds_to_answer"]
    told = "nobody is told" if contact is None else f"first told {_offset(contact)}"
    taken = "nobody answers" if human is None else f"answered {_offset(human)}"
    return f"{str(answer['outcome']).replace('_', ' ')}: {told}, {taken}"


def _offset(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"+{hours}h{minutes:02}m{left:02}s"
    return f"+{minutes}m{left:02}s" if minutes else f"+{left}s"
