"""What may go wrong where, and how often it did."""

from collections import Counter
from enum import StrEnum, unique


@unique
class Edge(StrEnum):
    """A step of the system that something may go wrong around."""

    INGEST = "ingest"
    EVALUATE = "evaluate"
    ADVANCE = "advance"
    EXPIRE = "expire"
    CLAIM = "claim"
    SEND = "send"
    RECORD = "record"
    HUMAN = "human"
    CONFIG = "config"
    FOLD = "fold"


@unique
class Fault(StrEnum):
    """What goes wrong."""

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    PAUSE_BEFORE = "pause before"
    PAUSE_AFTER = "pause after"
    SKEWED = "skewed clock"
    BUSY = "database busy"
    FAILOVER_LOST = "failover, lost"
    FAILOVER_DONE = "failover, done"
    ALL_DOWN = "all nodes down"
    LOST_ANSWER = "lost answer"
    LOST_MESSAGE = "lost message"
    OUTAGE = "outage"
    DEAD_METHOD = "dead method"
    REFUSED = "refused message"
    THROTTLED = "throttled"
    SLOW = "slow"


PROVIDER = frozenset(
    {
        Fault.LOST_ANSWER,
        Fault.LOST_MESSAGE,
        Fault.OUTAGE,
        Fault.DEAD_METHOD,
        Fault.REFUSED,
        Fault.THROTTLED,
        Fault.SLOW,
    }
)
DATABASE = frozenset({Fault.BUSY, Fault.FAILOVER_LOST, Fault.FAILOVER_DONE})
NODE = frozenset(
    {Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.PAUSE_BEFORE, Fault.PAUSE_AFTER}
)
ASKED_FROM_OUTSIDE = frozenset({Edge.INGEST, Edge.HUMAN, Edge.CONFIG})


def why_impossible(fault: Fault, edge: Edge) -> str | None:
    """Return why a fault cannot meet an edge, or none where it can."""
    if fault in PROVIDER and edge is not Edge.SEND:
        return "only a send talks to a provider"
    if fault in DATABASE and edge is Edge.SEND:
        return "a send holds no transaction"
    if fault is Fault.ALL_DOWN and edge not in ASKED_FROM_OUTSIDE:
        return "no node is there to begin it; what it would do waits in the database"
    return None


def possible(edge: Edge) -> tuple[Fault, ...]:
    """Return the faults that can meet an edge."""
    return tuple(fault for fault in Fault if why_impossible(fault, edge) is None)


class Coverage(Counter[tuple[Fault, Edge]]):
    """How often each fault met each edge."""

    def missing(self, least: int) -> list[str]:
        """Return the pairs that can meet but met less often than that."""
        return [
            f"{fault} x {edge}: {self[fault, edge]}"
            for edge in Edge
            for fault in possible(edge)
            if self[fault, edge] < least
        ]

    def table(self) -> str:
        """Return the counts as a table; a dot where the two cannot meet."""
        head = " " * 15 + "".join(f"{edge:>10}" for edge in Edge)
        rows = [head]
        for fault in Fault:
            cells = (
                "." if why_impossible(fault, edge) else str(self[fault, edge])
                for edge in Edge
            )
            rows.append(f"{fault:<15}" + "".join(f"{cell:>10}" for cell in cells))
        reasons = {
            f"  {fault}: {why_impossible(fault, edge)}"
            for fault in Fault
            for edge in Edge
            if why_impossible(fault, edge)
        }
        return "\n".join([*rows, "cannot meet:", *sorted(reasons)])
