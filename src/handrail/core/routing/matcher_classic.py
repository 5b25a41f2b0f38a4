"""The classic matcher text, as Alertmanager read it before UTF-8 label names.

Tolerant: a trailing comma, unquoted values with nearly anything in them, and braces
that need not close are all read. Names are ASCII identifiers.
"""

import re

_SHAPE = re.compile(
    r"[\t\n\f\r ]*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r"[\t\n\f\r ]*(?P<op>=~|=|!=|!~)"
    r"[\t\n\f\r ]*(?P<value>.*)",
    re.DOTALL,
)
_BLANK = "\t\n\f\r "
_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


def read_matcher(text: str) -> tuple[str, str, str]:
    """Read one matcher as name, operator and value.

    Raises:
        ValueError: It has no such shape, or a stray double quote.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        msg = f"{text!r} is no matcher; write it like severity=critical"
        raise ValueError(msg)
    return found["name"], found["op"], _unescape(found["value"].rstrip(_BLANK))


def read_matchers(text: str) -> list[tuple[str, str, str]]:
    """Read matchers that commas separate; braces around them are optional.

    Raises:
        ValueError: One of them cannot be read.
    """
    return [read_matcher(piece) for piece in _split(text)]


def _split(text: str) -> list[str]:
    """Cut at the commas that are not inside double quotes."""
    pieces: list[str] = []
    piece = ""
    is_quoted = is_escaped = False
    for char in text.removeprefix("{").removesuffix("}"):
        if char == "," and not is_quoted:
            pieces.append(piece)
            piece = ""
            continue
        if char == '"':
            is_quoted ^= not is_escaped
        if char != ",":  # a quoted comma leaves the escape before it in force
            is_escaped = char == "\\" and not is_escaped
        piece += char
    last = piece.strip()
    return [*pieces, last] if last else pieces


def _unescape(raw: str) -> str:
    """Resolve quotes and escapes of a value; a spurious backslash is itself."""
    must_close = raw.startswith('"')
    rest = raw[1:] if must_close else raw
    value = ""
    place = 0
    while place < len(rest):
        char = rest[place]
        is_last = place == len(rest) - 1
        if char == "\\" and not is_last:
            place += 1
            value += _ESCAPED.get(rest[place], "\\" + rest[place])
        elif char == '"':
            if not (must_close and is_last):
                raise _stray_quote(raw)
            must_close = False
        else:
            value += char
        place += 1
    if must_close:
        raise _stray_quote(raw)
    return value


def _stray_quote(raw: str) -> ValueError:
    return ValueError(
        f'the value {raw!r} has a double quote that is not a pair; write \\" for '
        f"a quote inside"
    )
