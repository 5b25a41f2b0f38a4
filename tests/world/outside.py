"""What Handrail reaches outside: a system to mitigate, a tracker, a public page.

Each function runs the engine's own duty once against a stand-in, to its end.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.world.world import BASE_URL, NODE, World
from typing_extensions import override

from handrail.core.backlog.ticket import TrackerOutcome, TrackerTook
from handrail.core.configuration.snapshot import TrackerKind
from handrail.engine.open_tickets import OpeningParts, OpenTickets
from handrail.engine.publish_status import PublishStatus
from handrail.engine.run_mitigations import RunMitigations
from handrail.ports.http_client import HttpAnswer, HttpRequester
from handrail.ports.tracker import TicketOrder, Tracker
from handrail.ports.vault import Vault
from handrail.status import files

WITHIN_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the system outside saw it."""

    method: str
    url: str
    body: str
    headers: Mapping[str, str]


@dataclass
class System(HttpRequester):
    """The system that a mitigation acts on; it answers one thing to everything."""

    answer: HttpAnswer
    asked: list[Asked] = field(default_factory=list)

    @override
    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
    ) -> HttpAnswer:
        assert timeout_seconds > 0
        asked = Asked(method=method, url=url, body=body.decode(), headers=headers)
        self.asked.append(asked)
        return self.answer

    async def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Secrets(Vault):
    """Secrets by reference; signs nothing."""

    known: Mapping[str, str]

    @override
    def secret(self, reference: str) -> bytes | None:
        found = self.known.get(reference)
        return None if found is None else found.encode()

    @override
    def sign(self, purpose: str, payload: bytes) -> str:
        raise NotImplementedError

    @override
    def verify(self, purpose: str, payload: bytes, signature: str) -> bool:
        raise NotImplementedError


@dataclass
class TicketDesk(Tracker):
    """A tracker that takes everything and numbers it."""

    orders: list[TicketOrder] = field(default_factory=list)

    @override
    async def open(self, order: TicketOrder) -> TrackerOutcome:
        self.orders.append(order)
        name = f"OPS-{len(self.orders)}"
        return TrackerTook(reference=name, link=f"https://tracker.test/{name}")


def carry_out_mitigations(
    world: World, system: System, *, secrets: Mapping[str, str]
) -> int:
    """Let the engine call what is due; return how many calls it made."""
    duty = RunMitigations(
        store=world.store,
        ids=world.ids,
        node=NODE,
        http=lambda: system,
        vault=Secrets(secrets),
        seconds=world.clock.monotonic,
    )
    done = duty.tick().done
    duty.stop()
    return done


def open_tickets(world: World, tracker: Tracker) -> int:
    """Let the engine open the tickets that are due; return how many it opened."""
    woken = threading.Semaphore(0)
    parts = OpeningParts(
        store=world.store,
        ids=world.ids,
        node=NODE,
        trackers={TrackerKind.WEBHOOK: tracker},
        base_url=BASE_URL,
    )
    duty = OpenTickets(parts, wake=woken.release)
    duty.start()
    done = duty.tick().done
    for _ in range(done):
        assert woken.acquire(timeout=WITHIN_SECONDS)
    duty.stop(grace_seconds=WITHIN_SECONDS)
    return done


def publish_status(world: World, folder: Path) -> None:
    """Let the engine write the public status page to the folder."""
    duty = PublishStatus(
        world.store,
        world.clock,
        partial(files.publish, folder=folder, base_url=BASE_URL),
    )
    assert duty.tick().done == 1
    duty.stop()
