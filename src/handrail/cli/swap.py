"""Swaps: exchange whole shifts with one or two others, once all have agreed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click

from handrail.cli.agreement import FOR_OTHERS, Answer, Spoken
from handrail.cli.failure import nothing_to_do
from handrail.cli.output import Output, command_options, table, when
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
        FOR_OTHERS,
        click.argument("schedule"),
    ):
        command = option(command)
    return command


@swap.command("find", epilog=IN_ITS_ZONE)
@_shift_options
@click.option("--limit", default=6, show_default=True, help="How many at most.")
@command_options
def find(output: Output, /, *, schedule: str, limit: int, **shift: Any) -> None:  # noqa: ANN401 - click's values
    """Find swaps that free you of a shift on SCHEDULE, least disturbing first.

    Propose one by its number: handrail oncall swap propose primary 1
    """
    answer = _options(output, schedule, shift)
    output.data(answer, "\n\n".join(_tables(answer, limit)))
    wanted, options = answer["shift"], answer["options"]
    about = f"{wanted['gives']}'s shift from {_stretch(wanted)}"
    if options:
        output.words(f"For {about}. What disturbs least comes first.")
    else:
        output.words(f"No swap for {about}. Ask for cover, or look further: --weeks.")
    if len(options) > limit:
        output.words(f"{len(options) - limit} more: --limit {len(options)}")
    for one in answer["rejected"]:
        output.words(f"Not with {one['user']}: {one['why'][0]}.")
    say_read_in(output, answer, shift["at"])


@swap.command("propose", epilog=IN_ITS_ZONE)
@_shift_options
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@click.option("--note", default="", help="Anything to say about it.")
@command_options
def propose(
    output: Output,
    /,
    *,
    schedule: str,
    number: int,
    note: str,
    **shift: Any,  # noqa: ANN401 - click's values
) -> None:
    """Propose swap NUMBER of those that `find` shows for the same shift."""
    answer = _options(output, schedule, shift)
    if number > len(answer["options"]):
        msg = f"there are {len(answer['options'])} swaps, and no number {number}"
        step = f"look at them: handrail oncall swap find {schedule}"
        raise nothing_to_do(msg, next_step=step)
    legs = answer["options"][number - 1]["legs"]
    asked = {"legs": legs, "note": note}
    if shift["user"]:
        asked["proposer"] = shift["user"]
    made = output.connect().post("/swaps", asked)
    _SWAP.show(output, made)
    for said in made["notes"]:
        output.words(said)


def _options(output: Output, schedule: str, shift: Answer) -> Any:  # noqa: ANN401 - the server's answer
    return output.connect().get("/swap-options", schedule=schedule, **shift)


def _tables(answer: Answer, limit: int) -> Iterator[str]:
    """Yield the swaps of two, and those of three; numbered as `propose` counts."""
    options = list(enumerate(answer["options"], start=1))[:limit]
    for count in (2, 3):
        rows = [_option_row(n, one) for n, one in options if len(one["legs"]) == count]
        headings = ("no", "takes yours", "you take", "and", "apart", "for good")
        if rows:
            yield table(headings, rows, is_headed=True)


def _option_row(number: int, option: Answer) -> tuple[object, ...]:
    first, *between, last = option["legs"]
    third = [f"{leg['takes']}: {_given(leg)}" for leg in between]
    apart, hours = option["days_apart"], option["hours_moved"]
    return (
        number,
        first["takes"],
        _given(last),
        ", ".join(third),
        f"{apart:.2g} d",
        f"{hours:.3g} h" if hours else "even",
    )


def _given(leg: Answer) -> str:
    return f"{leg['gives']}'s {leg['schedule']} {_stretch(leg)}"


def _stretch(leg: Answer) -> str:
    starts_at, ends_at = map(datetime.fromisoformat, (leg["from"], leg["until"]))
    hours = (ends_at - starts_at) / timedelta(hours=1)
    length = f"{hours / 24:.3g} d" if hours >= 24 else f"{hours:.3g} h"  # noqa: PLR2004 - a day
    return f"{starts_at.astimezone():%a %Y-%m-%d %H:%M %Z}, {length}"


def _row(item: Answer) -> tuple[object, ...]:
    return (
        item["name"],
        item["state"],
        item["proposer"],
        item["awaits"],
        when(item["expires_at"]),
        "; ".join(item["words"]),
    )


def _pairs(answer: Answer) -> list[tuple[str, object]]:
    return [
        ("proposed by", answer["proposer"]),
        ("what", "\n".join(answer["words"])),
        ("agreed", ", ".join(answer["consents"])),
        ("awaits", ", ".join(answer["awaits"])),
        ("declined by", answer["declined_by"]),
        ("overrides", ", ".join(answer["overrides"])),
    ]


_SWAP = Spoken(word="swap", noun="swap", headings=_HEADINGS, row=_row, pairs=_pairs)
swap.add_command(_SWAP.lister())
swap.add_command(_SWAP.answerer("accept", "Consent; the last who does makes it so."))
swap.add_command(_SWAP.answerer("decline", "Say no, which ends it."))
swap.add_command(_SWAP.answerer("withdraw", "Take your proposal back."))
