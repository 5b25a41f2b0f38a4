"""One installation that lives many lives, each ended without warning."""

import http.client
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.crash import gap
from tests.crash.configuration import configuration
from tests.crash.gap import Gap
from tests.crash.ledger import Ledger
from tests.crash.load import Load
from tests.crash.sink import Sink
from tests.crash.zygote import ColdStart, Zygote

GAP_SECONDS_MAX = 10.0
LINGER_SECONDS = 0.015
"""A kill waits this long in the gap: an answer that left too early gets out."""
RANDOM_LIFE_SECONDS_MAX = 0.6
AT_RANDOM = "at random"
NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A kill, and the span it lies in.

    Attributes:
        asked_at: Before it; nothing was killed yet.
        gone_at: After it; the next life has not begun.
        monotonic: The kill itself, on this process's monotonic clock.
    """

    asked_at: datetime
    gone_at: datetime
    monotonic: float


@dataclass(slots=True, kw_only=True)
class Lives:
    """A data folder, its servers one after another, and what the world was told."""

    zygote: Zygote | ColdStart
    sink: Sink
    folder: Path
    random: Random
    flags: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    kills: Counter[str] = field(default_factory=Counter)
    deaths: list[Death] = field(default_factory=list)
    process: int = 0

    @property
    def address(self) -> Path:
        """Return the file in which a server that answers leaves its address."""
        return self.folder / "server.address"

    @property
    def token(self) -> str:
        """Return the operator's token."""
        return (self.folder / "operator.token").read_text().strip()

    def begin(self, environment: dict[str, str] | None = None) -> None:
        """Start a server; senders find it once it answers."""
        self.address.unlink(missing_ok=True)
        arguments = ["serve", "--data-dir", str(self.folder)]
        arguments += ["--listen", "127.0.0.1:0", "--outgoing-allow", "127.0.0.0/8"]
        self.process = self.zygote.start(
            [*arguments, *self.flags],
            {**self.environment, **(environment or {})},
            log=self.folder.parent / f"{self.folder.name}.log",
        )

    def await_ready(self, *, seconds: float = 30.0) -> str:
        """Wait until it answers; return its address, and tell the senders."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            if url := _read(self.address):
                self.ledger.reachable[self.folder] = url
                return url
            time.sleep(0.003)
        msg = f"no server after {seconds} s"
        raise AssertionError(msg)

    def set_up(self) -> str:
        """In a first life, configure it; return the senders' key."""
        self.begin()
        url = self.await_ready()
        text = configuration(self.sink.url)
        files = {"files": [{"name": "crash.yaml", "text": text}]}
        self.call(url, "/config/apply", files)
        key: str = self.call(url, "/integrations/test/key", {})["key"]
        return key

    def load(
        self, key: str, *, senders: int = 3, pause_seconds: float = 0.02, first: int = 0
    ) -> Load:
        """Return senders and an acknowledger; alerts are numbered from ``first``."""
        return Load(
            ledger=self.ledger,
            sink=self.sink,
            key=key,
            token=self.token,
            senders=senders,
            pause_seconds=pause_seconds,
            first=first,
        )

    def call(self, url: str, path: str, body: object) -> Any:
        """Call the API as the operator; anything but success fails the test."""
        place = urlsplit(url)
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
        }
        line.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        answer = line.getresponse()
        said = answer.read()
        line.close()
        assert answer.status < 300, (path, answer.status, said[:2000])
        return json.loads(said)

    def live_until(
        self, place: Gap, *, bell: "Bell", seconds: float = GAP_SECONDS_MAX
    ) -> None:
        """Live one life and kill it in the gap, after a few passes of it."""
        bell.clear()
        self.begin(
            {
                gap.GAP: place,
                gap.PASSES: str(self.random.randrange(3)),
                gap.BELL: str(bell.path),
            }
        )
        self.await_ready()
        is_there = bell.wait(seconds)
        time.sleep(LINGER_SECONDS)
        self.kill(place if is_there else NOT_REACHED)

    def live_a_while(self) -> None:
        """Live one life of random length, from the fork on: start-up may be hit."""
        ends_at = time.monotonic() + self.random.uniform(0, RANDOM_LIFE_SECONDS_MAX)
        self.begin()
        while (left := ends_at - time.monotonic()) > 0:
            if url := _read(self.address):
                self.ledger.reachable[self.folder] = url
            time.sleep(min(left, 0.005))
        self.kill(AT_RANDOM)

    def kill(self, why: str) -> None:
        """Kill the server and wait until it is gone."""
        asked_at = datetime.now(UTC)
        os.kill(self.process, signal.SIGKILL)
        monotonic = time.monotonic()
        status = self.zygote.wait(self.process)
        assert status == -signal.SIGKILL, f"it had ended by itself: {status}"
        gone_at = datetime.now(UTC)
        self.deaths.append(
            Death(asked_at=asked_at, gone_at=gone_at, monotonic=monotonic)
        )
        self.ledger.reachable.pop(self.folder, None)
        self.kills[why] += 1

    def stop(self) -> float:
        """Stop the server as an operator would; return how long that took."""
        began = time.monotonic()
        os.kill(self.process, signal.SIGTERM)
        status = self.zygote.wait(self.process)
        assert status == 0, f"it ended with {status}"
        self.ledger.reachable.pop(self.folder, None)
        return time.monotonic() - began

    def drain(self, *, seconds: float = 60.0) -> set[str]:
        """Wait until every accepted alert arrived; return those that did not."""
        wanted = {promise.title for promise in self.ledger.accepted}
        self.sink.wait_for(
            lambda arrivals: wanted <= {arrival.title for arrival in arrivals},
            seconds=seconds,
        )
        return wanted - self.sink.titles()


class Bell:
    """A named pipe in which a server says that it waits in its gap."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._end)

    def clear(self) -> None:
        """Forget what rang before."""
        while self._rang():
            pass

    def wait(self, seconds: float) -> bool:
        """Return whether it rang in time."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            if self._rang():
                return True
            time.sleep(0.002)
        return False

    def _rang(self) -> bool:
        try:
            return bool(os.read(self._end, 1))
        except BlockingIOError:
            return False


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
