"""What the world outside was promised: every 2xx, written down as it came."""

import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A sender was told that its alert is accepted."""

    title: str
    receipt: str


@dataclass(slots=True)
class Ledger:
    """Append-only, and outside every server.

    Attributes:
        accepted: Alerts whose senders got 202, in order.
        taken: Pages whose acknowledgement was answered 2xx.
        unknown: How often a sender got no answer and had to send again.
        reachable: Where the servers that live now are, by their data folders.
    """

    accepted: list[Promise] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    unknown: int = 0
    reachable: dict[Path, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, title: str, receipt: str) -> None:
        """Note that a sender was answered 202."""
        with self._lock:
            self.accepted.append(Promise(title=title, receipt=receipt))

    def take(self, page: str) -> None:
        """Note that a person was told that a page is theirs."""
        with self._lock:
            self.taken.append(page)

    def doubt(self) -> None:
        """Note that nobody can know what became of a request."""
        with self._lock:
            self.unknown += 1
