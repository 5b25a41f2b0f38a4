"""The strict matcher text: names and values may be any UTF-8 where quoted.

Grammar: an optional pair of braces around ``name op value`` pieces that commas
separate; one comma may trail. Names and values are quoted, with the escapes of a Go
string, or bare: one or more characters that are neither blank nor reserved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto, unique

_RESERVED = frozenset("{}!=~,\\\"'`")
_SIMPLE = {
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34,
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\\"])"
    r"|x(?P<byte>[0-9a-fA-F]{2})"
    r"|(?P<octal>[0-3][0-7]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8}))"
)


@unique
class _Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    OPERATOR = auto()
    WORD = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    """One token, with its place in the text counted in characters from 0."""

    kind: _Kind
    text: str
    start: int


_PUNCTUATION = {"{": _Kind.OPEN, "}": _Kind.CLOSE, ",": _Kind.COMMA}


def read_matchers(text: str) -> list[tuple[str, str, str]]:
    """Read matchers as name, operator and value.

    Raises:
        ValueError: The text does not follow the grammar; says where.
    """
    tokens = _Tokens(text)
    has_brace = tokens.take(_Kind.OPEN) is not None
    found: list[tuple[str, str, str]] = []
    while tokens.next.kind not in {_Kind.END, _Kind.CLOSE}:
        name = tokens.expect(_Kind.WORD, "a label name")
        operator = tokens.expect(_Kind.OPERATOR, "one of = != =~ !~")
        value = tokens.expect(_Kind.WORD, "a value; quote it if it is not a plain word")
        found.append((_unquote(name), operator.text, _unquote(value)))
        if tokens.take(_Kind.COMMA) is None:
            break
    if has_brace:
        tokens.expect(_Kind.CLOSE, "a comma or a closing brace")
    tokens.expect(_Kind.END, "a comma or the end")
    return found


class _Tokens:
    """Tokens of a text with one to look ahead; read no further than needed."""

    def __init__(self, text: str) -> None:
        self._stream = _scan(text)
        self.next = next(self._stream)

    def take(self, kind: _Kind) -> _Token | None:
        """Return the next token and go on if it is of that kind, else none."""
        token = self.next
        if token.kind is not kind:
            return None
        if kind is not _Kind.END:
            self.next = next(self._stream)
        return token

    def expect(self, kind: _Kind, what: str) -> _Token:
        """Return the next token, which must be of that kind."""
        token = self.take(kind)
        if token is None:
            shown = repr(self.next.text) if self.next.text else "the end"
            msg = f"position {self.next.start}: {shown} where {what} is expected"
            raise ValueError(msg)
        return token


def _scan(text: str) -> Iterator[_Token]:
    """Yield the tokens of the text and at last its end."""
    place = 0
    while place < len(text):
        char = text[place]
        if _is_blank(char):
            place += 1
            continue
        if char in _PUNCTUATION:
            token = _Token(_PUNCTUATION[char], char, place)
        elif char in "=!":
            token = _Token(_Kind.OPERATOR, _operator(text, place), place)
        elif char == '"':
            token = _Token(_Kind.WORD, _quoted(text, place), place)
        else:
            token = _Token(_Kind.WORD, _bare(text, place), place)
        place += len(token.text)
        yield token
    yield _Token(_Kind.END, "", len(text))


def _operator(text: str, start: int) -> str:
    pair = text[start : start + 2]
    if pair in {"=~", "!=", "!~"}:
        return pair
    if pair.startswith("="):
        return "="
    msg = f"position {start}: '!' where one of = != =~ !~ is expected"
    raise ValueError(msg)


def _quoted(text: str, start: int) -> str:
    """Return the quoted text that begins here, quotes and escapes included."""
    place = start + 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    if place >= len(text):
        msg = f"position {start}: the quote is not closed; end it with a double quote"
        raise ValueError(msg)
    return text[start : place + 1]


def _bare(text: str, start: int) -> str:
    place = start
    while place < len(text) and not (
        text[place] in _RESERVED or _is_blank(text[place])
    ):
        place += 1
    if place == start:
        msg = f"position {start}: {text[start]!r} must stand inside double quotes"
        raise ValueError(msg)
    return text[start:place]


def _is_blank(char: str) -> bool:
    """Return whether Unicode calls it white space; the four separators are not."""
    return char.isspace() and not "\x1c" <= char <= "\x1f"


def _unquote(token: _Token) -> str:
    """Return what a word stands for."""
    if not token.text.startswith('"'):
        return token.text
    try:
        return _resolve(token.text[1:-1])
    except (ValueError, OverflowError) as error:
        msg = (
            f"position {token.start}: {token.text} has an escape or a character that "
            f"is not allowed; write a backslash as two"
        )
        raise ValueError(msg) from error


def _resolve(inner: str) -> str:
    """Resolve escapes byte by byte; those of bytes must together be valid UTF-8."""
    if "\n" in inner:
        msg = "a line break must be written as an escape"
        raise ValueError(msg)
    out = bytearray()
    place = 0
    while place < len(inner):
        if inner[place] != "\\":
            out += inner[place].encode()
            place += 1
            continue
        escape = _ESCAPE.match(inner, place)
        if escape is None:
            msg = "unknown escape"
            raise ValueError(msg)
        out += _escaped(escape)
        place = escape.end()
    return out.decode()


def _escaped(escape: re.Match[str]) -> bytes:
    if escape["simple"]:
        return bytes([_SIMPLE[escape["simple"]]])
    if escape["byte"]:
        return bytes([int(escape["byte"], 16)])
    if escape["octal"]:
        return bytes([int(escape["octal"], 8)])
    return chr(int(escape["short"] or escape["long"], 16)).encode()
