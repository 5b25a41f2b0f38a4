"""Looks at the record and at the ledger outside, and says what is broken."""

from datetime import datetime, timedelta

from tests.simulation.outside import Promise
from tests.simulation.stage import Stage
from tests.world.sink import Call

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState
from handrail.core.audit.event import broken_link
from handrail.core.ids import PageId
from handrail.core.paging.event import PageAcknowledged, PageResolved
from handrail.core.paging.invariant import (
    LATENESS_MAX,
    Violation,
    alert_violations,
    conservation_violations,
    page_violations,
)
from handrail.core.paging.page import Page, PageState
from handrail.ports.store import Transaction
from handrail.usecases.delivery import Send
from handrail.usecases.invariant_audit import page_facts
from handrail.usecases.page_record import stream_of

_FOREVER = timedelta(days=365)
_SETTLING = timedelta(minutes=4)
_ALL = 10_000


class Checker:
    """Every invariant, now and then and at the end."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.quiet_since = stage.now
        self._human_promises: list[str] = []

    def note_promise(self, what: str) -> None:
        """Note what a person was told had been done."""
        self._human_promises.append(what)

    def call(self, send: Send, call: Call) -> None:
        """Check one call of a provider as it begins."""
        wrong = self.stage.ledger.note(call)
        if wrong is not None:
            self.stage.violated(wrong)
        for delivery in send.deliveries:
            if call.at < delivery.due_at:
                early = delivery.due_at - call.at
                self.stage.violated(f"I3: {delivery.id} was sent {early} early")
        self.stage.store.read(lambda tx: self._nobody_has_it(tx, send, call))

    def _nobody_has_it(self, tx: Transaction, send: Send, call: Call) -> None:
        for delivery in send.deliveries:
            assert delivery.page_id is not None
            page = tx.page.get(delivery.page_id)
            assert page is not None
            ended_at = _ended_at(page)
            if ended_at is not None and call.at - ended_at > limits.SEND_TIMEOUT:
                what = f"{delivery.id} was sent {call.at - ended_at} after its page"
                self.stage.violated(f"I4: {what} was {page.state}")

    def now_and_then(self) -> None:
        """Check what is active; lateness only where a node had time to keep up."""
        is_calm = self.stage.now - self.quiet_since > _SETTLING
        lateness = LATENESS_MAX if is_calm else _FOREVER
        self.stage.store.read(lambda tx: self._record(tx, lateness, active_only=True))

    def debts_are_paid(self) -> None:
        """Check that an hour after the world was healed nothing old is owed."""
        self.now_and_then()
        self.stage.store.read(self._no_debt)

    def at_the_end(self) -> None:
        """Check everything, the chain of every page and every promise."""
        read = self.stage.store.read
        read(lambda tx: self._record(tx, LATENESS_MAX, active_only=False))
        read(self._no_debt)
        read(self._promises)
        read(self._chains)

    def _record(
        self, tx: Transaction, lateness: timedelta, *, active_only: bool
    ) -> None:
        found: list[Violation] = []
        for page in tx.page.search(active_only=active_only, limit=_ALL):
            about = page_facts(tx, page)
            found += page_violations(about, now=self.stage.now, lateness_max=lateness)
        for alert in tx.alert.search(open_only=active_only, limit=_ALL):
            about_page = tx.page.get(PageId(alert.page_id)) if alert.page_id else None
            found += alert_violations(
                alert, page=about_page, now=self.stage.now, lateness_max=lateness
            )
        for violation in found:
            self.stage.violated(
                f"{violation.invariant}: {violation.subject}: {violation.what}"
            )

    def _no_debt(self, tx: Transaction) -> None:
        now = self.stage.now
        for name, due_at in (
            ("an evaluation", tx.alert.next_evaluation()),
            ("an expiry", tx.alert.next_expiry()),
            ("a page's timer", tx.page.next_due()),
            ("a delivery", tx.delivery.oldest_owed()),
        ):
            if due_at is not None and now - due_at > LATENESS_MAX:
                self.stage.violated(f"I11: {name} is owed since {due_at}")
        if tx.receipt.has_unfolded():
            self.stage.violated("I11: repeats wait to be folded")

    def _promises(self, tx: Transaction) -> None:
        alerts = tx.alert.search(open_only=False, limit=_ALL)
        for violation in conservation_violations(
            accepted=tx.receipt.count_entries(),
            generations=sum(alert.generation for alert in alerts),
        ):
            self.stage.violated(f"I1: {violation.what}")
        for promise in self.stage.ledger.promises:
            self._promise(tx, promise)
        acknowledged = set(self._human_promises)
        for page in tx.page.search(active_only=False, limit=_ALL):
            events = page_facts(tx, page).events
            taken = {
                f"{getattr(event, 'by', '')} takes {page.id}" for event, _ in events
            }
            mine = {what for what in acknowledged if what.endswith(f"takes {page.id}")}
            for what in sorted(mine - taken):
                self.stage.violated(f"I1: {what}: said to be done, not recorded")

    def _promise(self, tx: Transaction, promise: Promise) -> None:
        if tx.receipt.get(promise.receipt_id) is None:
            self.stage.violated(f"I1: receipt {promise.receipt_id} is lost")
        if promise.alert_id is None:
            return
        alert = tx.alert.get(promise.alert_id)
        if alert is None:
            self.stage.violated(f"I1: alert {promise.alert_id} is lost")
            return
        if promise.pages:
            self._somebody_was_told(tx, promise, alert)

    def _somebody_was_told(
        self, tx: Transaction, promise: Promise, alert: Alert
    ) -> None:
        pages = tx.page.for_alert(alert.id)
        told = [
            at
            for page in pages
            if (at := self.stage.ledger.told_at.get(page.id)) is not None
        ]
        ended = [
            at
            for page in pages
            for event, at in page_facts(tx, page).events
            if isinstance(event, PageAcknowledged | PageResolved)
        ]
        if not pages and alert.state is AlertState.RESOLVED:
            assert alert.closed_at is not None
            ended.append(alert.closed_at)
        if not pages and alert.reason.startswith("acknowledged"):
            return
        settled_at = min([*told, *ended], default=None)
        if settled_at is None:
            self.stage.violated(f"I2: nobody was ever told of alert {alert.id}")
        elif settled_at > (bound := self.stage.ledger.due_by(promise.at, settled_at)):
            late = settled_at - bound
            self.stage.violated(f"I2: alert {alert.id} was told {late} too late")

    def _chains(self, tx: Transaction) -> None:
        for page in tx.page.search(active_only=False, limit=_ALL):
            broken = broken_link(tx.event.read(stream_of(page.id)))
            if broken is not None:
                self.stage.violated(f"I10: page {page.id} breaks at event {broken}")


def _ended_at(page: Page) -> datetime | None:
    if page.state is PageState.ACKNOWLEDGED:
        return page.acknowledged_at
    return page.closed_at if page.state is PageState.RESOLVED else None
