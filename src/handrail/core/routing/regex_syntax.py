"""Reading RE2's syntax, as Go's regexp package does, into a tree.

What RE2 refuses is refused: lookaround, backreferences, possessive and stacked
repeats. What it reads differently from Python is read its way: ``$`` is the very end,
the classes of digits, spaces and words are ASCII, a flag holds from where it stands to
the end of its group, an opening brace that begins no count is itself.
"""

import re
from dataclasses import dataclass, replace
from typing import NoReturn

from handrail.core.routing import regex_class
from handrail.core.routing.regex_tree import (
    CharSet,
    Choice,
    Node,
    Place,
    Repeat,
    Sequence,
)

REPEAT_MAX = 1000
"""RE2's own limit on a count."""
CODE_MAX = 0x10FFFF
"""The last code point of Unicode."""
DEPTH_MAX = 100
"""Groups within groups; no honest pattern comes near."""

_COUNT = re.compile(r"\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}", re.ASCII)
_GROUP_NAME = re.compile(r"\(\?P?<(\w+)>", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_CATEGORY = re.compile(r"\\([pP])(?:\{([^}]*)\}|(.))", re.DOTALL)
_CODE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}"
    r"|(0[0-7]{0,2}|[1-7][0-7]{1,2}))"
)
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PLACES = {
    "A": Place.TEXT_START,
    "z": Place.TEXT_END,
    "b": Place.WORD_EDGE,
    "B": Place.NO_WORD_EDGE,
}
_SIMPLE_COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flags:
    """Those in force; ``U`` (swap greed) has no bearing on whether a text matches."""

    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


def parse(source: str) -> Node:
    """Read a whole pattern.

    Raises:
        ValueError: RE2 would refuse it, or it needs what is not supported here; names
            the position (characters from 0) and the remedy.
    """
    reader = _Reader(source)
    node = reader.choice()
    if reader.place < len(source):
        reader.refuse("an unopened ')'; escape it as \\) or open the group")
    return node


class _Reader:
    """A place in the pattern, and the flags in force there."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.flags = _Flags()
        self.depth = 0
        self.names: set[str] = set()

    def refuse(self, why: str) -> NoReturn:
        """Raise the refusal of what stands here."""
        msg = f"regular expression {self.source!r}, position {self.place}: {why}"
        raise ValueError(msg)

    def take(self, text: str) -> bool:
        """Step over the text if it stands here."""
        if not self.source.startswith(text, self.place):
            return False
        self.place += len(text)
        return True

    def match(self, shape: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what the shape matches here."""
        found = shape.match(self.source, self.place)
        if found is not None:
            self.place = found.end()
        return found

    def choice(self) -> Node:
        """Read options up to the end of the group."""
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        """Read parts up to the end of the option."""
        parts: list[Node] = []
        while self.place < len(self.source) and self.source[self.place] not in "|)":
            if self.take(r"\Q"):
                parts.extend(map(self._literal, self._quoted()))
                parts.extend(self._counted(parts.pop()) if parts else ())
                continue
            part = self._part()
            if part is None:
                continue
            parts.extend(self._counted(part))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _counted(self, part: Node) -> tuple[Node]:
        """Return the part with the repeat that follows it, if one does."""
        count = self._count()
        if count is None:
            return (part,)
        self.take("?")
        if self.place < len(self.source) and (
            self.source[self.place] in "*+?"
            or _COUNT.match(self.source, self.place) is not None
        ):
            self.refuse("a repeat of a repeat; put the inner one in a group (?:…)")
        low, high = count
        return (Repeat(part, low, high),)

    def _count(self) -> tuple[int, int | None] | None:
        """Read ``*``, ``+``, ``?`` or ``{low,high}``, or nothing."""
        char = self.source[self.place : self.place + 1]
        if char and char in _SIMPLE_COUNTS:
            self.place += 1
            return _SIMPLE_COUNTS[char]
        shape = _COUNT.match(self.source, self.place)
        if shape is None:
            return None
        low = int(shape[1][:9])
        high = low if shape[2] is None else int(shape[3][:9]) if shape[3] else None
        if max(low, high or 0) > REPEAT_MAX or (high is not None and high < low):
            self.refuse(f"a count must rise and be at most {REPEAT_MAX}")
        self.place = shape.end()
        return low, high

    def _quoted(self) -> str:
        """Read literal text up to its end mark, or to the end of the pattern."""
        end = self.source.find(r"\E", self.place)
        text = self.source[self.place : end if end >= 0 else None]
        self.place = len(self.source) if end < 0 else end + 2
        return text

    def _part(self) -> Node | None:
        """Read one part; flags alone are none."""
        char = self.source[self.place]
        if char == "(":
            return self._group()
        if char == "\\":
            return self._escape()
        if char in "*+?" or _COUNT.match(self.source, self.place):
            self.refuse(f"nothing to repeat before {char!r}; escape it as \\{char}")
        if char == "[":
            return self._bracket()
        self.place += 1
        return self._plain(char)

    def _plain(self, char: str) -> Node:
        """Return what a character without further syntax stands for."""
        if char == ".":
            return CharSet(
                ranges=() if self.flags.s else (("\n", "\n"),), is_negated=True
            )
        if char == "^":
            return Place.LINE_START if self.flags.m else Place.TEXT_START
        if char == "$":
            return Place.LINE_END if self.flags.m else Place.TEXT_END
        return self._literal(char)

    def _literal(self, char: str) -> CharSet:
        return CharSet(ranges=((char, char),), ignores_case=self.flags.i)

    def _group(self) -> Node | None:
        """Read a group, or flags for the rest of the present one."""
        outer = self.flags
        named = self.match(_GROUP_NAME)
        if named is not None:
            if named[1] in self.names:
                self.refuse(f"a second group named {named[1]}; names must differ")
            self.names.add(named[1])
        elif self.source.startswith("(?", self.place):
            flags = self.match(_FLAGS)
            if flags is None:
                self.refuse(
                    "RE2 has no lookahead, lookbehind, atomic group or comment; "
                    "use several matchers, or a negative one, instead"
                )
            changes = dict.fromkeys(flags[1], True)
            changes |= dict.fromkeys(flags[2] or "", False)
            self.flags = replace(self.flags, **changes)
            if flags[3] == ")":
                return None
        else:
            self.place += 1
        return self._inside(outer)

    def _inside(self, outer: _Flags) -> Node:
        """Read the inside of a group and its end; then the outer flags hold again."""
        self.depth += 1
        if self.depth > DEPTH_MAX:
            self.refuse(f"more than {DEPTH_MAX} groups within groups; simplify it")
        node = self.choice()
        if not self.take(")"):
            self.refuse("a group is not closed; add ')'")
        self.depth -= 1
        self.flags = outer
        return node

    def _escape(self) -> Node:
        """Read what begins with a backslash, outside brackets."""
        letter = self.source[self.place + 1 : self.place + 2]
        if letter in _PLACES:
            self.place += 2
            return _PLACES[letter]
        return self._class() or self._literal(self._escaped_char())

    def _class(self) -> CharSet | None:
        """Read an escape that stands for a class, in or outside brackets."""
        letter = self.source[self.place + 1 : self.place + 2]
        if letter.lower() in regex_class.PERL:
            self.place += 2
            return regex_class.perl(letter, ignores_case=self.flags.i)
        shape = _CATEGORY.match(self.source, self.place)
        if shape is None:
            return None
        try:
            found = regex_class.unicode_class(
                shape[3] or shape[2],
                is_negated=shape[1] == "P",
                ignores_case=self.flags.i,
            )
        except ValueError as error:
            self.refuse(str(error))
        self.place = shape.end()
        return found

    def _escaped_char(self) -> str:
        """Read an escape that stands for one character."""
        letter = self.source[self.place + 1 : self.place + 2]
        if letter in _CONTROL:
            self.place += 2
            return _CONTROL[letter]
        if letter.isascii() and letter and not letter.isalnum():
            self.place += 2
            return letter
        code = self.match(_CODE)
        if code is None:
            self.refuse(
                "RE2 has no backreferences"
                if letter.isdigit()
                else "RE2 has no such escape; write two backslashes for one"
            )
        number = int(code[3], 8) if code[3] else int(code[1] or code[2], 16)
        if number > CODE_MAX:
            self.refuse(f"a character code is at most {CODE_MAX:X}")
        return chr(number)

    def _bracket(self) -> CharSet:
        """Read ``[…]``; a ``]`` that stands first is itself."""
        self.place += 1
        is_negated = self.take("^")
        ranges: list[tuple[str, str]] = []
        nested: list[CharSet] = []
        is_first = True
        while is_first or not self.take("]"):
            if self.place >= len(self.source):
                self.refuse("a class is not closed; add ']'")
            is_first = False
            inner = self._posix() or self._class()
            if inner is None:
                ranges.append(self._range())
            else:
                nested.append(inner)
        return CharSet(
            ranges=tuple(ranges),
            nested=tuple(nested),
            is_negated=is_negated,
            ignores_case=self.flags.i,
        )

    def _posix(self) -> CharSet | None:
        """Read ``[:alpha:]`` and its like; without its end it is plain characters."""
        end = self.source.find(":]", self.place + 2)
        if not self.source.startswith("[:", self.place) or end < 0:
            return None
        try:
            found = regex_class.posix(
                self.source[self.place + 2 : end], ignores_case=self.flags.i
            )
        except ValueError as error:
            self.refuse(str(error))
        self.place = end + 2
        return found

    def _range(self) -> tuple[str, str]:
        """Read one character, or two with a hyphen between."""
        low = self._one()
        following = self.source[self.place + 1 : self.place + 2]
        if following in {"", "]"} or not self.take("-"):
            return low, low
        high = self._one()
        if high < low:
            self.refuse(f"the range {low}-{high} runs backwards; swap its ends")
        return low, high

    def _one(self) -> str:
        """Read one character of a class."""
        if self.place >= len(self.source):
            self.refuse("a class is not closed; add ']'")
        if self.source[self.place] == "\\":
            return self._escaped_char()
        self.place += 1
        return self.source[self.place - 1]
