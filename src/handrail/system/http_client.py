"""HTTP out: hard deadline, size cap, no redirects, no proxies, guarded addresses."""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override
from yarl import URL

from handrail.ports.http_client import (
    HttpAnswer,
    HttpClient,
    HttpNotSentError,
    HttpRequester,
    HttpUnknownError,
)
from handrail.system.address_guard import AddressGuard

ANSWER_BYTES_MAX = 64 * 1024
URL_CHARS_MAX = 2048

_NO_URL = "this is no URL"
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?")
"""Hosts that some resolver reads as a number: decimal, octal and hex IPv4 forms."""


class _RefusedAddressError(OSError):
    """The guard said no."""


@dataclass(slots=True)
class _Sending:
    """How far one request came."""

    has_begun: bool = False


class _GuardedResolver(AbstractResolver):
    """Refuses a name as soon as one of its addresses may not be called."""

    def __init__(self, inner: AbstractResolver, guard: AddressGuard) -> None:
        self._inner = inner
        self._guard = guard

    @override
    async def resolve(
        self, host: str, port: int = 0, family: Any = 0
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            reason = self._guard.refusal(one["host"], port)
            if reason is not None:
                msg = f"{host}: {reason}"
                raise _RefusedAddressError(msg)
        return found

    @override
    async def close(self) -> None:
        await self._inner.close()


class _GuardedConnector(aiohttp.TCPConnector):
    """Looks at the peer that was really connected, before a byte is written to it."""

    def __init__(
        self,
        resolver: AbstractResolver,
        guard: AddressGuard,
        tls: ssl.SSLContext | None,
    ) -> None:
        # A connection of its own for every request: a kept one that the server has
        # just closed would leave unknown whether the page arrived.
        super().__init__(
            resolver=_GuardedResolver(resolver, guard),
            use_dns_cache=False,
            force_close=True,
            limit=0,
            ssl=tls or True,
        )
        self._guard = guard

    @override
    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,
    ) -> Any:
        connection = await super().connect(req, traces, timeout)
        transport = connection.transport
        peer = transport.get_extra_info("peername") if transport else None
        if peer is None:
            connection.close()
            msg = "the connection was lost at once"
            raise ConnectionResetError(msg)
        reason = self._guard.refusal(peer[0], peer[1])
        if reason is not None:
            connection.close()
            raise _RefusedAddressError(reason)
        return connection


class AiohttpClient(HttpClient, HttpRequester):
    """The port over aiohttp; one session, made on the loop that first sends."""

    def __init__(
        self,
        *,
        guard: AddressGuard,
        user_agent: str,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the rules.

        Args:
            guard: Which addresses and ports may be called.
            user_agent: What we call ourselves.
            resolver: Instead of the system's.
            tls: Instead of the system's certificates.
        """
        self._guard = guard
        self._user_agent = user_agent
        self._resolver = resolver
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    @override
    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> HttpAnswer:
        return await self.request(
            "POST", url, body=body, headers=headers, timeout_seconds=timeout_seconds
        )

    @override
    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> HttpAnswer:
        target = self._checked(url)
        sending = _Sending()
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._exchange(method, target, body, headers, sending)
        except TimeoutError as error:
            reason = f"{target.host} gave no whole answer in {timeout_seconds:g} s"
            raise _failed(reason, sending) from error
        except aiohttp.ClientConnectorCertificateError as error:
            words = f"the certificate of {target.host} is refused: "
            words += str(error.certificate_error)
            raise HttpNotSentError(words, permanent=True) from error
        except (aiohttp.ClientError, OSError) as error:
            # aiohttp wraps what its resolver and its connector raise.
            cause = getattr(error, "os_error", None) or error.__cause__ or error
            if isinstance(cause, _RefusedAddressError):
                raise HttpNotSentError(str(cause), permanent=True) from error
            raise _failed(_words(target, cause), sending) from error
        except ValueError as error:
            words = f"the request cannot be written: {type(error).__name__}"
            raise HttpNotSentError(words, permanent=True) from error

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self,
        method: str,
        url: URL,
        body: bytes,
        headers: Mapping[str, str],
        sending: _Sending,
    ) -> HttpAnswer:
        session = self._opened()
        async with session.request(
            method,
            url,
            data=body,
            headers={"User-Agent": self._user_agent, **headers},
            allow_redirects=False,
            trace_request_ctx=sending,
        ) as answer:
            return HttpAnswer(
                status=answer.status,
                headers={name.lower(): text for name, text in answer.headers.items()},
                body=await _capped(answer.content),
            )

    def _checked(self, url: str) -> URL:
        """Return the parsed URL, refusing what must not even be resolved."""
        try:
            target = URL(url)
            reason = _fault(target, length=len(url)) or self._literal_refusal(target)
        except ValueError as error:
            raise HttpNotSentError(_NO_URL, permanent=True) from error
        if reason is not None:
            raise HttpNotSentError(reason, permanent=True)
        return target

    def _literal_refusal(self, url: URL) -> str | None:
        host, port = url.host or "", url.port or 0
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if _NUMERIC_HOST.fullmatch(host):
                return f"{host} is no address in the usual form"
            return None
        return self._guard.refusal(host, port)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_begun)
            connector = _GuardedConnector(
                self._resolver or aiohttp.ThreadedResolver(), self._guard, self._tls
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None),
                trace_configs=[trace],
            )
        return self._session


def _fault(url: URL, *, length: int) -> str | None:
    if length > URL_CHARS_MAX or url.scheme not in {"http", "https"}:
        return f"only http and https URLs of at most {URL_CHARS_MAX} characters work"
    if not url.host or not url.port:
        return "the URL names no host"
    return None


async def _note_begun(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    context.trace_request_ctx.has_begun = True


async def _capped(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < ANSWER_BYTES_MAX:
        piece = await content.read(ANSWER_BYTES_MAX - len(body))
        if not piece:
            break
        body += piece
    return bytes(body)


def _failed(reason: str, sending: _Sending) -> HttpNotSentError | HttpUnknownError:
    if sending.has_begun:
        return HttpUnknownError(reason)
    return HttpNotSentError(reason, permanent=False)


def _words(url: URL, error: BaseException) -> str:
    # Never the URL itself: its path and query often hold the receiver's secret.
    said = getattr(error, "strerror", None) or type(error).__name__
    return f"{url.host}: {said}"
