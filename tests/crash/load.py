"""Senders and people: they keep at it whatever becomes of the server."""

import http.client
import itertools
import json
import threading
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from tests.crash.configuration import person_of
from tests.crash.ledger import Ledger
from tests.crash.sink import Sink

PAUSE_SECONDS = 0.02
AGAIN_SECONDS = 0.02
ACKNOWLEDGE_EVERY = 3
_ACCEPTED = 202
_DONE = range(200, 300)


@dataclass(slots=True, kw_only=True)
class Load:
    """Several connections that send alerts, and one that acknowledges pages.

    A sender that got no answer sends the same alert again until it has one, as
    Prometheus and its kin do.
    """

    ledger: Ledger
    sink: Sink
    key: str
    token: str
    senders: int = 3
    pause_seconds: float = PAUSE_SECONDS
    first: int = 0
    _numbers: "itertools.count[int]" = field(init=False)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._numbers = itertools.count(self.first)
        self._threads = [
            threading.Thread(target=self._send_all, args=(place,))
            for place in range(self.senders)
        ]
        self._threads.append(threading.Thread(target=self._acknowledge_all))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send and acknowledge no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send_all(self, place: int) -> None:
        line = _Line(self.ledger, place)
        while not self._stopping.is_set():
            number = next(self._numbers)
            self._send(line, number)
            self._stopping.wait(self.pause_seconds)
        line.close()

    def _send(self, line: "_Line", number: int) -> None:
        title = f"alert {number}"
        signal = {
            "title": title,
            "dedup_key": title,
            "labels": {"who": person_of(number)},
        }
        while True:
            answer = line.post(f"/i/{self.key}/generic", signal, {})
            if answer is not None and answer[0] == _ACCEPTED:
                self.ledger.accept(title, answer[1])
                return
            if self._stopping.wait(AGAIN_SECONDS):
                return

    def _acknowledge_all(self) -> None:
        line = _Line(self.ledger, 0)
        seen = 0
        headers = {"Authorization": f"Bearer {self.token}"}
        while not self._stopping.wait(0.01):
            with self.sink.changed:
                pages = [arrival.page for arrival in self.sink.arrivals[seen:]]
                seen += len(pages)
            for page in pages:
                if int(page[-4:], 16) % ACKNOWLEDGE_EVERY:
                    continue
                answer = line.post(f"/api/v1/pages/{page}/acknowledge", {}, headers)
                if answer is not None and answer[0] in _DONE:
                    self.ledger.take(page)
        line.close()


class _Line:
    """A connection to whichever server lives; each new one may go to another."""

    def __init__(self, ledger: Ledger, place: int) -> None:
        self._ledger = ledger
        self._place = place
        self._url = ""
        self._connection: http.client.HTTPConnection | None = None

    def post(
        self, path: str, body: object, headers: dict[str, str]
    ) -> tuple[int, str] | None:
        """Return status and receipt, or none where no answer came."""
        connection = self._connected()
        if connection is None:
            return None
        kind = {"Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(body), kind | headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            self._ledger.doubt()
            return None
        return answer.status, answer.headers.get("handrail-receipt", "")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connected(self) -> http.client.HTTPConnection | None:
        places = list(self._ledger.reachable.values())
        if self._connection is not None and self._url in places:
            return self._connection
        self.close()
        if not places:
            return None
        self._place += 1
        self._url = places[self._place % len(places)]
        address = urlsplit(self._url)
        self._connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=5
        )
        return self._connection
