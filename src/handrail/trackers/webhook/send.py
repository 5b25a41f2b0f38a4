"""Calling a tracker's webhook, and what its answer means.

Signed as the webhook channel signs (Standard Webhooks); the same ``webhook-id`` for
every attempt at the same ticket, so that a receiver opens it once.
"""

import base64
import binascii
from datetime import datetime, timedelta

from standardwebhooks import Webhook
from typing_extensions import override

from handrail.core import limits
from handrail.core.backlog.ticket import TrackerOutcome
from handrail.core.paging.outcome import Permanent, Retryable, Scope, Unknown
from handrail.ports.http_client import (
    HttpAnswer,
    HttpClient,
    HttpNotSentError,
    HttpUnknownError,
)
from handrail.ports.tracker import TicketOrder, Tracker
from handrail.ports.vault import Vault
from handrail.trackers.webhook.render import render, taken

SECRET_BYTES_MIN = 16
TIMEOUT_SECONDS = limits.SEND_TIMEOUT.total_seconds() - 1
"""Somewhat less than one attempt has, so that how far it came is still told."""
_PREFIX = "whsec_"
_RETRY_AFTER_SECONDS_MAX = 86_400
_FOR_NOW = frozenset({408, 425, 429})
_SUCCESS, _REDIRECTION = 2, 3
_SERVER_FAULT = 500


class WebhookTracker(Tracker):
    """Signed POSTs."""

    def __init__(self, *, http: HttpClient, vault: Vault) -> None:
        self._http = http
        self._vault = vault

    @override
    async def open(self, order: TicketOrder) -> TrackerOutcome:
        body = render(order)
        try:
            headers = self._headers(order, body)
        except ValueError as error:
            return Permanent(reason=str(error), scope=Scope.METHOD)
        try:
            answer = await self._http.post(
                order.address,
                body=body,
                headers=headers,
                timeout_seconds=TIMEOUT_SECONDS,
            )
        except HttpNotSentError as error:
            if error.permanent:
                return Permanent(reason=error.reason, scope=Scope.METHOD)
            return Retryable(reason=error.reason)
        except HttpUnknownError as error:
            return Unknown(reason=error.reason)
        return meaning(answer)

    def _headers(self, order: TicketOrder, body: bytes) -> dict[str, str]:
        key = order.ticket.idempotency_key
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(order.sent_at.timestamp())),
        }
        if not order.secret:
            return headers
        found = self._vault.secret(order.secret)
        if found is None:
            msg = f"the signing secret {order.secret} is not there on this server"
            raise ValueError(msg)
        signatures = _signatures(
            found, key=key, at=order.sent_at, body=body, place=order.secret
        )
        return headers | {"webhook-signature": signatures}


def _signatures(
    secret: bytes, *, key: str, at: datetime, body: bytes, place: str
) -> str:
    """Return the signatures by one secret, or several with white space between them.

    Raises:
        ValueError: One is not ``whsec_`` and base64, or too short.
    """
    keys = [_decoded(word) for word in secret.decode("ascii", "replace").split()]
    if not keys or any(len(one) < SECRET_BYTES_MIN for one in keys):
        msg = (
            f"the signing secret {place} must be {_PREFIX} and the base64 of at least "
            f"{SECRET_BYTES_MIN} bytes"
        )
        raise ValueError(msg)
    text = body.decode("ascii")
    return " ".join(Webhook(one).sign(key, at, text) for one in keys)


def _decoded(word: str) -> bytes:
    text = word.removeprefix(_PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def meaning(answer: HttpAnswer) -> TrackerOutcome:
    """Return what the tracker's answer means for the ticket."""
    status = answer.status
    reason = f"the tracker answered {status}"
    if status // 100 == _SUCCESS:
        return taken(answer.body)
    if status // 100 == _REDIRECTION:
        reason += "; redirects are not followed, configure the final address"
        return Permanent(reason=reason, scope=Scope.METHOD)
    if status in _FOR_NOW or status >= _SERVER_FAULT:
        wish = _wish(answer.headers.get("retry-after", ""))
        return Retryable(reason=reason, after=wish)
    return Permanent(reason=reason, scope=Scope.METHOD)


def _wish(text: str) -> timedelta | None:
    """Return the seconds of a ``Retry-After`` header, at most a day; a date is none."""
    words = text.strip()
    if not (words.isascii() and words.isdigit()):
        return None
    return timedelta(seconds=min(int(words[:9]), _RETRY_AFTER_SECONDS_MAX))
