"""Integration keys: how they are made and known again; only digests are kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handrail.core.configuration.draft import Draft
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.reference import error

ISSUED_LIVE_MAX = 2
"""Issued keys of one integration: the new one and the one it replaces."""
_KEY_CHARS = 32
"""PagerDuty's senders expect 32 characters of ``[a-z0-9]``; this is 128 bits."""
_KEY_BYTES_MIN = 16


def key_digest(key: str | bytes) -> str:
    """Return the SHA-256 hex by which a presented key is looked up."""
    raw = key.encode() if isinstance(key, str) else key
    return hashlib.sha256(raw).hexdigest()


def key_from(secret: str) -> str:
    """Return a new integration key made from a fresh random secret."""
    return hashlib.sha256(f"integration key\n{secret}".encode()).hexdigest()[
        :_KEY_CHARS
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedKeys:
    """The drafts with a ``key_digest`` in every integration that names a key."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def resolve_keys(
    drafts: Sequence[Draft], reveal: Callable[[str], bytes | None]
) -> ResolvedKeys:
    """Replace references to keys by digests of what they lead to here and now.

    Args:
        drafts: Of every kind; only integrations change.
        reveal: Returns the secret behind ``env:NAME`` or ``file:PATH``, or none.
    """
    resolved: list[Draft] = []
    problems: list[Problem] = []
    for draft in drafts:
        key = draft.body.get("key")
        if draft.kind != "integration" or not isinstance(key, str):
            resolved.append(draft)
            continue
        digest, wrong = _digest(draft, key, reveal)
        problems.extend(wrong)
        resolved.append(draft.with_field("key_digest", digest) if digest else draft)
    return ResolvedKeys(drafts=tuple(resolved), problems=tuple(problems))


def _digest(
    draft: Draft, key: str, reveal: Callable[[str], bytes | None]
) -> tuple[str | None, list[Problem]]:
    kind, _, rest = key.partition(":")
    if kind == "sha256":
        return rest, []
    secret = (reveal(key) or b"").strip()
    if not secret:
        remedy = "set it where the server runs, or leave key out and issue one"
        return None, [error(draft, "key", f"{key} is not there or empty", remedy)]
    if len(secret) < _KEY_BYTES_MIN:
        message = f"{key} is shorter than {_KEY_BYTES_MIN} characters"
        return None, [error(draft, "key", message, "use a longer, random key")]
    return key_digest(secret), []
