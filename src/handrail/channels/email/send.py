"""Handing a mail to the SMTP server, and what its answer means.

What the operator can mend (the connection, the credentials, the certificate) is
retryable: the ladder goes on to the next contact method after two failures anyway,
and the mail still arrives once it is mended. Only what condemns this recipient or
this mail is permanent.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.errors import MessageError
from email.message import EmailMessage
from enum import StrEnum, unique

import aiosmtplib
from typing_extensions import override

from handrail.channels.email.letter import Letter, letter_mail
from handrail.channels.email.render import Sender, render
from handrail.core import limits
from handrail.core.paging import wording
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

_REASON_CHARS_MAX = 300
_QUIT_SECONDS = 0.5
_PERMANENT = 500
_OUR_CREDENTIALS = frozenset({530, 534, 535, 538})
"""RFC 4954: authentication is required, too weak, refused, or needs encryption."""
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@unique
class TlsMode(StrEnum):
    """How the connection is protected.

    ``starttls`` refuses a server that does not offer it; ``tls`` is TLS from the
    first byte (port 465); ``none`` is for a relay on the same machine.
    """

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """Where mail is handed over, and from whom it comes.

    Attributes:
        password: The value itself; bootstrap reads it from its reference.
        ca_file: Certificates to trust instead of the system's, or "".
        is_verified: Whether the server's certificate and name are checked.
        timeout_seconds: One attempt, from connecting to the server's answer; somewhat
            less than ``limits.SEND_TIMEOUT``, so that how far it came is still told.
    """

    host: str
    port: int
    sender: str
    sender_name: str = "Handrail"
    tls: TlsMode = TlsMode.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    is_verified: bool = True
    timeout_seconds: float = limits.SEND_TIMEOUT.total_seconds() - 1.5


@unique
class Phase(StrEnum):
    """How far the handing over had come."""

    CONNECTING = "connecting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


_BEFORE_RECIPIENT = frozenset({Phase.CONNECTING, Phase.LOGIN, Phase.SENDER})


@dataclass(slots=True)
class _Progress:
    phase: Phase = Phase.CONNECTING


class EmailChannel(Channel):
    """Mail by SMTP; one connection per mail, so a stale one cannot lose a page."""

    kind = ChannelKind.EMAIL

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._sender = Sender(address=settings.sender, name=settings.sender_name)
        self._context: ssl.SSLContext | None = None

    @override
    async def send(self, message: Message) -> Outcome:
        return await self._write(
            message.address,
            lambda to: render(replace(message, address=to), sender=self._sender),
        )

    async def send_letter(self, letter: Letter) -> Outcome:
        """Try once to send a mail that is about no page; never raises either."""
        return await self._write(
            letter.to,
            lambda to: letter_mail(replace(letter, to=to), sender=self._sender),
        )

    async def _write(
        self, address: str, mail_to: Callable[[str], EmailMessage]
    ) -> Outcome:
        try:
            recipient = plain_address(address)
            content = mail_to(recipient).as_bytes()
        except (MessageError, *wording.RENDER_FAULTS) as error:
            # Everything a sender writes is cleaned; what is left is the address.
            return Permanent(
                reason=f"no mail can be written to this address: {_words(error)}",
                scope=Scope.METHOD,
            )
        return await self._deliver(recipient, content)

    async def _deliver(self, recipient: str, content: bytes) -> Outcome:
        progress = _Progress()
        try:
            client = self._client()
        except OSError as error:
            return Retryable(reason=f"the CA file cannot be read: {_words(error)}")
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await self._hand_over(client, recipient, content, progress)
        except aiosmtplib.SMTPResponseException as error:
            return refusal(error.code, error.message, phase=progress.phase)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _broken_off(error, phase=progress.phase)
        finally:
            await _leave(client)

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=self._sender.domain,
            timeout=settings.timeout_seconds,
            use_tls=settings.tls is TlsMode.TLS,
            start_tls=settings.tls is TlsMode.STARTTLS,
            tls_context=self._tls_context(),
        )

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._settings.tls is TlsMode.NONE:
            return None
        if self._context is None:
            context = ssl.create_default_context(cafile=self._settings.ca_file or None)
            if not self._settings.is_verified:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._context = context
        return self._context

    async def _hand_over(
        self,
        client: aiosmtplib.SMTP,
        recipient: str,
        content: bytes,
        progress: _Progress,
    ) -> Outcome:
        await client.connect()
        if self._settings.username:
            progress.phase = Phase.LOGIN
            await self._log_in(client)
        progress.phase = Phase.SENDER
        await client.mail(self._settings.sender)
        progress.phase = Phase.RECIPIENT
        await client.rcpt(recipient)
        progress.phase = Phase.CONTENT
        answer = await client.data(content)
        return Accepted(
            reference=wording.one_line(answer.message, limit=_REASON_CHARS_MAX)
        )

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        # One method and one try: a client that tries every method locks accounts
        # and waits out a server's penalty several times.
        name, password = self._settings.username, self._settings.password
        await client.ehlo()
        offered = client.supported_auth_methods
        if "plain" in offered and self._settings.tls is not TlsMode.NONE:
            await client.auth_plain(name, password)
        elif "cram-md5" in offered:
            await client.auth_crammd5(name, password)
        elif "login" in offered and "plain" not in offered:
            await client.auth_login(name, password)
        else:
            await client.auth_plain(name, password)


def plain_address(address: str) -> str:
    """Return the address as SMTP takes it: ASCII, the domain in its IDNA form.

    Raises:
        ValueError: It is no address, or its local part needs SMTPUTF8.
    """
    local, at, domain = address.strip().rpartition("@")
    ascii_domain = domain.encode("idna").decode("ascii") if domain else ""
    if not at or not _LOCAL_PART.fullmatch(local):
        msg = "the part before the @ must be letters, digits and .!#$%&'*+/=?^_`{|}~-"
        raise ValueError(msg)
    if not _DOMAIN.fullmatch(ascii_domain):
        msg = "the part after the @ is no domain name"
        raise ValueError(msg)
    return f"{local}@{ascii_domain}"


def refusal(code: int, text: str, *, phase: Phase) -> Outcome:
    """Return what a refusing answer of the server means at this point.

    Args:
        code: The SMTP reply code (RFC 5321 §4.2): 4xx for now, 5xx for good.
        text: The server's words, kept in the reason.
        phase: What was refused.
    """
    words = wording.one_line(text, limit=_REASON_CHARS_MAX)
    reason = f"the mail server answered {code} ({phase}): {words}"
    if code in _OUR_CREDENTIALS:
        return Retryable(reason=f"Handrail's own mail credentials fail; {reason}")
    if code < _PERMANENT or phase in _BEFORE_RECIPIENT:
        return Retryable(reason=reason)
    scope = Scope.METHOD if phase is Phase.RECIPIENT else Scope.MESSAGE
    return Permanent(reason=reason, scope=scope)


def _broken_off(error: Exception, *, phase: Phase) -> Outcome:
    reason = f"no answer from the mail server ({phase}): {_words(error)}"
    if phase is Phase.CONTENT:
        return Unknown(reason=reason)
    return Retryable(reason=reason)


def _words(error: Exception) -> str:
    said = wording.one_line(str(error), limit=_REASON_CHARS_MAX)
    return said or type(error).__name__


async def _leave(client: aiosmtplib.SMTP) -> None:
    # The outcome is known; a server that does not answer QUIT changes nothing.
    with suppress(aiosmtplib.SMTPException, OSError):
        if client.is_connected:
            async with asyncio.timeout(_QUIT_SECONDS):
                await client.quit()
    client.close()
