"""What a regular expression is once it is read: a tree of five kinds of node."""

import unicodedata
from dataclasses import dataclass
from enum import Enum, auto, unique

_ORBITS = (
    "kK\u212a", "sS\u017f", "\u00e5\u00c5\u212b", "\u00b5\u03bc\u039c",
    "\u03b2\u03d0\u0392", "\u03b5\u03f5\u0395", "\u03b8\u03d1\u0398\u03f4",
    "\u03b9\u1fbe\u0399\u0345", "\u03ba\u03f0\u039a", "\u03c0\u03d6\u03a0",
    "\u03c1\u03f1\u03a1", "\u03c3\u03c2\u03a3", "\u03c6\u03d5\u03a6",
    "\u03c9\u03a9\u2126", "\u00df\u1e9e", "\u1e61\u1e60\u1e9b",
)  # fmt: skip
"""Letters of which more than a lower and an upper form count as the same one."""
_MORE_FORMS = {char: frozenset(orbit) for orbit in _ORBITS for char in orbit}


def forms(char: str) -> frozenset[str]:
    """Return the characters that count as the same one where case is ignored."""
    pair = {char, char.lower(), char.upper()}
    known = _MORE_FORMS.get(char, frozenset())
    return known | {form for form in pair if len(form) == 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class CharSet:
    """Characters that one position may hold.

    Attributes:
        ranges: First and last character of each range, both inclusive.
        categories: Unicode general categories, ``L`` or ``Lu``.
        nested: Further sets; being in one of them is enough.
        is_negated: It holds exactly the characters not described above.
        ignores_case: A character is in it when any of its forms is.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    categories: frozenset[str] = frozenset()
    nested: tuple["CharSet", ...] = ()
    is_negated: bool = False
    ignores_case: bool = False

    def holds(self, char: str) -> bool:
        """Return whether the character is in the set."""
        candidates = forms(char) if self.ignores_case else (char,)
        return any(map(self._describes, candidates)) is not self.is_negated

    def _describes(self, char: str) -> bool:
        if any(low <= char <= high for low, high in self.ranges):
            return True
        if self.categories:
            category = unicodedata.category(char)
            if category in self.categories or category[0] in self.categories:
                return True
        return any(inner.holds(char) for inner in self.nested)


@unique
class Place(Enum):
    """A condition on where in the text a position is; consumes nothing."""

    TEXT_START = auto()
    TEXT_END = auto()
    LINE_START = auto()
    LINE_END = auto()
    WORD_EDGE = auto()
    NO_WORD_EDGE = auto()


@dataclass(frozen=True, slots=True)
class Sequence:
    """All parts, one after the other; no part at all is the empty text."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of the options."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The part from ``low`` to ``high`` times; ``None`` is without limit."""

    part: "Node"
    low: int
    high: int | None


Node = CharSet | Place | Sequence | Choice | Repeat
