"""The database, as the use cases see it.

Every method takes and returns domain values; times are aware UTC instants. A
transaction's ``now`` is read once at its start (the database's own clock on
PostgreSQL, the process's clock on SQLite) and is the only time a use case knows.

**Order of locks.** On PostgreSQL rows are locked, and whoever locks several does it
in one order, so that no two transactions wait for each other: *alert, page, turns,
delivery*; several alerts in the order of their ids, and new ones inserted in the order
of their keys, after every alert that is locked. The alert stands for its pages and
their deliveries: who would change a page or wait for a delivery holds its alert first.
The turns of a level belong to no page, so that who opens or climbs several pages locks
the levels of all of them together (``lock_turns`` has an order of its own) before the
first of them is decided. What cannot be had in that order is tried, never waited for.
Two things never wait and so need no order: ``due`` and ``claimable`` skip what others
hold.
"""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol, TypeVar

from handrail.core.ids import AlertId, NodeId
from handrail.ports.access import AccessStore
from handrail.ports.agreement import AgreementStore
from handrail.ports.alert import AlertStore
from handrail.ports.backlog import BacklogStore
from handrail.ports.bulletin import BulletinStore
from handrail.ports.change import ChangeStore, MitigationRunStore
from handrail.ports.configuration import ConfigurationStore
from handrail.ports.contact import ContactStore
from handrail.ports.delivery import DeliveryStore
from handrail.ports.event import EventStore
from handrail.ports.incident import IncidentStore
from handrail.ports.meta import MetaStore
from handrail.ports.notice import NoticeStore
from handrail.ports.page import PageStore
from handrail.ports.postmortem import ActionItemStore, PostmortemStore
from handrail.ports.receipt import ReceiptStore
from handrail.ports.setback import Setback
from handrail.ports.shift_notice import ShiftNoticeStore

T = TypeVar("T")


class Transaction(Protocol):
    """One unit of work; commits whole or not at all."""

    @property
    def now(self) -> datetime:
        """The instant of this transaction."""
        ...

    def attempt(self, work: Callable[[], T]) -> T | Setback:
        """Do the work so that its failure undoes its own writes and nothing else.

        The failure is logged. What dooms the whole transaction (the connection or
        the disk failed) is raised all the same.
        """
        ...

    @property
    def event(self) -> EventStore: ...
    @property
    def alert(self) -> AlertStore: ...
    @property
    def receipt(self) -> ReceiptStore: ...
    @property
    def page(self) -> PageStore: ...
    @property
    def delivery(self) -> DeliveryStore: ...
    @property
    def bulletin(self) -> BulletinStore: ...
    @property
    def incident(self) -> IncidentStore: ...
    @property
    def notice(self) -> NoticeStore: ...
    @property
    def change(self) -> ChangeStore: ...
    @property
    def mitigation_run(self) -> MitigationRunStore: ...
    @property
    def postmortem(self) -> PostmortemStore: ...
    @property
    def action_item(self) -> ActionItemStore: ...
    @property
    def backlog(self) -> BacklogStore: ...
    @property
    def contact(self) -> ContactStore: ...
    @property
    def agreement(self) -> AgreementStore: ...
    @property
    def shift_notice(self) -> ShiftNoticeStore: ...
    @property
    def configuration(self) -> ConfigurationStore: ...
    @property
    def access(self) -> AccessStore: ...
    @property
    def meta(self) -> MetaStore: ...


class Store(Protocol):
    """Runs transactions: a transaction is a function."""

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run the work in one transaction and return its result after the commit.

        Serialisation failures and lost races are retried; the work may run again.
        """
        ...

    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        """Queue the work for the group commit; the future is done after it.

        Args:
            work: The transaction.
            is_debt: It must be done, however many signals wait: it is never refused
                and goes before them.
            alerts: A debt's alerts; a group locks those of all its debts at first, so
                that the order of locks holds for the group as for one transaction.

        Raises:
            OverloadedError: The queue is full; nothing was queued.
        """
        ...

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run the work on a read-only transaction."""
        ...

    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        """Return which of these nodes are surely gone (PostgreSQL liveness locks)."""
        ...

    def close(self) -> None:
        """Finish what is queued, then close every connection."""
        ...
