"""A service that a Prometheus can scrape, that can break, and that can be mended."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from typing_extensions import override

TOKEN = "the-shops-own-token"


class Shop:
    """Answers ``/metrics``; ``errors`` is the gauge that the alert rule watches.

    A POST to ``/roll-back`` with the shop's token mends it, and is kept in ``asked``.
    """

    def __init__(self) -> None:
        self.errors = 0.0
        self.asked: list[str] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"# TYPE shop_errors gauge\nshop_errors {shop.errors}\n".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                bearer = self.headers.get("Authorization", "")
                is_ours = bearer == f"Bearer {TOKEN}" and self.path == "/roll-back"
                if is_ours:
                    shop.asked.append(body)
                    shop.errors = 0.0
                self.send_response(200 if is_ours else 403)
                self.end_headers()
                self.wfile.write(f"rolled back: {is_ours}".encode())

            @override
            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
