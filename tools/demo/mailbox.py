"""A real SMTP server on loopback; what it takes can be waited for and read."""

import email
import email.policy
import re
import socket
import threading
import time
from asyncio import AbstractServer
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tools.demo.waiting import MissedError
from typing_extensions import override

_LOOK_EVERY_SECONDS = 0.25
_LINK = re.compile(r"https?://\S+/(?:a|sign-in)/\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail.

    Attributes:
        at: When it came, on the monotonic clock, in seconds.
    """

    to: str
    subject: str
    text: str
    at: float

    @property
    def link(self) -> str:
        """Return the link that acts: to acknowledge, or to sign in.

        Raises:
            MissedError: There is none.
        """
        found = _LINK.search(self.text)
        if found is None:
            awaited = f"a link in {self.subject!r}"
            raise MissedError(awaited, detail=self.text)
        return found[0]


class _OnAnyPort(Controller):
    """Listens on a free port; the library's own would connect to port 0."""

    @override
    def _create_server(self) -> Awaitable[AbstractServer]:
        listener = socket.create_server((self.hostname, 0))
        self.port = listener.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listener)


class Mailbox:
    """Keeps what comes; each letter is read once.

    Attributes:
        letters: All that came, the oldest first.
        check: Raises when waiting for another is in vain.
    """

    def __init__(self) -> None:
        self.check: Callable[[], None] = lambda: None
        self.letters: list[Letter] = []
        self._unread: list[Letter] = []
        self._arrived = threading.Condition()
        self._controller = _OnAnyPort(self, hostname="127.0.0.1")

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Return where it listens."""
        port: int = self._controller.port
        return port

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a mail over."""
        at = time.monotonic()
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        letter = Letter(
            to=", ".join(envelope.rcpt_tos),
            subject=str(message["Subject"]),
            text=body.get_content() if body else "",
            at=at,
        )
        with self._arrived:
            self.letters.append(letter)
            self._unread.append(letter)
            self._arrived.notify_all()
        return "250 OK"

    def read(self, address: str, *, about: str, seconds: float = 20.0) -> Letter:
        """Return the next letter to this address with these words in its subject.

        Raises:
            MissedError: None came within that time.
        """
        give_up_at = time.monotonic() + seconds

        def find() -> Letter | None:
            for letter in self._unread:
                if (
                    address in letter.to
                    and about.casefold() in letter.subject.casefold()
                ):
                    return letter
            return None

        with self._arrived:
            while (found := find()) is None:
                left = give_up_at - time.monotonic()
                if left <= 0:
                    break
                self._arrived.wait(min(left, _LOOK_EVERY_SECONDS))
                self.check()
            if found is not None:
                self._unread.remove(found)
                return found
            there = "".join(f"\n  {one.to}: {one.subject}" for one in self._unread)
        awaited = f"an e-mail to {address} about {about!r}"
        detail = f"None came in {seconds:g} s. Unread: {there or 'nothing'}"
        raise MissedError(awaited, detail=detail)
