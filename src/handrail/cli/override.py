"""Overrides: put somebody on call for a while, take somebody off, undo it."""

from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, table, when
from handrail.cli.when import IN_ITS_ZONE, say_read_in

_HEADINGS = ("override", "state", "schedule", "who", "from", "until", "by")


@click.group()
def override() -> None:
    """Overrides: somebody else is on call for a while."""


@override.command("add", epilog=IN_ITS_ZONE)
@click.argument("schedule")
@click.argument("user", required=False)
@click.option("--from", "starts", default="", metavar="TIME", help="By default now.")
@click.option("--until", "ends", default="", metavar="TIME", help="When it ends.")
@click.option("--for", "lasts", default="", metavar="LENGTH", help="Instead: 2h, 90m.")
@click.option(
    "--mode",
    type=click.Choice(["replace", "add", "remove"]),
    default="replace",
    show_default=True,
    help="In the place of the others, beside them, or off call.",
)
@click.option("--instead-of", metavar="USER", help="Replace only this user.")
@command_options
def add(output: Output, /, *, schedule: str, user: str | None, **said: Any) -> None:  # noqa: ANN401 - click's values
    """Put USER on call on SCHEDULE; without USER, yourself.

    For example, until somebody better rested takes over:

        handrail oncall override add primary --for 2h
    """
    asked = {
        "schedule": schedule,
        "user": user,
        "mode": said["mode"],
        "instead_of": said["instead_of"],
        "from": said["starts"],
        "until": said["ends"],
        "for": said["lasts"],
    }
    answer = output.connect().post("/overrides", asked)
    _done(output, answer)
    say_read_in(output, answer, said["starts"], said["ends"])


@override.command("list")
@click.option("--schedule", metavar="NAME", help="Only of this one.")
@click.option("--all", "is_all", is_flag=True, help="Those that are over as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_overrides(
    output: Output, *, schedule: str | None, is_all: bool, limit: int
) -> None:
    """List overrides that run or come, and where they change nothing."""
    state = "all" if is_all else "current"
    answer = output.connect().get(
        "/overrides", schedule=schedule, state=state, limit=limit
    )
    output.data(answer, table(_HEADINGS, [_row(item) for item in answer["items"]]))
    for item in answer["items"]:
        for doubt in item["doubts"]:
            output.words(f"warning: {doubt}")
    if not answer["items"]:
        output.words("No override." if is_all else "No override runs or comes.")


@override.command("remove")
@click.argument("name", metavar="OVERRIDE")
@command_options
def remove(output: Output, *, name: str) -> None:
    """End an override: a running one now, a coming one before it begins."""
    answer = output.connect().post(f"/overrides/{path_part(name)}/remove", {})
    _done(output, answer)


def _done(output: Output, answer: dict[str, Any]) -> None:
    output.data(answer, table(_HEADINGS, [_row(answer)]))
    for note in answer["notes"]:
        output.words(note)


def _row(item: dict[str, Any]) -> tuple[object, ...]:
    return (
        item["name"],
        item["state"],
        item["schedule"],
        who(item),
        when(item["from"]),
        when(item["until"]),
        item["managed_by"],
    )


def who(item: dict[str, Any]) -> str:
    """Return whom an override moves, and how."""
    user, other = item["user"], item["instead_of"]
    if item["mode"] == "remove":
        return f"not {user}"
    if item["mode"] == "add":
        return f"{user} too"
    return f"{user} for {other}" if other else user
