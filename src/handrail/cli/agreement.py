"""What the commands of cover requests and of swaps have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, facts, table, when

Answer = Mapping[str, Any]
FOR_OTHERS = click.option(
    "--user", metavar="NAME", help="Whose shift; by default yours. For who cannot ask."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One kind of agreement on the command line.

    Attributes:
        word: The command and, in the plural, the route.
        noun: What it is called.
        headings: Of the list.
        row: One of the list.
        pairs: What is said of one, below what all have.
    """

    word: str
    noun: str
    headings: Sequence[str]
    row: Callable[[Answer], Sequence[object]]
    pairs: Callable[[Answer], Sequence[tuple[str, object]]]

    def show(self, output: Output, answer: Answer) -> None:
        """Write one of them."""
        is_open = answer["state"] == "open"
        pairs = [
            (self.word, answer["name"]),
            ("state", answer["state"]),
            *self.pairs(answer),
            ("note", answer["note"]),
            ("open until", when(answer["expires_at"]) if is_open else ""),
            ("answer at", answer["url"] if is_open else ""),
        ]
        output.data(answer, facts(pairs))

    def lister(self) -> click.Command:
        """Return the command that lists them."""

        @click.command("list", help=f"List {self.noun}s, newest first: open ones.")
        @click.option("--all", "is_all", is_flag=True, help="Settled ones as well.")
        @click.option("--limit", default=50, show_default=True, help="How many.")
        @command_options
        def list_them(output: Output, *, is_all: bool, limit: int) -> None:
            state = "all" if is_all else "open"
            answer = output.connect().get(f"/{self.word}s", state=state, limit=limit)
            rows = [self.row(item) for item in answer["items"]]
            output.data(answer, table(self.headings, rows))
            if not rows:
                output.words(f"No {self.noun}{' yet' if is_all else ' is open'}.")

        return list_them

    def answerer(self, verb: str, says: str) -> click.Command:
        """Return the command by which one is accepted, declined or withdrawn."""

        @click.command(verb, help=says)
        @click.argument("name", metavar=self.word.upper())
        @command_options
        def act(output: Output, *, name: str) -> None:
            path = f"/{self.word}s/{path_part(name)}/{verb}"
            self.show(output, output.connect().post(path, {}))

        return act
