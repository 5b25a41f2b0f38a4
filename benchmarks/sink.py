"""Where messages arrive: an HTTP server and a mail server that note when."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

HEAD_END = b"\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@dataclass(slots=True)
class Arrivals:
    """Bodies and the instants at which they were whole."""

    bodies: list[tuple[float, bytes]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, body: bytes) -> None:
        at = time.perf_counter()
        with self.changed:
            self.bodies.append((at, body))
            self.changed.notify_all()

    def wait_for(self, needle: bytes, *, seconds: float, start: int = 0) -> float:
        """Return when the first body that holds the bytes arrived; inf if none did."""
        place = start

        def find() -> float | None:
            nonlocal place
            for at, body in self.bodies[place:]:
                if needle in body:
                    return at
                place += 1
            return None

        with self.changed:
            found = self.changed.wait_for(find, timeout=seconds)
        return float("inf") if found is None else found


@contextmanager
def http_sink() -> Iterator[tuple[str, Arrivals]]:
    """Take posts on a free port, one thread a connection."""
    arrivals = Arrivals()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    thread = threading.Thread(target=_accept, args=(listener, arrivals), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", arrivals
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def mail_sink() -> Iterator[tuple[int, Arrivals]]:
    """Take mail on a free port."""
    arrivals = Arrivals()
    controller = Controller(_Mailbox(arrivals), hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        yield controller.port, arrivals
    finally:
        controller.stop()


class _Mailbox:
    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name and types are aiosmtpd's
        self._arrivals.note(bytes(envelope.content))
        return "250 taken"


def _accept(listener: socket.socket, arrivals: Arrivals) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(
            target=_serve, args=(connection, arrivals), daemon=True
        ).start()


def _serve(connection: socket.socket, arrivals: Arrivals) -> None:
    kept = b""
    with connection:
        while True:
            while HEAD_END not in kept:
                more = connection.recv(65536)
                if not more:
                    return
                kept += more
            head, _, kept = kept.partition(HEAD_END)
            length = _length(head)
            while len(kept) < length:
                more = connection.recv(65536)
                if not more:
                    return
                kept += more
            arrivals.note(kept[:length])
            kept = kept[length:]
            connection.sendall(ANSWER)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
