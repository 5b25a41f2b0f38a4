"""The small service that breaks: customers, a monitor, and a way to roll it back."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tools.demo.exchange import Answer, ask, post_json
from tools.demo.waiting import MissedError
from typing_extensions import override

GOOD, BROKEN = "4.1", "4.2"
CHECKED_EVERY_SECONDS = 0.2
STREAK = 3
"""So many orders in a row must fail, or go through, before the monitor says so."""
TITLE = "Checkout refuses orders"


class Shop:
    """Takes orders on loopback; version 4.2 refuses them all.

    Attributes:
        version: What is live.
        orders: Orders that customers tried since the monitor began.
        refused: Those that were refused.
    """

    def __init__(self, *, token: str) -> None:
        self.version = GOOD
        self.orders = self.refused = 0
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.path == "/orders":
                    taken = shop.version == GOOD
                    self._answer(201 if taken else 500, {"taken": taken})
                elif self.headers.get("Authorization") != f"Bearer {token}":
                    self._answer(401, {"error": "who are you?"})
                else:
                    shop.version = GOOD
                    self._answer(200, {"live": GOOD, "before": BROKEN})

            def _answer(self, status: int, said: object) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def order(self) -> bool:
        """Order something, as a customer; return whether that was possible."""
        self.orders += 1
        try:
            ask("POST", f"{self.url}/orders", body=b"{}")
        except MissedError:
            self.refused += 1
            return False
        return True


class Monitor:
    """Watches orders and signals to Handrail when they fail, and when they recover.

    Attributes:
        fired_at: When it began to send the signal, on the monotonic clock.
        answer: What Handrail said to it.
        recovered_at: When it began to send that it is over.
    """

    def __init__(self, shop: Shop, *, signals_url: str) -> None:
        self.fired_at = self.recovered_at = 0.0
        self.answer: Answer | None = None
        self.has_fired, self.has_recovered = threading.Event(), threading.Event()
        self.trouble: MissedError | None = None
        self._shop, self._url = shop, signals_url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def await_signal(self, which: threading.Event, *, what: str) -> None:
        """Return when the signal is sent and answered.

        Raises:
            MissedError: It was not, within ten seconds.
        """
        if not which.wait(10.0):
            raise self.trouble or MissedError(what, detail="It did not in 10 s.")

    def _watch(self) -> None:
        streak = 0
        while not self._stop.wait(CHECKED_EVERY_SECONDS):
            was_taken = self._shop.order()
            wants = self.has_fired.is_set() == was_taken
            streak = streak + 1 if wants else 0
            if streak < STREAK:
                continue
            streak = 0
            try:
                self._signal(is_over=was_taken)
            except MissedError as trouble:
                self.trouble = trouble

    def _signal(self, *, is_over: bool) -> None:
        said = {"dedup_key": "checkout-orders", "title": TITLE, "severity": "error"}
        said |= {"action": "resolve" if is_over else "fire", "url": self._shop.url}
        if not is_over:
            self.fired_at = time.monotonic()
            self.answer = post_json(self._url, said)
            self.has_fired.set()
        elif not self.has_recovered.is_set():
            self.recovered_at = time.monotonic()
            post_json(self._url, said)
            self.has_recovered.set()
