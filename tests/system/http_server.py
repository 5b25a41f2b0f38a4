"""A loopback HTTP server that says what it is told to, and keeps what it got."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from handrail.system.address_guard import AddressGuard

PUBLIC = AddressGuard(networks=(ip_network("127.0.0.9/32"),))
"""127.0.0.9 stands for a public address, every other loopback one for a private."""


@dataclass
class Call:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


Answer = Callable[[Server, asyncio.StreamWriter], Awaitable[None]]


def saying(text: str) -> Answer:
    async def answer(_server: Server, writer: asyncio.StreamWriter) -> None:
        writer.write(text.replace("\n", "\r\n").encode())
        await writer.drain()

    return answer


OK = saying("HTTP/1.1 200 OK\ncontent-length: 2\n\nok")


@asynccontextmanager
async def serving(
    answer: Answer = OK, *, host: str = "127.0.0.9", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    state = Server()

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        state.connections += 1
        try:
            state.calls.append(await _read(reader))
            await answer(state, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, host, 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        state.is_over.set()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in head[1:] if line]
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(line=head[0], headers=headers, body=body)


class FlippingResolver(AbstractResolver):
    """Answers with the next of its lists each time, as a rebinding name server does."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = answers
        self.asked = 0

    @override
    async def resolve(
        self, host: str, port: int = 0, family: int = 0
    ) -> list[ResolveResult]:
        found = self._answers[self.asked % len(self._answers)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host, host=one, port=port, family=2, proto=6, flags=0
            )
            for one in found
        ]

    @override
    async def close(self) -> None:
        pass
