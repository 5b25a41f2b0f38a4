"""What a command writes: data to standard output, words to standard error.

With ``--json`` the data is the server's own answer, so that the shapes are those of
the API reference; without it, a table for people.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

import click

from handrail.cli.connection import Connection
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.profile import Profile, resolve
from handrail.settings import environment

P = ParamSpec("P")

_COLOURS: Mapping[str, str] = {
    "open": "red",
    "firing": "red",
    "exhausted": "red",
    "acknowledged": "yellow",
    "expired": "yellow",
    "held": "yellow",
    "resolved": "green",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How this command was asked to speak, and to whom it talks."""

    is_json: bool
    is_quiet: bool
    url: str | None
    context: str | None

    @property
    def profile(self) -> Profile:
        """Return which server to talk to, and as whom."""
        return resolve(environment(), url=self.url, context=self.context)

    def connect(self, *, is_long: bool = False) -> Connection:
        """Return the server; ``is_long`` waits for what it has to work out."""
        return Connection(self.profile, is_long=is_long)

    def data(self, answer: object, text: str) -> None:
        """Write the answer: as JSON where asked for, else as this text."""
        if self.is_json:
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        elif text:
            click.echo(text)

    def words(self, text: str) -> None:
        """Say something to a person; ``--quiet`` keeps it back."""
        if not self.is_quiet:
            click.echo(text, err=True)


def command_options(
    command: Callable[Concatenate[Output, P], None],
) -> Callable[P, None]:
    """Give a command the options that every command has, as its `Output`."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        taken = {
            name: kwargs.pop(name) for name in ("is_json", "is_quiet", "url", "context")
        }
        if "NO_COLOR" in environment():
            click.get_current_context().color = False
        command(Output(**taken), *args, **kwargs)  # type: ignore[arg-type]  # click's own

    for option in (
        click.option("--context", metavar="NAME", help="A context of your profile."),
        click.option("--url", metavar="URL", help="The server's address."),
        click.option(
            "-q", "--quiet", "is_quiet", is_flag=True, help="Data only, no words."
        ),
        click.option("--json", "is_json", is_flag=True, help="Write JSON."),
    ):
        run = option(run)
    return run


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    is_headed: bool = False,
) -> str:
    """Return rows as aligned columns; states are coloured where colour is shown.

    Headings are for a terminal, so that a script need not skip them; or always.
    """
    if not rows:
        return ""
    cells = [[_cell(value) for value in row] for row in rows]
    if is_headed or sys.stdout.isatty():
        cells.insert(0, [heading.upper() for heading in headings])
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    lines = []
    for row in cells:
        padded = [
            click.style(cell, fg=_COLOURS.get(cell)) + " " * (width - len(cell))
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def facts(pairs: Sequence[tuple[str, object]]) -> str:
    """Return named values below each other; absent ones are left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in (None, "")]
    width = max((len(name) for name, _ in shown), default=0)
    below = "\n" + " " * (width + 2)
    return "\n".join(
        f"{name:<{width}}  {below.join(value.splitlines())}" for name, value in shown
    )


def when(instant: object) -> str:
    """Return an RFC 3339 instant in this machine's own zone, for a person to read."""
    if not isinstance(instant, str) or not instant:
        return ""
    return f"{datetime.fromisoformat(instant).astimezone():%a %Y-%m-%d %H:%M:%S %Z}"


def dated(instant: object) -> str:
    """Return the same without seconds where it has none: for shifts and plans."""
    words = when(instant)
    is_whole = bool(words) and datetime.fromisoformat(str(instant)).second == 0
    return words.replace(":00 ", " ", 1) if is_whole else words


def confirm(question: str, *, is_agreed: bool) -> None:
    """Ask before something that cannot be undone; never without a terminal.

    Raises:
        Failure: There is nobody to ask, or the answer was no.
    """
    if is_agreed:
        return
    if not sys.stdin.isatty():
        msg = f"not done: {question}"
        raise Failure(msg, next_step="say yes with --yes", code=ExitCode.USAGE)
    if not click.confirm(question, default=False, err=True):
        msg = "not done"
        raise Failure(msg, next_step="", code=ExitCode.FAILED)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value) or "-"
    return str(value)
