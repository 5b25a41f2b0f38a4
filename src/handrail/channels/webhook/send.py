"""Calling a webhook, and what its answer means."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from standardwebhooks import Webhook
from typing_extensions import override

from handrail.channels.webhook.render import hops, render
from handrail.core import limits
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel, Message
from handrail.ports.http_client import (
    HttpAnswer,
    HttpClient,
    HttpNotSentError,
    HttpUnknownError,
)
from handrail.ports.vault import Vault

SECRET_BYTES_MIN = 16
_PREFIX = "whsec_"
_RETRY_AFTER_MAX = timedelta(hours=24)
_FOR_NOW = frozenset({408, 425, 429})
_SUCCESS, _REDIRECTION = 2, 3
_SERVER_FAULT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """How webhooks are called.

    Attributes:
        timeout_seconds: One attempt; somewhat less than ``limits.SEND_TIMEOUT``, so
            that how far it came is still told.
    """

    timeout_seconds: float = limits.SEND_TIMEOUT.total_seconds() - 1


class WebhookChannel(Channel):
    """Signed POSTs; the same ``webhook-id`` for every attempt at the same content."""

    kind = ChannelKind.WEBHOOK

    def __init__(
        self, settings: WebhookSettings, *, http: HttpClient, vault: Vault
    ) -> None:
        self._settings = settings
        self._http = http
        self._vault = vault

    @override
    async def send(self, message: Message) -> Outcome:
        body = render(message)
        try:
            headers = self._headers(message, body)
        except ValueError as error:
            # A receiver that verifies would refuse an unsigned call, and one that
            # does not would learn to: the next contact method is surer than either.
            return Permanent(reason=str(error), scope=Scope.METHOD)
        try:
            answer = await self._http.post(
                message.address,
                body=body,
                headers=headers,
                timeout_seconds=self._settings.timeout_seconds,
            )
        except HttpNotSentError as error:
            if error.permanent:
                return Permanent(reason=error.reason, scope=Scope.METHOD)
            return Retryable(reason=error.reason)
        except HttpUnknownError as error:
            return Unknown(reason=error.reason)
        return meaning(answer, now=message.sent_at)

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "handrail-hops": str(hops(message)),
            "webhook-id": message.idempotency_key,
            "webhook-timestamp": str(int(message.sent_at.timestamp())),
        }
        if not message.secret:
            return headers
        found = self._vault.secret(message.secret)
        if found is None:
            msg = f"the signing secret {message.secret} is not there on this server"
            raise ValueError(msg)
        text = body.decode("ascii")
        signatures = [
            Webhook(key).sign(message.idempotency_key, message.sent_at, text)
            for key in signing_keys(found, place=message.secret)
        ]
        return headers | {"webhook-signature": " ".join(signatures)}


def signing_keys(secret: bytes, *, place: str) -> list[bytes]:
    """Return the keys of one secret, or of several with white space between them.

    Two live secrets let a receiver change over without losing a call.

    Args:
        secret: ``whsec_`` and base64, or base64 alone.
        place: Where it came from, for the message.

    Raises:
        ValueError: One is not of that form, or shorter than ``SECRET_BYTES_MIN``.
    """
    keys = [_key(word) for word in secret.decode("ascii", "replace").split()]
    if not keys or any(len(key) < SECRET_BYTES_MIN for key in keys):
        msg = (
            f"the signing secret {place} must be {_PREFIX} and the base64 of at least "
            f"{SECRET_BYTES_MIN} bytes"
        )
        raise ValueError(msg)
    return keys


def meaning(answer: HttpAnswer, *, now: datetime) -> Outcome:
    """Return what the receiver's answer means for the delivery.

    The body is not kept: it is the receiver's, and may hold what others must not see.
    """
    status = answer.status
    reason = f"the receiver answered {status}"
    if status // 100 == _SUCCESS:
        return Accepted(reference=str(status))
    if status // 100 == _REDIRECTION:
        reason += "; redirects are not followed, configure the final address"
        return Permanent(reason=reason, scope=Scope.METHOD)
    if status in _FOR_NOW or status >= _SERVER_FAULT:
        wish = retry_after(answer.headers.get("retry-after", ""), now=now)
        return Retryable(reason=reason, after=wish)
    return Permanent(reason=reason, scope=Scope.METHOD)


def retry_after(text: str, *, now: datetime) -> timedelta | None:
    """Return the wait of a ``Retry-After`` header (RFC 9110 §10.2.3), or none.

    Seconds or an HTTP date; never negative, at most a day.
    """
    words = text.strip()
    if words.isascii() and words.isdigit():
        wait = timedelta(seconds=min(int(words[:9]), 86_400))
        return min(wait, _RETRY_AFTER_MAX)
    try:
        at = parsedate_to_datetime(words)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), _RETRY_AFTER_MAX)


def _key(word: str) -> bytes:
    text = word.removeprefix(_PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""
