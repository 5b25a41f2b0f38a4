"""Cover: ask others to take a stretch of a shift, and answer who asks."""

from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, facts, table, when
from handrail.cli.when import IN_ITS_ZONE, say_read_in

_HEADINGS = ("cover", "state", "schedule", "for", "from", "until", "asked", "taken by")


@click.group()
def cover() -> None:
    """Cover: ask others to take a shift or a part of it."""


@cover.command("ask", epilog=IN_ITS_ZONE)
@click.argument("schedule")
@click.argument("whom", nargs=-1, metavar="[USER]...")
@click.option("--from", "starts", default="", metavar="TIME", help="By default now.")
@click.option("--until", "ends", default="", metavar="TIME", help="When it ends.")
@click.option("--for", "lasts", default="", metavar="LENGTH", help="Instead: 2h, 90m.")
@click.option("--note", default="", help="Anything to say about it.")
@click.option("--in-place-of", "asker", metavar="USER", help="For who cannot ask.")
@command_options
def ask(
    output: Output,
    /,
    *,
    schedule: str,
    whom: tuple[str, ...],
    **said: Any,  # noqa: ANN401 - click's values
) -> None:
    """Ask for cover on SCHEDULE: everybody, or those named.

    Without a time it is your present or next shift. The first who accepts is on call
    instead of you.
    """
    asked = {
        "schedule": schedule,
        "asked": list(whom),
        "from": said["starts"],
        "until": said["ends"],
        "for": said["lasts"],
        "note": said["note"],
        "asker": said["asker"],
    }
    answer = output.connect().post("/covers", asked)
    output.data(answer, _facts(answer))
    for left in answer["left_out"]:
        output.words(f"Not asked: {left['why']}.")
    for note in answer["notes"]:
        output.words(note)
    say_read_in(output, answer, said["starts"], said["ends"])


@cover.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those that are settled as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_covers(output: Output, *, is_all: bool, limit: int) -> None:
    """List cover requests, newest first: those that are open."""
    state = "all" if is_all else "open"
    answer = output.connect().get("/covers", state=state, limit=limit)
    rows = [
        (
            item["name"],
            item["state"],
            item["schedule"],
            item["asker"],
            when(item["from"]),
            when(item["until"]),
            item["asked"],
            item["covered_by"],
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No cover request." if is_all else "No cover request is open.")


@cover.command("accept")
@click.argument("name", metavar="COVER")
@command_options
def accept(output: Output, *, name: str) -> None:
    """Take it; the first who does has it."""
    _act(output, name, "accept")


@cover.command("decline")
@click.argument("name", metavar="COVER")
@command_options
def decline(output: Output, *, name: str) -> None:
    """Say no."""
    _act(output, name, "decline")


@cover.command("withdraw")
@click.argument("name", metavar="COVER")
@command_options
def withdraw(output: Output, *, name: str) -> None:
    """Take your request back."""
    _act(output, name, "withdraw")


def _act(output: Output, name: str, verb: str) -> None:
    answer = output.connect().post(f"/covers/{path_part(name)}/{verb}", {})
    output.data(answer, _facts(answer))


def _facts(answer: dict[str, Any]) -> str:
    return facts(
        [
            ("cover", answer["name"]),
            ("state", answer["state"]),
            ("schedule", answer["schedule"]),
            ("for", answer["asker"]),
            ("from", when(answer["covered_from"] or answer["from"])),
            ("until", when(answer["until"])),
            ("asked", ", ".join(answer["asked"])),
            ("declined", ", ".join(answer["declined"])),
            ("taken by", answer["covered_by"]),
            ("override", answer["override"]),
            ("note", answer["note"]),
            ("open until", when(answer["expires_at"]) if _open(answer) else ""),
            ("answer at", answer["url"] if _open(answer) else ""),
        ]
    )


def _open(answer: dict[str, Any]) -> bool:
    return bool(answer["state"] == "open")
