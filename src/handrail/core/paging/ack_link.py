"""The links in messages: what each grants, to whom and until when.

A token is ``signature~expiry~action~user~page~delivery``: parts of characters that
need no escaping in a URL, ending in one that mail programs keep when they find links.
A page is one run of a policy, so binding to its id binds to that run. The delivery
says over which contact method the link came; it may be missing. The link of a test
message is ``signature~expiry~v~user~delivery``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import DeliveryId, PageId, Slug
from handrail.core.instants import from_micros, to_micros

PURPOSE = "ack-link"
"""What the vault signs and verifies these tokens for."""
PATH = "/a/"
"""A link is the base URL, this, and the token."""
TOKEN_CHARS_MAX = 512
"""Nothing longer is looked at."""

_MICROS = 1_000_000
_PARTS = re.compile(
    r"(?P<signature>[A-Za-z0-9_-]{1,128})"
    r"~(?P<expiry>[0-9a-f]{1,9})"
    r"~(?:"
    r"(?P<action>a)"
    r"~(?P<user>[a-z0-9._-]*)"
    r"~(?P<page>[0-9A-Za-z-]{1,64})"
    r"(?:~(?P<delivery>[0-9A-Za-z-]{1,64}))?"
    r"|"
    r"v~(?P<tested>[a-z0-9._-]+)"
    r"~(?P<test>[0-9A-Za-z-]{1,64})"
    r")"
)


@unique
class AckAction(StrEnum):
    """What the holder may do; the value is what the token carries."""

    ACKNOWLEDGE = "a"


@unique
class Refusal(StrEnum):
    """Why a token grants nothing, in words for the person who holds it."""

    MALFORMED = "This link is not complete. Copy the whole of it from the message."
    FORGED = "This link was not made by this installation, or was changed on its way."
    EXPIRED = "This link has expired. Sign in to acknowledge the page."


@dataclass(frozen=True, slots=True, kw_only=True)
class AckGrant:
    """What a valid token allows.

    Attributes:
        user: Who was paged, or none where a channel of the organisation was.
        expires_at: From this instant on it grants nothing.
        delivery_id: The delivery that brought the link, or none where it is not said.
    """

    page_id: PageId
    user: Slug | None
    action: AckAction
    expires_at: datetime
    delivery_id: DeliveryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactGrant:
    """What a valid token of a test message allows: to say that it arrived.

    Attributes:
        delivery_id: The delivery that brought it.
        expires_at: From this instant on it grants nothing.
    """

    user: Slug
    delivery_id: DeliveryId
    expires_at: datetime


Grant = AckGrant | ContactGrant


def make(
    *,
    page_id: PageId,
    user: Slug | None,
    expires_at: datetime,
    sign: Callable[[bytes], str],
    action: AckAction = AckAction.ACKNOWLEDGE,
    delivery_id: DeliveryId | None = None,
) -> str:
    """Return the token.

    Args:
        page_id: The page it acts on.
        user: Who is paged, or none for a channel of the organisation.
        expires_at: Cut to the whole second.
        sign: Signs for ``PURPOSE``, in URL-safe characters.
        action: What the holder may do.
        delivery_id: The delivery that brings it, where that is known.
    """
    claims = f"{_expiry(expires_at)}~{action}~{user or ''}~{page_id}"
    if delivery_id is not None:
        claims += f"~{delivery_id}"
    return _signed(claims, sign)


def make_test(
    *,
    user: Slug,
    delivery_id: DeliveryId,
    expires_at: datetime,
    sign: Callable[[bytes], str],
) -> str:
    """Return the token of a test message; the arguments are as in ``make``."""
    return _signed(f"{_expiry(expires_at)}~v~{user}~{delivery_id}", sign)


def _expiry(expires_at: datetime) -> str:
    return f"{to_micros(expires_at) // _MICROS:x}"


def _signed(claims: str, sign: Callable[[bytes], str]) -> str:
    token = f"{sign(claims.encode())}~{claims}"
    assert _PARTS.fullmatch(token), f"cannot be written as a token: {claims!r}"
    return token


def read(
    token: str, *, now: datetime, verify: Callable[[bytes, str], bool]
) -> Grant | Refusal:
    """Return what the token grants at this instant, or why nothing.

    Args:
        token: What stood after ``PATH``; anything a stranger may send.
        now: This instant, UTC.
        verify: Checks a payload and its signature for ``PURPOSE``.
    """
    parts = _PARTS.fullmatch(token) if len(token) <= TOKEN_CHARS_MAX else None
    if parts is None:
        return Refusal.MALFORMED
    signature, _, claims = token.partition("~")
    if not verify(claims.encode(), signature):
        return Refusal.FORGED
    expires_at = from_micros(int(parts["expiry"], 16) * _MICROS)
    if now >= expires_at:
        return Refusal.EXPIRED
    if parts["test"]:
        return ContactGrant(
            user=Slug(parts["tested"]),
            delivery_id=DeliveryId(parts["test"]),
            expires_at=expires_at,
        )
    return AckGrant(
        page_id=PageId(parts["page"]),
        user=Slug(parts["user"]) if parts["user"] else None,
        action=AckAction(parts["action"]),
        expires_at=expires_at,
        delivery_id=DeliveryId(parts["delivery"]) if parts["delivery"] else None,
    )
