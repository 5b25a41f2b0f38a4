"""The whole system in one process, on a virtual clock, with people in it.

A scenario says what happens outside and what it expects people to be told; everything
in between is the product's own code, from admission to the message.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from tests.world.clock import VirtualClock
from tests.world.configuration import Configuration, payments
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds
from tests.world.sink import Call, Sink

from handrail.core import limits
from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.alert.alert import Alert, Disposition
from handrail.core.alert.receipt import Receipt
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.ids import NodeId, PageId, ReceiptId, Slug
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.invariant import incident_violations
from handrail.core.paging.invariant import (
    Violation,
    alert_violations,
    page_violations,
)
from handrail.core.paging.outcome import Outcome
from handrail.core.paging.page import Page
from handrail.ports.channel import Message, MessageItem
from handrail.ports.incident import EVERYBODY
from handrail.ports.source import Parsed
from handrail.ports.store import Transaction
from handrail.usecases import delivery, evaluation, message, nudge, obligation, paging
from handrail.usecases import incident as incidents
from handrail.usecases.admission import accept
from handrail.usecases.desk import Desk
from handrail.usecases.explain import Explanation, explain
from handrail.usecases.incident_story import IncidentStory, incident_story
from handrail.usecases.invariant_audit import incident_facts, page_facts
from handrail.usecases.submission import Submission

T = TypeVar("T")
NODE = NodeId("world")
BASE_URL = "https://handrail.test"
_BATCH = 100


@dataclass(slots=True, kw_only=True)
class _Arrived:
    call: Call
    is_expected: bool = False


class World:
    """One Handrail, its senders, its providers and its people."""

    def __init__(
        self, configuration: Configuration | None = None, *, seed: int = 1
    ) -> None:
        self.clock = VirtualClock()
        self.ids = SeededIds(seed, self.clock)
        self.sink = Sink()
        self.store = fresh_store(now=self.clock.now, is_alive=lambda node: node == NODE)
        self.configuration = configuration or payments()
        self.is_standing_still = False
        self._answers: list[tuple[datetime, delivery.Send, Outcome]] = []
        self._arrived: list[_Arrived] = []
        self._seen = 0
        self.configure()

    # --- time -----------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def fast_forward(self, **span: float) -> None:
        """Let time pass; whatever falls due meanwhile is done when it is due."""
        until = self.now + timedelta(**span)
        self._settle()
        while (due_at := self.next_due()) is not None and due_at <= until:
            self.clock.move_to(due_at)
            self._settle()
        self.clock.move_to(until)
        self._settle()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Within, time passes and senders are heard, but no duty runs."""
        self.is_standing_still = True
        yield
        self.is_standing_still = False

    def next_due(self) -> datetime | None:
        """Return when something falls due next, if anything does."""
        if self.is_standing_still:
            return None
        dues = [answered_at for answered_at, _, _ in self._answers]
        dues += self.store.read(_dues)
        return min((due for due in dues if due > self.now), default=None)

    def _settle(self) -> None:
        if self.is_standing_still:
            return
        while self._round():
            pass
        self._arrived.extend(
            _Arrived(call=call)
            for call in self.sink.calls[self._seen :]
            if call.arrived
        )
        self._seen = len(self.sink.calls)

    def _round(self) -> int:
        run, ids = self.store.run, self.ids
        done = self._record_answers()
        done += run(lambda tx: tx.receipt.fold(limit=_BATCH))
        done += run(lambda tx: evaluation.evaluate_due(tx, ids=ids, limit=_BATCH))
        done += run(lambda tx: paging.advance_due(tx, ids=ids, limit=_BATCH))
        done += run(lambda tx: evaluation.expire_due(tx, ids=ids, limit=_BATCH))
        done += run(lambda tx: obligation.remind_due(tx, ids=ids, limit=_BATCH))
        done += run(lambda tx: nudge.nudge_due(tx, ids=ids, limit=_BATCH))
        sends = run(lambda tx: delivery.claim(tx, node=NODE, ids=ids))
        for send in sends:
            self._send(send)
        return done + len(sends)

    def _send(self, send: delivery.Send) -> None:
        script = self.sink.take(self.compose(send), send.first.kind, at=self.now)
        takes = min(script.takes, limits.SEND_TIMEOUT)
        self._answers.append((self.now + takes, send, script.outcome))

    def _record_answers(self) -> int:
        ready = [answer for answer in self._answers if answer[0] <= self.now]
        self._answers = [answer for answer in self._answers if answer[0] > self.now]
        for _, send, outcome in ready:
            self.store.run(partial(self._record, send=send, outcome=outcome))
        return len(ready)

    def _record(self, tx: Transaction, send: delivery.Send, outcome: Outcome) -> None:
        delivery.record(tx, send, outcome, node=NODE, ids=self.ids)

    def compose(self, send: delivery.Send) -> Message:
        return message.compose(send, base_url=BASE_URL, sign=lambda _: "signed")

    # --- what people and senders do ---------------------------------------------

    def do(self, work: Callable[[Transaction], T]) -> T:
        """Run a use case, and whatever it makes due."""
        result = self.store.run(work)
        self._settle()
        return result

    def configure(
        self, change: Callable[[Configuration], object] | None = None
    ) -> None:
        """Apply the configuration, changed first where a change is given."""
        if change is not None:
            change(self.configuration)
        self.do(self.configuration.apply)

    def signal(
        self,
        title: str = "Disk full",
        *,
        severity: str | None = "critical",
        action: SignalAction = SignalAction.FIRE,
        expires_after: timedelta | None = None,
        integration: str = "monitoring",
        **labels: str,
    ) -> Receipt:
        """Let a sender say something; the title is the dedup key, too."""
        signal = Signal(
            action=action,
            dedup_key=title,
            title=title,
            labels=labels,
            severity_word=severity,
        )
        return self.do(
            lambda tx: accept(
                tx,
                Submission(
                    integration=tx.configuration.snapshot().integrations[
                        Slug(integration)
                    ],
                    parsed=Parsed(signals=(signal,), expires_after=expires_after),
                    receipt_id=ReceiptId(self.ids.new_id()),
                    body=b"",
                    content_type="application/json",
                ),
                ids=self.ids,
            )
        )

    def recovers(self, title: str = "Disk full") -> Receipt:
        """Let the sender say that it is over."""
        return self.signal(title, action=SignalAction.RESOLVE)

    def sender_acknowledges(self, title: str = "Disk full") -> Receipt:
        """Let the sender say that somebody is on it."""
        return self.signal(title, action=SignalAction.ACKNOWLEDGE)

    def hold_sends(self) -> None:
        """Send nothing from now on, as after a restore."""
        self.do(lambda tx: tx.meta.set(delivery.HELD, "restored"))

    def release_sends(self) -> None:
        """Send what waits."""
        self.do(lambda tx: delivery.release(tx, discard=False))

    def acknowledge(self, who: str, title: str = "Disk full") -> Page:
        """Let a person take the page by its link."""
        page = self.page(title)
        return self.do(
            lambda tx: paging.acknowledge(
                tx, page.id, by=Slug(who), via="link", actor=f"user:{who}", ids=self.ids
            )
        )

    def escalate(self, who: str, title: str = "Disk full") -> Page:
        """Let a person pass the page on at once."""
        page = self.page(title)
        return self.do(
            lambda tx: paging.escalate_now(
                tx, page.id, by=Slug(who), actor=f"user:{who}", ids=self.ids
            )
        )

    def resolve(self, who: str, title: str = "Disk full") -> Page:
        """Let a person end the page and its alert."""
        page = self.page(title)
        return self.do(
            lambda tx: paging.resolve(
                tx, page.id, by=Slug(who), actor=f"user:{who}", ids=self.ids
            )
        )

    def declare(self, who: str, title: str = "", **said: Any) -> Incident:
        """Let a person declare an incident."""
        declaration = incidents.Declaration(title=title, **said)
        return self.do(lambda tx: incidents.declare(self.desk(tx, who), declaration))

    def declare_from(self, who: str, title: str = "Disk full", **said: Any) -> Incident:
        """Let a person declare an incident from the page about an alert."""
        return self.declare(who, page_id=self.page(title).id, **said)

    def respond(self, who: str, verb: Callable[..., T], *args: Any, **said: Any) -> T:
        """Let a person do something to an incident."""
        return self.do(lambda tx: verb(self.desk(tx, who), *args, **said))

    def desk(self, tx: Transaction, who: str) -> Desk:
        user = Slug(who)
        actor = Actor(kind=ActorKind.USER, name=user, role=Role.RESPONDER, user=user)
        return Desk(tx=tx, actor=actor, ids=self.ids)

    def answer(self, who: str, incident: Incident, purpose: PagePurpose) -> Page:
        """Let a person acknowledge an incident's newest page of this purpose."""
        pages = self.incident(incident).pages.items()
        page_id = max(page_id for page_id, why in pages if why is purpose)
        return self.do(
            lambda tx: paging.acknowledge(
                tx, page_id, by=Slug(who), via="link", actor=f"user:{who}", ids=self.ids
            )
        )

    # --- what is expected ---------------------------------------------------------

    def expect_told(
        self, who: str, *, of: str = "Disk full", times: int = 1
    ) -> list[Message]:
        """Fail unless the person, or channel, was told so often since last asked."""
        found = [
            arrived
            for arrived in self._arrived
            if not arrived.is_expected
            and arrived.call.message.recipient.partition(":")[2] == who
            and any(item.title == of for item in arrived.call.message.items)
        ]
        assert len(found) == times, (
            f"{who} was told of {of!r} {len(found)} times, not {times}:\n{self.story()}"
        )
        for arrived in found:
            arrived.is_expected = True
        return [arrived.call.message for arrived in found]

    def expect_silence(self) -> None:
        """Fail if anybody was told anything that was not expected yet."""
        unexpected = [
            f"{a.call.at:%H:%M:%S} {a.call.message.recipient}: "
            + ", ".join(item.title for item in a.call.message.items)
            for a in self._arrived
            if not a.is_expected
        ]
        assert not unexpected, "unexpected: " + "; ".join(unexpected) + self.story()

    def messages(self, who: str) -> list[Message]:
        """Return everything that ever reached a person or channel."""
        return [
            call.message
            for call in self.sink.calls
            if call.arrived and call.message.recipient.partition(":")[2] == who
        ]

    def forget_messages(self) -> None:
        """Take everything that arrived so far as expected."""
        for arrived in self._arrived:
            arrived.is_expected = True

    def alert(self, title: str = "Disk full") -> Alert:
        """Return the newest alert of that title."""
        found = self.store.read(lambda tx: tx.alert.search(open_only=False, limit=1000))
        return next(alert for alert in found if alert.title == title)

    def disposition(self, title: str = "Disk full") -> Disposition:
        return self.alert(title).disposition

    def page(self, title: str = "Disk full") -> Page:
        """Return the alert's present page."""
        page_id = self.alert(title).page_id
        assert page_id is not None, f"no page about {title!r}"
        page = self.store.read(lambda tx: tx.page.get(page_id))
        assert page is not None
        return page

    def incident(self, known: Incident) -> Incident:
        """Return the incident as it is now."""
        now = self.store.read(lambda tx: tx.incident.get(known.id))
        assert now is not None
        return now

    def pages_of(self, known: Incident, purpose: PagePurpose) -> list[Page]:
        """Return the incident's pages of this purpose, oldest first."""
        ids = sorted(
            i for i, why in self.incident(known).pages.items() if why is purpose
        )
        found = [self.store.read(partial(_page_of, page_id=page_id)) for page_id in ids]
        return [page for page in found if page is not None]

    def incident_story(self, known: Incident) -> IncidentStory:
        now = self.incident(known)
        return self.store.read(lambda tx: incident_story(tx, now))

    def expect_bulletin(
        self, who: str, *, saying: str, times: int = 1
    ) -> list[MessageItem]:
        """Fail unless who got bulletins that say so; return what they were."""
        found = [
            arrived
            for arrived in self._arrived
            if not arrived.is_expected
            and arrived.call.message.recipient.partition(":")[2] == who
            and arrived.call.message.items[0].is_bulletin
            and saying in _said(arrived.call.message)
        ]
        said = "; ".join(
            f"{a.call.message.recipient}: {_said(a.call.message)!r}"
            for a in self._arrived
            if not a.is_expected
        )
        assert len(found) == times, f"{who} got {len(found)} of {saying!r}; got {said}"
        for arrived in found:
            arrived.is_expected = True
        return [arrived.call.message.items[0] for arrived in found]

    def explain(self, some_id: str) -> Explanation:
        return self.store.read(lambda tx: explain(tx, some_id))

    def story(self) -> str:
        """Return everything recorded, for the message of a failing test."""
        alerts = self.store.read(lambda tx: tx.alert.search(open_only=False, limit=20))
        lines = [line for alert in alerts for line in self.explain(alert.id).lines()]
        return "\n".join(["", *lines])

    def violations(self) -> list[Violation]:
        """Return every invariant that the record breaks."""
        return self.store.read(_violations)

    def close(self) -> None:
        """End the world: nothing unexpected was said, and every invariant holds."""
        try:
            self.expect_silence()
            assert self.violations() == []
        finally:
            self.store.close()


def _said(message: Message) -> str:
    return "\n".join(f"{item.title}\n{item.summary}" for item in message.items)


def _page_of(tx: Transaction, *, page_id: PageId) -> Page | None:
    return tx.page.get(page_id)


def _dues(tx: Transaction) -> list[datetime]:
    is_held = bool(tx.meta.get(delivery.HELD))
    found = (
        tx.alert.next_evaluation(),
        tx.alert.next_expiry(),
        tx.page.next_due(),
        None if is_held else tx.delivery.next_due(),
        None if is_held else tx.incident.next_due(),
        None if is_held else tx.page.next_nudge(),
    )
    return [due for due in found if due is not None]


def _violations(tx: Transaction) -> list[Violation]:
    found: list[Violation] = []
    for page in tx.page.search(active_only=False, limit=10_000):
        found.extend(page_violations(page_facts(tx, page), now=tx.now))
    for incident in tx.incident.search(
        viewer=EVERYBODY, responding_only=False, limit=10_000
    ):
        facts = incident_facts(tx, incident)
        assert facts is not None
        found.extend(incident_violations(facts, now=tx.now))
    for alert in tx.alert.search(open_only=False, limit=10_000):
        page_of = tx.page.get(PageId(alert.page_id)) if alert.page_id else None
        found.extend(alert_violations(alert, page=page_of, now=tx.now))
    return found
