"""Calling out over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back: status, lower-cased header names, body cut at the size cap."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient(Protocol):
    """One request: hard deadline, size cap, no redirects, guarded addresses."""

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> HttpAnswer:
        """Send one POST.

        Raises:
            HttpNotSentError: Surely not sent (refused address, no connection).
            HttpUnknownError: Sent in part or whole, no complete answer.
        """
        ...


class HttpRequester(Protocol):
    """One request of any method; otherwise as the client's post."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> HttpAnswer:
        """Send one request.

        Raises:
            HttpNotSentError: Surely not sent (refused address, no connection).
            HttpUnknownError: Sent in part or whole, no complete answer.
        """
        ...


class HttpNotSentError(Exception):
    """The request surely never reached the server."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class HttpUnknownError(Exception):
    """The request may have arrived; no complete answer came."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
