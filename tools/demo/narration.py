"""What the demo tells: a numbered line a step, with the time of day and since start."""

import shlex
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import TextIO

from tools.demo.mailbox import Letter
from tools.demo.waiting import pause

_WIDTH_MAX, _WIDTH_MIN = 100, 60
_ACTOR_WIDTH = 10
_MARGIN = " " * 34
HANDRAIL = "Handrail"


@unique
class Ink(StrEnum):
    """Colours and weights of a terminal (ECMA-48)."""

    BOLD = "1"
    FAINT = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    BLUE = "34"
    MAGENTA = "35"
    CYAN = "36"


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed."""

    command: str


@dataclass(frozen=True, slots=True)
class Written:
    """Lines that a command wrote."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Came:
    """A mail that came, and how soon."""

    letter: Letter
    after: str = ""


Detail = str | Typed | Written | Came
"""What may stand below a step: words, or one of these."""


class Narrator:
    """Writes to a terminal or a file; colour is for terminals only."""

    def __init__(self, stream: TextIO, *, is_coloured: bool, pace: float) -> None:
        self.began = time.monotonic()
        self._stream = stream
        self._is_coloured = is_coloured
        self._pace = pace
        self._steps = 0
        columns = shutil.get_terminal_size((_WIDTH_MAX, 24)).columns
        if not stream.isatty():
            columns = _WIDTH_MAX
        self._width = max(_WIDTH_MIN, min(columns, _WIDTH_MAX))

    def title(self, first: str, *more: str) -> None:
        """Say what this is."""
        self._line(self._ink(first, Ink.BOLD))
        for line in more:
            self._line(self._ink(line, Ink.FAINT))

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self._line("")
        self._line(self._ink(title, Ink.BOLD, Ink.CYAN))

    def step(self, actor: str, what: str, *below: Detail) -> None:
        """Tell who did what, as of now; then leave time to read it."""
        self._steps += 1
        clock = f"{datetime.now().astimezone():%H:%M:%S}"
        since = f"{time.monotonic() - self.began:.1f} s"
        head = self._ink(f"{self._steps:>3}  {clock} {since:>8}  ", Ink.FAINT)
        ink = Ink.MAGENTA if actor == HANDRAIL else Ink.GREEN
        first, *rest = self._wrapped(what)
        self._line(f"{head}{self._ink(f'{actor:<{_ACTOR_WIDTH}}', ink)}{first}")
        self._under(rest)
        for detail in below:
            self._detail(detail)
        pause(self._pace)

    def table(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show names, values and remarks below each other."""
        wide = max(len(name) for name, _, _ in rows)
        numbers = [value for _, value, _ in rows if value[0].isdigit()]
        high = max(map(len, numbers), default=0)
        for name, value, remark in rows:
            shown = f"{value:>{high}}" if value in numbers else value
            more = f"  {self._ink(remark, Ink.FAINT)}" if remark else ""
            self._line(f"  {name:<{wide}}  {self._ink(shown, Ink.BOLD)}{more}")

    def plain(self, text: str = "") -> None:
        """Write a line as it is."""
        self._line(text)

    def failure(self, headline: str, *more: str) -> None:
        """Say what went wrong."""
        self._line("")
        self._line(self._ink(headline, Ink.BOLD, Ink.RED))
        for line in more:
            self._line(line)

    def _detail(self, detail: Detail) -> None:
        match detail:
            case str():
                self._under(self._wrapped(detail))
            case Typed(command):
                self._under(self._typed(command), Ink.BLUE)
            case Written(lines):
                for line in lines:
                    wrapped = self._wrapped(line.strip(), less=4)
                    first, *rest = wrapped
                    shown = [f"  {first}", *(f"    {part}" for part in rest)]
                    self._under(shown, Ink.FAINT)
            case Came(letter, after):
                told = f"to {letter.to}: {letter.subject}"
                first, *rest = self._wrapped(told, less=2)
                self._under([f"✉ {first}", *(f"  {r}" for r in rest)], Ink.YELLOW)
                self._under([f"  {after}"] if after else [], Ink.FAINT)

    def _wrapped(self, text: str, *, less: int = 0) -> list[str]:
        room = self._width - len(_MARGIN) - less
        return textwrap.wrap(
            text, room, break_long_words=False, break_on_hyphens=False
        ) or [""]

    def _typed(self, command: str) -> list[str]:
        """Return a command as a shell takes it: folded between its words only."""
        room = self._width - len(_MARGIN) - len("    ") - len(" \\")
        lines: list[str] = []
        for word in _pieces(command):
            if lines and len(lines[-1]) + 1 + len(word) <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        starts = ["$ ", *["    "] * (len(lines) - 1)]
        ends = [*[" \\"] * (len(lines) - 1), ""]
        return [f"{a}{line}{z}" for a, line, z in zip(starts, lines, ends, strict=True)]

    def _under(self, lines: Sequence[str], ink: Ink | None = None) -> None:
        for line in lines:
            self._line(_MARGIN + (self._ink(line, ink) if ink else line))

    def _ink(self, text: str, *inks: Ink) -> str:
        if not self._is_coloured:
            return text
        return f"\x1b[{';'.join(inks)}m{text}\x1b[0m"

    def _line(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


def _pieces(command: str) -> list[str]:
    """Return a command in pieces that stay together: words, options with values."""
    pieces: list[str] = []
    for word in map(shlex.quote, shlex.split(command)):
        if pieces and pieces[-1].startswith("--") and " " not in pieces[-1]:
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces


def narrator(*, pace: float, has_colour: bool) -> Narrator:
    """Return a narrator on standard output, whatever that can write."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # is a text file
    is_coloured = has_colour and sys.stdout.isatty()
    return Narrator(sys.stdout, is_coloured=is_coloured, pace=pace)
