"""Matchers: conditions on labels, in Alertmanager's dialect.

Text is read as Alertmanager does by default: by the strict UTF-8 grammar, else by the
classic one; where both read it but differently, the classic reading holds, so that a
file which worked before keeps its meaning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

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

    @property
    def is_negative(self) -> bool:
        """Return whether the matcher holds where the comparison does not."""
        return self in {MatchOp.NOT_EQUAL, MatchOp.NOT_MATCHES}


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

    def __str__(self) -> str:
        return f"{_quote(self.name)}{self.op}{_quote(self.value)}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether the condition holds for these labels."""
        actual = labels.get(self.name, "")
        if self.op.is_regex:
            same = compile_pattern(self.value).matches(actual)
        else:
            same = actual == self.value
        return same is not self.op.is_negative


def parse_matcher(text: str) -> Matcher:
    """Read exactly one matcher, without braces.

    Raises:
        ValueError: It cannot be read, or is more or less than one; says where.
    """
    if text.startswith("{") or text.endswith("}"):
        msg = f"{text!r}: leave out the braces, one matcher has none"
        raise ValueError(msg)
    classic = _try(parse_classic_matcher, text)
    strict = _try(parse_utf8_matcher, text)
    return _choose(text, strict=strict, classic=classic)


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Read matchers that commas separate, with or without braces around them.

    Raises:
        ValueError: They cannot be read; says where, and what is expected there.
    """
    return _choose(
        text, strict=_try(parse_utf8, text), classic=_try(parse_classic, text)
    )
