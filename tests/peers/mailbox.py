"""A real SMTP server on loopback that keeps what it is given."""

import email
import email.policy
import re
import socket
import threading
import time
from asyncio import AbstractServer
from collections.abc import Awaitable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

_LINK = re.compile(r"https?://\S+/a/\S+")


class _OnAnyPort(Controller):
    """Listens on a free port; the library's own would connect to port 0."""

    @override
    def _create_server(self) -> Awaitable[AbstractServer]:
        listener = socket.create_server((self.hostname, 0))
        self.port = listener.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listener)


@dataclass(slots=True)
class Mailbox:
    """Collects messages; ``wait_for`` tells when one for an address is there."""

    messages: list[EmailMessage] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _controller: _OnAnyPort = field(init=False)

    def __enter__(self) -> Self:
        self._controller = _OnAnyPort(self, hostname="127.0.0.1")
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
        port: int = self._controller.port
        return port

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def to(self, address: str, *, saying: str = "") -> list[EmailMessage]:
        """Return what came for them whose subject or text says so."""
        return [
            mail
            for mail in self.messages
            if address in str(mail["To"])
            and saying in f"{mail['Subject']}\n{plain_text(mail)}"
        ]

    def wait_for(
        self, address: str, *, saying: str = "", seconds: float = 20.0
    ) -> EmailMessage:
        give_up_at = time.monotonic() + seconds
        with self._arrived:
            while not self.to(address, saying=saying):
                left = give_up_at - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    subjects = [str(m["Subject"]) for m in self.messages]
                    msg = f"no mail for {address} in {seconds} s; there is {subjects}"
                    raise AssertionError(msg)
            return self.to(address, saying=saying)[0]


def plain_text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


def ack_link(message: EmailMessage) -> str:
    """Return the acknowledge link of a page's mail, as a reader would copy it."""
    found = _LINK.search(plain_text(message))
    assert found, plain_text(message)
    return found[0]
