"""What the public is told: publish a notice, list them, get words to start from."""

from collections.abc import Sequence
from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, facts, table, when

STAGES = ("investigating", "identified", "monitoring", "resolved")
_STAGE = click.option(
    "--stage", type=click.Choice(STAGES), required=True, help="What is told of it."
)
_HEADINGS = ("when", "stage", "by", "text")


@click.group()
def notice() -> None:
    """Tell the public how an incident stands."""


@notice.command("publish")
@click.argument("incident", metavar="INCIDENT")
@click.argument("text", metavar="TEXT")
@_STAGE
@click.option("--title", default="", help="What it is called in public.")
@click.option(
    "--component",
    "components",
    multiple=True,
    metavar="NAME=STATUS",
    help="As in checkout=partial_outage; may be repeated.",
)
@click.option("--next", "within", metavar="DURATION", help="Next word within, as 30m.")
@click.option("--shown-at", metavar="INSTANT", help="When it held, if told late.")
@click.option("--correction", is_flag=True, help="It puts an earlier notice right.")
@click.option("--preview", is_flag=True, help="Only show what would go out.")
@command_options
def publish(output: Output, /, *, incident: str, text: str, **said: Any) -> None:  # noqa: ANN401 - click's values
    """Put a notice on the status page.

    TEXT says what customers notice, what is done about it, and when they hear more.
    The stage resolved is the all-clear: what was affected is operational again, unless
    --component says otherwise.
    """
    body: dict[str, object] = {
        "stage": said["stage"],
        "text": text,
        "title": said["title"],
        "components": _components(said["components"]),
        "is_correction": said["correction"],
    }
    if said["within"]:
        body["next_update_in_seconds"] = _seconds(said["within"])
    if said["shown_at"]:
        body["shown_at"] = said["shown_at"]
    path = f"/incidents/{path_part(incident)}/notices"
    if said["preview"]:
        path += "/preview"
    answer = output.connect().post(path, body)
    output.data(answer, _facts(answer["notice"]))
    done = "Published. The status page shows it within seconds."
    output.words("Nothing was published." if said["preview"] else done)
    for advice in answer["advice"]:
        output.words(f"  consider: {advice['words']}")


@notice.command("list")
@click.argument("incident", metavar="INCIDENT")
@command_options
def list_notices(output: Output, *, incident: str) -> None:
    """List what the public was told of an incident, oldest first."""
    answer = output.connect().get(f"/incidents/{path_part(incident)}/notices")
    rows = [
        (when(n["shown_at"]), n["stage"], n["by"], " ".join(n["text"].split()))
        for n in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("The public was told nothing of it.")


@notice.command("suggest")
@click.argument("incident", metavar="INCIDENT")
@_STAGE
@command_options
def suggest(output: Output, *, incident: str, stage: str) -> None:
    """Suggest words for the next notice; publishes nothing."""
    path = f"/incidents/{path_part(incident)}/notices/suggestion"
    answer = output.connect().get(path, stage=stage)
    output.data(answer, answer["text"])
    for name, status in answer["components"].items():
        output.words(f"  --component {name}={status}")
    if answer["title"]:
        output.words(f"  --title {answer['title']!r}")


def _facts(made: dict[str, Any]) -> str:
    components = [f"{name}={status}" for name, status in made["components"].items()]
    return facts(
        [
            ("incident", made["incident"]),
            ("title", made["title"]),
            ("stage", made["stage"]),
            ("text", made["text"]),
            ("components", ", ".join(components)),
            ("held", when(made["shown_at"]) if made["is_backfilled"] else ""),
            ("next", when(made["next_update_at"])),
        ]
    )


def _components(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, status = one.partition("=")
        if not equals or not name or not status:
            msg = f"{one!r} is no component and status"
            raise _usage(msg)
        found[name] = status
    return found


def _seconds(within: str) -> int:
    from handrail.core.configuration.spelling import parse_duration

    try:
        return int(parse_duration(within).total_seconds())
    except ValueError as error:
        raise _usage(str(error)) from error


def _usage(message: str) -> Failure:
    step = "write --component checkout=partial_outage --next 30m"
    return Failure(message, next_step=step, code=ExitCode.USAGE)
