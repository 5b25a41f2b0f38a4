"""Cover: ask others to take a stretch of a shift, and answer who asks."""

from typing import Any

import click

from handrail.cli.agreement import FOR_OTHERS, Answer, Spoken
from handrail.cli.output import Output, command_options, when
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
@FOR_OTHERS
@click.option("--in-place-of", "user", hidden=True)
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
        "asker": said["user"],
    }
    answer = output.connect().post("/covers", asked)
    _COVER.show(output, answer)
    for left in answer["left_out"]:
        output.words(f"Not asked: {left['why']}.")
    for note in answer["notes"]:
        output.words(note)
    say_read_in(output, answer, said["starts"], said["ends"])


def _row(item: Answer) -> tuple[object, ...]:
    return (
        item["name"],
        item["state"],
        item["schedule"],
        item["asker"],
        when(item["from"]),
        when(item["until"]),
        item["asked"],
        item["covered_by"],
    )


def _pairs(answer: Answer) -> list[tuple[str, object]]:
    return [
        ("schedule", answer["schedule"]),
        ("for", answer["asker"]),
        ("from", when(answer["covered_from"] or answer["from"])),
        ("until", when(answer["until"])),
        ("asked", ", ".join(answer["asked"])),
        ("declined", ", ".join(answer["declined"])),
        ("taken by", answer["covered_by"]),
        ("override", answer["override"]),
    ]


_COVER = Spoken(
    word="cover",
    noun="cover request",
    headings=_HEADINGS,
    row=_row,
    pairs=_pairs,
)
cover.add_command(_COVER.lister())
cover.add_command(_COVER.answerer("accept", "Take it; the first who does has it."))
cover.add_command(_COVER.answerer("decline", "Say no."))
cover.add_command(_COVER.answerer("withdraw", "Take your request back."))
