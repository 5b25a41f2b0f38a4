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
        life: In which life of the server it came.
        messages: How many deliveries travelled together.
    """

    key: str
    page: str
    delivery: str
    title: str
    life: int
    at: datetime
    monotonic: float
    messages: int


@dataclass(slots=True)
class Sink:
    """Answers 204 to everything; ``life`` is set by whoever starts servers."""

    life: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
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
        items = json.loads(body)["data"]["items"]
        with self.changed:
            self.arrivals.extend(
                Arrival(
                    key=key,
                    page=item["page_id"],
                    delivery=item["delivery_id"],
                    title=item["title"],
                    life=self.life,
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
