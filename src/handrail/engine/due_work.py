"""Duties that work off due rows: alerts, pages, promises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handrail.engine.report import Report, lag
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.usecases import agreement, evaluation, nudge, obligation, paging

BATCH = 25
"""Rows a transaction takes: few, so that an arriving signal never waits long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """One kind of due rows.

    Attributes:
        next_due: When the earliest row is due; a cheap read.
        work: Takes at most ``limit`` due rows; returns how many it took.
    """

    name: str
    store: Store
    ids: IdSource
    next_due: Callable[[Transaction], datetime | None]
    work: Callable[[Transaction, IdSource, int], int]

    def tick(self) -> Report:
        """Take one batch if any row is due; a read alone tells that none is."""
        late = self.store.read(lambda tx: lag(self.next_due(tx), tx.now))
        if late is None:
            return Report(done=0)
        done = self.store.run(lambda tx: self.work(tx, self.ids, BATCH))
        return Report(done=done, has_more=done == BATCH, lag=late)


def evaluate_alerts(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that routes, holds, mutes or pages what was accepted."""
    return DueWork(
        name="evaluate_alerts",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.alert.next_evaluation(),
        work=lambda tx, ids, limit: evaluation.evaluate_due(tx, ids=ids, limit=limit),
    )


def advance_pages(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that notifies the next level when a page's timer runs out."""
    return DueWork(
        name="advance_pages",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.page.next_due(),
        work=lambda tx, ids, limit: paging.advance_due(tx, ids=ids, limit=limit),
    )


def expire_alerts(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that expires alerts whose senders fell silent."""
    return DueWork(
        name="expire_alerts",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.alert.next_expiry(),
        work=lambda tx, ids, limit: evaluation.expire_due(tx, ids=ids, limit=limit),
    )


def remind_obligations(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that reminds of promises, and notes those that were missed."""
    return DueWork(
        name="remind_obligations",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.incident.next_due(),
        work=lambda tx, ids, limit: obligation.remind_due(tx, ids=ids, limit=limit),
    )


def nudge_declarations(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that asks who works undeclared to declare an incident."""
    return DueWork(
        name="nudge_declarations",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.page.next_nudge(),
        work=lambda tx, ids, limit: nudge.nudge_due(tx, ids=ids, limit=limit),
    )


def expire_agreements(store: Store, ids: IdSource) -> DueWork:
    """Return the duty that closes cover requests and swaps nobody agreed to."""
    return DueWork(
        name="expire_agreements",
        store=store,
        ids=ids,
        next_due=lambda tx: tx.agreement.next_due(),
        work=lambda tx, ids, limit: agreement.expire_due(tx, ids=ids, limit=limit),
    )


def less_urgent(store: Store, ids: IdSource) -> tuple[DueWork, ...]:
    """Return the duties that can wait until pages are advanced and sent."""
    return (
        expire_alerts(store, ids),
        remind_obligations(store, ids),
        nudge_declarations(store, ids),
        expire_agreements(store, ids),
    )
