"""Regular expressions over label values: RE2's dialect, matched whole, in linear time.

Patterns come from configuration, but the values they run on come from senders. A
backtracking engine can be made to run for hours by one hostile value; this one cannot.
It follows every alternative at once, as RE2 does (a set of positions in the pattern,
moved on by each character), so that a value of n characters costs at most n times the
size of the pattern. The moves are remembered, so that usual values cost one look-up a
character.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto, unique
from functools import lru_cache

from handrail.core.limits import REGEX_POSITIONS_MAX
from handrail.core.routing.regex_class import perl
from handrail.core.routing.regex_syntax import parse
from handrail.core.routing.regex_tree import (
    CharSet,
    Choice,
    Node,
    Place,
    Repeat,
    Sequence,
)

_KEPT_MAX = 100_000
"""Positions remembered for one pattern, some MiB; then it starts afresh."""
_WORD = perl("w", ignores_case=False)


@unique
class _Side(Enum):
    """What stands next to a position, as far as conditions on the place ask."""

    NOTHING = auto()
    LINE_BREAK = auto()
    WORD = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Step:
    """One position of the pattern; a move by a character, a fork, or the end.

    Attributes:
        needs: A character to consume, a condition on the place, or nothing.
        then: Positions that follow; none is the end of the pattern.
    """

    needs: CharSet | Place | None
    then: tuple[int, ...]


@dataclass(slots=True)
class _State:
    """The positions reached, before forks are followed, and the moves known so far."""

    positions: frozenset[int]
    before: _Side
    moves: dict[str, "_State"] = field(default_factory=dict)
    is_end: bool | None = None


class Pattern:
    """A regular expression that must match the whole of a text."""

    def __init__(self, source: str) -> None:
        tree = parse(source)
        size = _size(tree)
        if size > REGEX_POSITIONS_MAX:
            msg = (
                f"regular expression {source!r} unfolds to {size} positions, the "
                f"limit is {REGEX_POSITIONS_MAX}; use smaller counts"
            )
            raise ValueError(msg)
        self.source = source
        self._steps = [_Step(needs=None, then=())]
        self._first = self._add(tree, 0)
        self._forget()

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches."""
        state = self._start
        for char in text:
            state = state.moves.get(char) or self._move(state, char)
            if not state.positions:
                return False
        if state.is_end is None:
            state.is_end = 0 in self._reach(state, _Side.NOTHING)
        return state.is_end

    def _forget(self) -> None:
        """Start with no moves remembered; a match under way keeps its own."""
        self._states: dict[tuple[frozenset[int], _Side], _State] = {}
        self._start = _State(frozenset({self._first}), _Side.NOTHING)
        self._kept = 0

    def _move(self, state: _State, char: str) -> _State:
        """Find out, and remember, where a character leads."""
        side = _side(char)
        found: set[int] = set()
        verdicts: dict[int, bool] = {}  # unfolded counts share their sets
        for place in self._reach(state, side):
            needs, then = self._steps[place].needs, self._steps[place].then
            if isinstance(needs, CharSet):
                if id(needs) not in verdicts:
                    verdicts[id(needs)] = needs.holds(char)
                if verdicts[id(needs)]:
                    found.update(then)
        if self._kept >= _KEPT_MAX:
            self._forget()
        self._kept += 1 + len(found)
        key = frozenset(found), side
        state.moves[char] = self._states.setdefault(key, _State(*key))
        return state.moves[char]

    def _reach(self, state: _State, after: _Side) -> Iterable[int]:
        """Follow forks and conditions as far as they lead without a character."""
        seen: set[int] = set(state.positions)
        waiting = list(seen)
        while waiting:
            step = self._steps[waiting.pop()]
            if isinstance(step.needs, CharSet):
                continue
            if step.needs is not None and not _holds(step.needs, state.before, after):
                continue
            fresh = [place for place in step.then if place not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return seen

    def _new(self, needs: CharSet | Place | None, *then: int) -> int:
        self._steps.append(_Step(needs, then))
        return len(self._steps) - 1

    def _add(self, node: Node, after: int) -> int:
        """Lay out a node before the position ``after``; return where it begins."""
        match node:
            case CharSet() | Place():
                return self._new(node, after)
            case Sequence():
                for part in reversed(node.parts):
                    after = self._add(part, after)
                return after
            case Choice():
                return self._new(None, *[self._add(o, after) for o in node.options])
            case Repeat():
                return self._repeat(node, after)

    def _repeat(self, node: Repeat, after: int) -> int:
        """Lay out a repeat: optional copies or a loop, behind the copies it needs."""
        if node.high is None:
            loop = self._new(None)
            begin = self._add(node.part, loop)
            self._steps[loop] = _Step(None, (begin, after))
            after = loop
        else:
            end = after
            for _ in range(node.high - node.low):
                after = self._new(None, self._add(node.part, after), end)
        for _ in range(node.low):
            after = self._add(node.part, after)
        return after


@lru_cache(maxsize=4096)
def compile_pattern(source: str) -> Pattern:
    """Compile a regular expression.

    Raises:
        ValueError: RE2 would refuse it, or it is too large; says where and what to do.
    """
    return Pattern(source)


def _side(char: str) -> _Side:
    if char == "\n":
        return _Side.LINE_BREAK
    return _Side.WORD if _WORD.holds(char) else _Side.OTHER


def _holds(place: Place, before: _Side, after: _Side) -> bool:
    """Return whether a condition on the place holds between two sides."""
    match place:
        case Place.TEXT_START:
            return before is _Side.NOTHING
        case Place.TEXT_END:
            return after is _Side.NOTHING
        case Place.LINE_START:
            return before in {_Side.NOTHING, _Side.LINE_BREAK}
        case Place.LINE_END:
            return after in {_Side.NOTHING, _Side.LINE_BREAK}
        case Place.WORD_EDGE:
            return (before is _Side.WORD) is not (after is _Side.WORD)
        case Place.NO_WORD_EDGE:
            return (before is _Side.WORD) is (after is _Side.WORD)


def _size(node: Node) -> int:
    """Return how many positions a node unfolds to, without unfolding it."""
    match node:
        case CharSet() | Place():
            return 1
        case Sequence():
            return sum(map(_size, node.parts))
        case Choice():
            return 1 + sum(map(_size, node.options))
        case Repeat():
            copies = node.low + 1 if node.high is None else node.high
            return copies * (_size(node.part) + 1)
