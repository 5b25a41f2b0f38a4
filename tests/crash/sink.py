"""The provider outside: takes webhooks on loopback and remembers every one."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from typing_extensions import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One delivery in one message, as the person got it.

    Attributes:
        claimed_at: When it was claimed to be sent, as the message itself tells, cut to
            the millisecond. When it came says less: what a server sent may be read
            after its death, when the next one already lives.
        messages: How many deliveries travelled together.
    """

    key: str
    page: str
    delivery: str
    title: str
    claimed_at: datetime
    at: datetime
    monotonic: float
    messages: int


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    """More than any server has under way: a connection beyond it is dropped, and what
    it carried comes a second later, from a sender that may be dead by then."""


@dataclass(slots=True)
class Sink:
    """Answers 204 to everything."""

    arrivals: list[Arrival] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return where messages are sent to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, key: str, body: bytes) -> None:
        """Note one message."""
        now, monotonic = datetime.now(UTC), time.monotonic()
        told = json.loads(body)
        items = told["data"]["items"]
        claimed_at = datetime.fromisoformat(told["timestamp"])
        with self.changed:
            self.arrivals.extend(
                Arrival(
                    key=key,
                    page=item["page_id"],
                    delivery=item["delivery_id"],
                    title=item["title"],
                    claimed_at=claimed_at,
                    at=now,
                    monotonic=monotonic,
                    messages=len(items),
                )
                for item in items
            )
            self.changed.notify_all()

    def titles(self) -> set[str]:
        """Return the title of everything that ever arrived."""
        with self.changed:
            return {arrival.title for arrival in self.arrivals}

    def wait_for(
        self, found: Callable[[list[Arrival]], bool], *, seconds: float
    ) -> bool:
        """Wait until what arrived satisfies; return whether it did in time."""
        with self.changed:
            return self.changed.wait_for(lambda: found(self.arrivals), seconds)


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sink.take(self.headers["webhook-id"], body)
            self.send_response(204)
            self.end_headers()

        @override
        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # The server was killed; what it sent is counted.

        @override
        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
