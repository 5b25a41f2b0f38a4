"""Swaps: exchange whole shifts with one or two others, once all have agreed."""

from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.failure import nothing_to_do
from handrail.cli.output import Output, command_options, facts, table, when
from handrail.cli.when import IN_ITS_ZONE, say_read_in

_HEADINGS = ("swap", "state", "proposed by", "awaits", "until", "what")


@click.group()
def swap() -> None:
    """Swaps: exchange whole shifts with one or two others."""


def _shift_options(command: Any) -> Any:  # noqa: ANN401  (click decorates anything)
    for option in (
        click.option(
            "--weeks", default=6, show_default=True, help="Look so far ahead."
        ),
        click.option("--at", metavar="TIME", help="Within the shift; else the next."),
        click.argument("schedule"),
    ):
        command = option(command)
    return command


@swap.command("find", epilog=IN_ITS_ZONE)
@_shift_options
@click.option("--user", help="Whose shift; by default yours.")
@command_options
def find(
    output: Output, *, schedule: str, at: str | None, weeks: int, user: str | None
) -> None:
    """Find swaps that free you of a shift on SCHEDULE, least disturbing first.

    Propose one by its number: handrail oncall swap propose primary 1
    """
    answer = _options(output, schedule, at=at, weeks=weeks, user=user)
    lines = [
        f"{number}. " + "\n   ".join(option["words"]) + f"\n   {_cost(option)}"
        for number, option in enumerate(answer["options"], start=1)
    ]
    output.data(answer, "\n".join(lines))
    shift = answer["shift"]
    about = f"{shift['gives']}'s shift from {when(shift['from'])}"
    if answer["options"]:
        shown, found = len(answer["options"]), answer["found"]
        output.words(f"{shown} of {found} swaps for {about}.")
    else:
        output.words(f"No swap for {about}. Ask for cover, or look further: --weeks.")
    say_read_in(output, answer, at)
    for one in answer["rejected"]:
        output.words(f"Not with {one['user']}: {'; '.join(one['why'][:3])}.")


@swap.command("propose", epilog=IN_ITS_ZONE)
@_shift_options
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@click.option("--note", default="", help="Anything to say about it.")
@command_options
def propose(
    output: Output, *, schedule: str, number: int, at: str | None, weeks: int, note: str
) -> None:
    """Propose swap NUMBER of those that `find` shows for the same shift."""
    answer = _options(output, schedule, at=at, weeks=weeks, user=None)
    if number > len(answer["options"]):
        msg = f"there are {len(answer['options'])} swaps, and no number {number}"
        step = f"look at them: handrail oncall swap find {schedule}"
        raise nothing_to_do(msg, next_step=step)
    asked = {"legs": answer["options"][number - 1]["legs"], "note": note}
    made = output.connect().post("/swaps", asked)
    output.data(made, _facts(made))
    for said in made["notes"]:
        output.words(said)


@swap.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those that are settled as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_swaps(output: Output, *, is_all: bool, limit: int) -> None:
    """List swaps, newest first: those that are open."""
    state = "all" if is_all else "open"
    answer = output.connect().get("/swaps", state=state, limit=limit)
    rows = [
        (
            item["name"],
            item["state"],
            item["proposer"],
            item["awaits"],
            when(item["expires_at"]),
            "; ".join(item["words"]),
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No swap yet." if is_all else "No swap is open.")


@swap.command("accept")
@click.argument("name", metavar="SWAP")
@command_options
def accept(output: Output, *, name: str) -> None:
    """Consent; the last one who does makes it so."""
    _act(output, name, "accept")


@swap.command("decline")
@click.argument("name", metavar="SWAP")
@command_options
def decline(output: Output, *, name: str) -> None:
    """Say no, which ends it."""
    _act(output, name, "decline")


@swap.command("withdraw")
@click.argument("name", metavar="SWAP")
@command_options
def withdraw(output: Output, *, name: str) -> None:
    """Take your proposal back."""
    _act(output, name, "withdraw")


def _options(
    output: Output, schedule: str, *, at: str | None, weeks: int, user: str | None
) -> Any:  # noqa: ANN401 - the server's answer
    return output.connect().get(
        "/swap-options", schedule=schedule, at=at, weeks=weeks, user=user
    )


def _cost(option: dict[str, Any]) -> str:
    hours = option["hours_moved"]
    change = f"{hours:.3g} h change hands for good" if hours else "an even exchange"
    apart = f"{option['days_apart']:.2g}"
    return f"({change}; {apart} {'day' if apart == '1' else 'days'} apart)"


def _act(output: Output, name: str, verb: str) -> None:
    answer = output.connect().post(f"/swaps/{path_part(name)}/{verb}", {})
    output.data(answer, _facts(answer))


def _facts(answer: dict[str, Any]) -> str:
    is_open = answer["state"] == "open"
    return facts(
        [
            ("swap", answer["name"]),
            ("state", answer["state"]),
            ("proposed by", answer["proposer"]),
            ("what", "\n".join(answer["words"])),
            ("agreed", ", ".join(answer["consents"])),
            ("awaits", ", ".join(answer["awaits"])),
            ("declined by", answer["declined_by"]),
            ("overrides", ", ".join(answer["overrides"])),
            ("note", answer["note"]),
            ("open until", when(answer["expires_at"]) if is_open else ""),
            ("answer at", answer["url"] if is_open else ""),
        ]
    )
