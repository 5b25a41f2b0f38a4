"""Words that are safe to send: cleaned, bounded and never empty.

Everything here is told to people by every channel, so it is written once: what the
title line looks like, what a sender's text is stripped of, where it is cut.
"""

import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_UNSAFE = re.compile(f"[{_CONTROL}{_INVISIBLE}\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_NOT_IN_LINK = re.compile(r"[^\x21-\x7e]")
_EXTENDS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u093c-\u094d"
    "\u0e31-\u0e3a\u1ab0-\u1aff\u1dc0-\u1dff\u200d\u20d0-\u20ff\ufe00-\ufe0f"
    "\ufe20-\ufe2f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
"""Characters that belong to the one before: marks, joiners, skin tones, tags."""
_JOINER = "\u200d"

LINK_CHARS_MAX = 2048
NO_TITLE = "(no title)"
NOT_RENDERED = "This page could not be shown in full; open it to see everything."

RENDER_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What code without I/O can raise; a fault in rendering never stops a page."""


def safely(render: Callable[[], T], *, otherwise: Callable[[], T]) -> T:
    """Return what ``render`` makes, or on a fault of it what ``otherwise`` makes.

    Source of the rule: a rendering error must cost its own decoration, not the page.
    """
    try:
        return render()
    except RENDER_FAULTS:
        return otherwise()


def one_line(text: str, *, limit: int) -> str:
    """Return the text as one line of at most ``limit`` characters, safe in a header.

    Control characters, direction overrides, invisible characters and lone surrogates
    are removed, white space is folded into single spaces, and what is too long ends
    in an ellipsis that does not split a written character.
    """
    spaced = _SPACES.sub(" ", _LINE_ENDS.sub(" ", text))
    return cut(_SPACES.sub(" ", _UNSAFE.sub("", spaced)).strip(), limit=limit)


def block(text: str, *, limit: int) -> str:
    """Return the text as cleaned lines with plain line feeds, cut like ``one_line``."""
    lines = _LINE_ENDS.sub("\n", text).replace("\t", "    ").split("\n")
    cleaned = "\n".join(_UNSAFE.sub("", line).rstrip() for line in lines)
    return cut(cleaned.strip("\n"), limit=limit)


def link(text: str) -> str:
    """Return the address with everything removed that is no visible ASCII."""
    return _NOT_IN_LINK.sub("", text)[:LINK_CHARS_MAX]


def cut(text: str, *, limit: int) -> str:
    """Return at most ``limit`` characters; what was cut ends in an ellipsis."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (_EXTENDS.match(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return (text[:end].rstrip() if end else text[: limit - 1]) + "…"


def title_line(*, severity: str, title: str, service: str, limit: int) -> str:
    """Return ``[SEV1] Checkout error rate (checkout)``; never empty.

    The service gives way before the title does.
    """
    head = f"[{one_line(severity, limit=16) or 'PAGE'}] "
    name = one_line(service, limit=64)
    tail = f" ({name})" if name else ""
    room = limit - len(head) - len(tail)
    least = 24
    if room < least:
        tail, room = "", limit - len(head)
    return head + (one_line(title, limit=room) or NO_TITLE) + tail


def hops(details: tuple[tuple[str, str], ...]) -> int:
    """Return how often this has passed through an installation, this one included.

    It is one more than the alert's label ``handrail_hops``, under which a source may
    keep the ``Handrail-Hops`` header of a signal.
    """
    counts = [
        int(value)
        for name, value in details
        if name == "handrail_hops" and re.fullmatch("[0-9]{1,3}", value)
    ]
    return 1 + max(counts, default=0)
