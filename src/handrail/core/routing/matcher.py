"""Matchers: conditions on labels, in Alertmanager's dialect.

Text is read as Alertmanager does by default. There are two grammars, the strict UTF-8
one and the classic one. Where only one can read a text, its reading holds; where both
can but differ, the classic reading holds, so that a file which worked before keeps its
meaning. In short: the classic reading wherever there is one, else the strict one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from typing_extensions import override

from handrail.core.routing import matcher_classic, matcher_utf8
from handrail.core.routing.regular_expression import compile_pattern


@unique
class MatchOp(StrEnum):
    """How a label's value is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"

    @property
    def is_regex(self) -> bool:
        """Return whether the matcher's value is a regular expression."""
        return self in {MatchOp.MATCHES, MatchOp.NOT_MATCHES}


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition. A label that is missing counts as the empty value.

    Attributes:
        name: Of the label.
        op: How to compare.
        value: Text, or an RE2 regular expression that must match all of the label.

    Raises:
        ValueError: The regular expression cannot be used; says where and why.
    """

    name: str
    op: MatchOp
    value: str

    def __post_init__(self) -> None:
        if self.op.is_regex:
            compile_pattern(self.value)

    @override
    def __str__(self) -> str:
        plain = re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", self.name)
        name = self.name if plain else _quote(self.name)
        return f"{name}{self.op}{_quote(self.value)}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether the condition holds for these labels."""
        op, actual = self.op, labels.get(self.name, "")
        if op is MatchOp.EQUAL:
            return actual == self.value
        if op is MatchOp.NOT_EQUAL:
            return actual != self.value
        same = compile_pattern(self.value).matches(actual)
        return same is (op is MatchOp.MATCHES)


def parse_matcher(text: str) -> Matcher:
    """Read exactly one matcher, without braces.

    Raises:
        ValueError: It cannot be read, or is more or less than one; says where.
    """
    if text.startswith("{") or text.endswith("}"):
        msg = f"{text!r}: leave out the braces, a single matcher has none"
        raise ValueError(msg)
    try:
        return parse_classic_matcher(text)
    except ValueError:
        return parse_utf8_matcher(text)


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Read matchers that commas separate, with or without braces around them.

    Raises:
        ValueError: They cannot be read; says where, and what is expected there.
    """
    try:
        return parse_classic(text)
    except ValueError:
        return parse_utf8(text)


def parse_classic_matcher(text: str) -> Matcher:
    """Read exactly one matcher in the classic text alone.

    Raises:
        ValueError: It cannot be read.
    """
    return _build([matcher_classic.read_matcher(text)])[0]


def parse_classic(text: str) -> tuple[Matcher, ...]:
    """Read matchers in the classic text alone.

    Raises:
        ValueError: One of them cannot be read.
    """
    return _build(matcher_classic.read_matchers(text))


def parse_utf8_matcher(text: str) -> Matcher:
    """Read exactly one matcher in the strict text alone; braces are allowed here.

    Raises:
        ValueError: It cannot be read, or is more or less than one.
    """
    found = parse_utf8(text)
    if len(found) != 1:
        msg = f"{text!r} holds {len(found)} matchers where one is expected"
        raise ValueError(msg)
    return found[0]


def parse_utf8(text: str) -> tuple[Matcher, ...]:
    """Read matchers in the strict text alone.

    Raises:
        ValueError: They do not follow the grammar; says where.
    """
    return _build(matcher_utf8.read_matchers(text))


def _build(parts: Iterable[tuple[str, str, str]]) -> tuple[Matcher, ...]:
    return tuple(Matcher(name, MatchOp(op), value) for name, op, value in parts)


def _quote(text: str) -> str:
    """Write text in double quotes so that both grammars read it back."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'
