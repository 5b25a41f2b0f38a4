"""Many streams, one reader: what an incident gains reaches everybody who watches."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.api.site import Site, site

WITHIN_SECONDS = 20.0


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, is_live=True) as made:
        made.store.on_commit(made.deps.hub.wake)
        declared = made.post("/api/v1/incidents", {"title": "It broke"}, "ben")
        assert declared.status == 201
        yield made


@dataclass
class Reader:
    """One client of a stream.

    Attributes:
        arrived: Set whenever something came.
        over: The server ended the stream.
        gone: There is nobody to send to any more.
    """

    status: int = 0
    text: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def numbers(self) -> list[int]:
        lines = self.text.splitlines()
        return [int(line[4:]) for line in lines if line.startswith("id: ")]

    @property
    def entries(self) -> list[Any]:
        lines = self.text.splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]

    async def until(self, number: int) -> None:
        async with asyncio.timeout(WITHIN_SECONDS):
            while number not in self.numbers:
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def reading(
    home: Site, headers: dict[str, str], query: str = ""
) -> AsyncIterator[Reader]:
    """Read a stream over ASGI until the block ends."""
    reader = Reader()
    sent = {"host": "handrail.test", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": "/api/v1/incidents/INC-1/stream",
        "raw_path": b"/api/v1/incidents/INC-1/stream",
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(n.lower().encode(), v.encode()) for n, v in sent.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("handrail.test", 80),
        "state": {},
    }
    asked: list[bool] = []

    async def receive() -> dict[str, Any]:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await reader.gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        reader.status = message.get("status", reader.status)
        reader.text += message.get("body", b"").decode()
        reader.arrived.set()
        if not message.get("more_body", True):
            reader.over.set()
            reader.gone.set()

    asgi: Any = home.app.asgi
    task = asyncio.create_task(asgi(scope, receive, send))
    try:
        yield reader
    finally:
        reader.gone.set()
        async with asyncio.timeout(WITHIN_SECONDS):
            await task


async def _note(home: Site, headers: dict[str, str], text: str) -> None:
    body = json.dumps({"text": text}).encode()
    json_headers = {**headers, "content-type": "application/json"}
    answer = await asyncio.to_thread(
        home.ask,
        "POST",
        "/api/v1/incidents/INC-1/notes",
        headers=json_headers,
        body=body,
    )
    assert answer.status == 201


def test_fifty_readers_get_every_entry_once_and_in_order(live: Site) -> None:
    headers = live.as_("ben")

    async def watch() -> list[Reader]:
        async with asyncio.TaskGroup() as group, _many(live, headers, 50) as readers:
            await asyncio.gather(*(reader.until(2) for reader in readers))
            for text in ("one", "two", "three"):
                group.create_task(_note(live, headers, text))
            await asyncio.gather(*(reader.until(5) for reader in readers))
            assert live.deps.hub.watchers == 50
        assert live.deps.hub.watchers == 0
        return readers

    readers = asyncio.run(watch())

    assert {tuple(reader.numbers) for reader in readers} == {(1, 2, 3, 4, 5)}
    words = {entry["words"] for entry in readers[0].entries}
    assert {"one", "two", "three"} <= words


@asynccontextmanager
async def _many(
    home: Site, headers: dict[str, str], count: int
) -> AsyncIterator[list[Reader]]:
    if count == 0:
        yield []
        return
    async with reading(home, headers) as first, _many(home, headers, count - 1) as rest:
        yield [first, *rest]


def test_a_reader_that_comes_back_gets_what_it_missed(live: Site) -> None:
    headers = live.as_("ben")

    async def watch() -> tuple[Reader, Reader]:
        async with reading(live, headers) as before:
            await before.until(2)
        await _note(live, headers, "while nobody looked")
        again = {**headers, "last-event-id": "2"}
        async with reading(live, again, "after=0") as after:
            await after.until(3)
        return before, after

    before, after = asyncio.run(watch())

    assert before.numbers == [1, 2]
    assert after.numbers == [3]


def test_a_commit_whose_wake_up_was_lost_is_seen_soon(live: Site) -> None:
    headers = live.as_("ben")

    async def watch() -> Reader:
        live.deps.hub.wake = lambda: None  # type: ignore[method-assign]  # lost
        async with reading(live, headers, "after=2") as reader:
            await _note(live, headers, "from another node")
            await reader.until(3)
        return reader

    assert asyncio.run(watch()).numbers == [3]


def test_closing_the_hub_ends_every_stream(live: Site) -> None:
    headers = live.as_("ben")

    async def watch() -> list[Reader]:
        async with _many(live, headers, 5) as readers:
            await asyncio.gather(*(reader.until(2) for reader in readers))
            live.deps.hub.close()
            async with asyncio.timeout(WITHIN_SECONDS):
                await asyncio.gather(*(reader.over.wait() for reader in readers))
        return readers

    readers = asyncio.run(watch())

    assert [reader.numbers for reader in readers] == [[1, 2]] * 5
