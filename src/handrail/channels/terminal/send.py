"""Writing a page to the terminal the server runs on."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TextIO

from typing_extensions import override

from handrail.channels.terminal.render import render
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
)
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSettings:
    """Where pages are written.

    Attributes:
        stream: Usually standard output.
        is_plain: The operator wants no colours (``NO_COLOR``).
    """

    stream: TextIO
    is_plain: bool = False


class TerminalChannel(Channel):
    """Pages on a text stream, one at a time and each at once whole."""

    kind = ChannelKind.TERMINAL

    def __init__(self, settings: TerminalSettings) -> None:
        self._stream = settings.stream
        self._is_plain = settings.is_plain
        # A stopped terminal blocks its writer: one thread of its own, so that pages
        # do not mix and no other channel waits.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="handrail-terminal")

    @override
    async def send(self, message: Message) -> Outcome:
        try:
            is_terminal = self._stream.isatty()
            is_coloured = is_terminal and not self._is_plain
            text = render(message, is_coloured=is_coloured, rings=is_terminal)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writer, self._write, text)
        except ValueError as error:
            return Permanent(
                reason=f"the terminal is closed: {error}", scope=Scope.PROVIDER
            )
        except OSError as error:
            return Retryable(reason=f"the terminal cannot be written: {error}")
        return Accepted()

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or sys.getdefaultencoding()
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()
