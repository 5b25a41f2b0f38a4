"""A simulated server: its own clock and memory, gone when it crashes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.fault import Edge

from handrail.core.ids import NodeId
from handrail.core.paging.outcome import Outcome
from handrail.usecases.delivery import Send


@dataclass(slots=True, kw_only=True)
class InFlight:
    """A message between its claim and its record; lives in the node's memory.

    Attributes:
        outcome: None until the provider answered.
        ready_at: When the next thing happens to it.
    """

    send: Send
    claimed_at: datetime
    ready_at: datetime
    outcome: Outcome | None = None


@dataclass(slots=True, kw_only=True)
class Node:
    """One process.

    Attributes:
        skew: How far its own clock is off; the product never asks it.
        frozen_until: It stands still, as under SIGSTOP, until then.
        not_before: When each duty is tried again after an error.
        life: Grows with each start, so that what a former life began is recognised.
    """

    name: str
    skew: timedelta = timedelta(0)
    is_up: bool = True
    frozen_until: datetime | None = None
    not_before: dict[Edge, datetime] = field(default_factory=dict)
    in_flight: list[InFlight] = field(default_factory=list)
    life: int = 1

    @property
    def id(self) -> NodeId:
        return NodeId(f"{self.name}.{self.life}")

    def can_act(self, now: datetime) -> bool:
        return self.is_up and (self.frozen_until is None or self.frozen_until <= now)

    def crash(self) -> None:
        self.is_up = False
        self.frozen_until = None
        self.not_before.clear()
        self.in_flight.clear()

    def start(self) -> None:
        self.is_up = True
        self.life += 1
