"""Labels: the names and values by which alerts are told apart and routed.

The rules are Alertmanager's: a name is any UTF-8 text but the empty one, and a label
with an empty value is no label.
"""

import hashlib
from collections.abc import Mapping

_DIGEST_BYTES = 16


def check_name(name: str) -> None:
    """Refuse what cannot be a label name.

    Raises:
        ValueError: It is empty or not UTF-8; says what to do.
    """
    if not name:
        msg = "a label has no name; name it, or leave it out"
        raise ValueError(msg)
    _check_utf8(name, "name")


def clean(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that count, ordered by name.

    Raises:
        ValueError: A name is empty, or a name or value is not UTF-8.
    """
    for name, value in labels.items():
        check_name(name)
        _check_utf8(value, f"value of {name!r}")
    return {name: value for name, value in sorted(labels.items()) if value}


def fingerprint(labels: Mapping[str, str]) -> str:
    """Return 32 hexadecimal digits that name this set of labels.

    The same labels give the same digits in any order, on any machine and in any
    release. Empty values count as absent. Lengths are hashed along with the texts, so
    that no two sets run together.
    """
    parts: list[bytes] = []
    for pair in sorted(labels.items()):
        if not pair[1]:
            continue
        for text in pair:
            encoded = text.encode("utf-8", "surrogatepass")
            parts += (len(encoded).to_bytes(8), encoded)
    return hashlib.blake2b(b"".join(parts), digest_size=_DIGEST_BYTES).hexdigest()


def _check_utf8(text: str, what: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = f"the label {what} is not UTF-8; send it as valid UTF-8 text"
        raise ValueError(msg) from error
