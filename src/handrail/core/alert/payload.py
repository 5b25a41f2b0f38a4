"""Reading the JSON of a sender who does not hold to the rules."""

import json
from collections.abc import Mapping
from datetime import datetime

from handrail.core import limits
from handrail.core.alert import text as alert_text
from handrail.core.instants import EPOCH, parse_rfc3339


def read_json(body: bytes) -> object:
    """Decode a JSON body leniently.

    Invalid UTF-8 becomes U+FFFD, UTF-16 and byte order marks are understood, lone
    surrogates and control characters are let through for the caller to clean.

    Raises:
        ValueError: It is no JSON, or nested deeper than ``limits.JSON_DEPTH_MAX``;
            the message is a phrase that follows "the body".
    """
    if not body.strip():
        msg = "is empty"
        raise ValueError(msg)
    text = body.decode(json.detect_encoding(body), errors="replace")
    try:
        value: object = json.loads(
            text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), strict=False
        )
    except RecursionError:
        msg = "is nested too deeply"
        raise ValueError(msg) from None
    except json.JSONDecodeError as error:
        msg = f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise ValueError(msg) from None
    except ValueError:
        # Python refuses to read integers of thousands of digits.
        msg = "holds a number that is too long"
        raise ValueError(msg) from None
    if is_deeper_than(value, limits.JSON_DEPTH_MAX):
        msg = f"is nested deeper than {limits.JSON_DEPTH_MAX} levels"
        raise ValueError(msg)
    return value


def is_deeper_than(value: object, levels: int) -> bool:
    """Return whether objects and lists are nested in more levels than that."""
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(inner, dict | list) for inner in layer)


def text_of(value: object) -> str:
    """Return any decoded value as storable text: strings bare, others as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return alert_text.storable(value)
    return alert_text.storable(json.dumps(value, ensure_ascii=False))


def text_map(value: object) -> dict[str, str]:
    """Return an object's members as text; anything else has none."""
    if not isinstance(value, Mapping):
        return {}
    return {text_of(name): text_of(said) for name, said in value.items()}


def instant_of(value: object) -> datetime | None:
    """Return the instant a sender wrote, or none where there is none or no sense in it.

    Go writes its zero time, the year 1, for "not set"; nothing that fires today began
    before 1970.
    """
    return known_instant(_instant(value))


def unread_instants(members: Mapping[str, object], *names: str) -> dict[str, str]:
    """Return as annotations what stands where an instant should and is none."""
    return {
        f"unread:{name}": text_of(members[name])
        for name in names
        if members.get(name) and _instant(members[name]) is None
    }


def _instant(value: object) -> datetime | None:
    try:
        return parse_rfc3339(value) if isinstance(value, str) else None
    except ValueError:
        return None


def known_instant(instant: datetime | None) -> datetime | None:
    """Return the instant, or none for Go's zero time and the like."""
    return None if instant is None or instant < EPOCH else instant
