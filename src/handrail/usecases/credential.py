"""Credentials: how tokens are spelled, and the digest that is kept of them."""

import hashlib
import re
import zlib

TOKEN_PREFIX = "hr_pat_"  # noqa: S105 - the public prefix, for secret scanners
_TOKEN = re.compile(r"hr_pat_([0-9a-f]{32})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})")


def digest(credential: str) -> str:
    """Return the SHA-256 hex under which a token, session or link is kept."""
    return hashlib.sha256(credential.encode()).hexdigest()


def spell_token(token_id: str, secret: str) -> str:
    """Return ``hr_pat_<id>_<secret>_<crc32>``.

    The checksum lets scanners, and us, tell a mistyped token from a forged one
    without a look into the database.
    """
    body = f"{TOKEN_PREFIX}{token_id}_{secret}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def is_token(text: str) -> bool:
    """Return whether the text is spelled like a token and its checksum is right."""
    match = _TOKEN.fullmatch(text)
    if match is None:
        return False
    token_id, secret, _ = match.groups()
    return spell_token(token_id, secret) == text


def cookie_name(base_url: str) -> str:
    """Return the session cookie's name for an installation at this address.

    Browsers keep ``__Host-`` cookies only over TLS, bound to one host and path.
    """
    is_https = base_url.startswith("https://")
    return "__Host-handrail_session" if is_https else "handrail_session"
