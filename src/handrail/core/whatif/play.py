"""One alert played to its end on a virtual clock, by the rules that run live.

Routes, levels, contact methods, bundling and the end of a page are decided by the
functions that the engine calls; here is only what the engine's loop adds: what is due
is done when it is due. Providers take every message at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import ConflictError
from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import DeliveryId, NodeId, PageId, Slug
from handrail.core.paging import escalate
from handrail.core.paging.debt import page_debt
from handrail.core.paging.delivery import OWED, Delivery, DeliveryState
from handrail.core.paging.dispatch import MethodKey, claimed, plan_dispatch
from handrail.core.paging.evaluate import (
    Destination,
    Hold,
    Mute,
    PageNow,
    Verdict,
    evaluate,
    opened_about,
)
from handrail.core.paging.event import (
    EscalationReason,
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageResolved,
    ResolveReason,
)
from handrail.core.paging.evolve import begin, evolve
from handrail.core.paging.nudge import nudge_at
from handrail.core.paging.outcome import Accepted
from handrail.core.paging.page import Page, PageState
from handrail.core.paging.retry import cancel, settle
from handrail.core.whatif.behaviour import Behaviour
from handrail.core.whatif.question import Case

NODE = NodeId("what-if")
VIA = "what-if"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message reached somebody; ``deliveries`` travelled in it."""

    delivery: Delivery
    level: int
    round: int
    is_shadow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Somebody was to be told and need not be any more; its reason says why."""

    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The alert stopped firing before anybody was paged."""

    state: AlertState


What = Hold | Mute | PageEvent | Told | Untold | Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened, and when."""

    at: datetime
    what: What


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How it went.

    Attributes:
        happenings: In order.
        destination: Where the alert went, by its last evaluation.
        page: The last page as it ended; none where nobody was paged.
    """

    happenings: tuple[Happening, ...]
    destination: Destination | None
    page: Page | None


TurnBook = dict[TurningLevel, int]
"""The next turn, from 1, where people take turns; the first where none is written."""


def play(
    case: Case,
    *,
    snapshot: Snapshot,
    behaviour: Behaviour,
    turns: TurnBook | None = None,
) -> Played:
    """Return what happens to the alert, from admission until nothing is due.

    Args:
        case: The alert.
        snapshot: The configuration in force.
        behaviour: Who answers.
        turns: Whose turn it is where people take turns; the turns that this case takes
            are entered. By default the first.
    """
    run = _Run(case, snapshot, behaviour, {} if turns is None else turns)
    while (at := run.next_due()) is not None:
        run.do_due(at)
    return Played(
        happenings=tuple(run.happened), destination=run.destination, page=run.page
    )


class _Run:
    """The state of the little world: one alert, its page, its debts, its people."""

    def __init__(
        self, case: Case, snapshot: Snapshot, behaviour: Behaviour, turns: TurnBook
    ) -> None:
        self.happened: list[Happening] = []
        self.destination: Destination | None = None
        self.page: Page | None = None
        self._alert: Alert = case.alert
        self._raises = list(case.raises)
        self._closes_at = case.closes_at
        self._closes_as = case.closes_as
        self._snapshot = snapshot
        self._behaviour = behaviour
        self._book = turns
        self._owed: list[Delivery] = []
        self._entries: dict[str, LevelNotified] = {}
        self._begun: dict[MethodKey, list[datetime]] = {}
        self._answers: list[tuple[datetime, Slug]] = []
        self._count = 0

    # --- time ------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Return when something is due next, or none at the end."""
        dues = [delivery.next_attempt_at for delivery in self._owed]
        dues += [at for at, _ in self._answers]
        if self._alert.evaluate_due_at is not None:
            dues.append(self._alert.evaluate_due_at)
        if self.page is not None and self.page.advance_due_at is not None:
            dues.append(self.page.advance_due_at)
        dues += [one.at for one in self._raises[:1]]
        if self._closes_at is not None:
            dues.append(self._closes_at)
        return min(dues, default=None)

    def do_due(self, now: datetime) -> None:
        """Do what is due; the engine's own first, as when it stands in line."""
        self._settle(now)
        while self._raises and self._raises[0].at <= now:
            word = self._raises.pop(0).word
            self._alert = replace(self._alert, severity_word=word, evaluate_due_at=now)
            self._settle(now)
        if self._closes_at is not None and self._closes_at <= now:
            self._closes_at = None
            self._close(now)
        for _, user in sorted(one for one in self._answers if one[0] <= now):
            self._acknowledge(user, now)
        self._answers = [one for one in self._answers if one[0] > now]

    def _settle(self, now: datetime) -> None:
        is_done = False
        while not is_done:
            due_at = self._alert.evaluate_due_at
            if due_at is not None and due_at <= now:
                self._evaluate(now)
            if self.page is not None:
                events = escalate.advance(
                    self.page,
                    snapshot=self._snapshot,
                    nobody_was_told=False,
                    now=now,
                    turns=self._turn,
                )
                self._record(events, now)
            is_done = not self._send_due(now)

    # --- the alert ---------------------------------------------------------------

    def _evaluate(self, now: datetime) -> None:
        verdict = evaluate(self._alert, snapshot=self._snapshot, now=now)
        self.destination = verdict.destination
        self._alert = replace(self._alert, evaluate_due_at=None)
        active = self.page
        if active is None or active.state is PageState.RESOLVED:
            self._carry_out(verdict, now)
        elif self._is_worse(verdict, active):
            self._record(
                escalate.resolve(active, reason=ResolveReason.SUPERSEDED, by=None), now
            )
            self._open(verdict.destination, now)

    @staticmethod
    def _is_worse(verdict: Verdict, active: Page) -> bool:
        is_worse = verdict.destination.severity.rank < active.severity.rank
        return is_worse and isinstance(verdict, PageNow)

    def _carry_out(self, verdict: Verdict, now: datetime) -> None:
        match verdict:
            case PageNow(destination=destination):
                self._open(destination, now)
            case Hold(until=until):
                self._note(verdict, now)
                self._alert = replace(self._alert, evaluate_due_at=until)
            case Mute():
                self._note(verdict, now)

    def _close(self, now: datetime) -> None:
        was_waiting = self._alert.evaluate_due_at is not None
        self._alert = replace(
            self._alert, state=self._closes_as, closed_at=now, evaluate_due_at=None
        )
        self._raises.clear()
        page = self.page
        if page is None:
            if was_waiting:
                self._note(Closed(state=self._closes_as), now)
        elif self._closes_as is AlertState.EXPIRED:
            self._record(escalate.expire(page), now)
        else:
            reason = ResolveReason.ALERT_RESOLVED
            self._record(escalate.resolve(page, reason=reason, by=None), now)

    # --- the page ----------------------------------------------------------------

    def _open(self, destination: Destination, now: datetime) -> None:
        self._count += 1
        opened = opened_about(
            self._alert, destination, revision=self._snapshot.revision
        )
        self.page = begin(PageId(f"page-{self._count}"), opened, at=now)
        self._answers.clear()
        self._note(opened, now)
        events = escalate.climb(
            self.page,
            reason=EscalationReason.OPENED,
            by=None,
            snapshot=self._snapshot,
            now=now,
            turns=self._turn,
        )
        self._record(events, now)

    def _turn(self, level: TurningLevel) -> int:
        return self._book.get(level, 1)

    def _record(self, events: tuple[PageEvent, ...], now: datetime) -> None:
        for event in events:
            assert self.page is not None
            self.page = evolve(self.page, event, at=now)
            self._note(event, now)
            if isinstance(event, LevelNotified):
                self._owe(event, now)
            elif isinstance(event, PageAcknowledged):
                self._cancel(f"acknowledged by {event.by}", now)
            elif isinstance(event, PageResolved):
                self._cancel(f"the page is over: {event.reason.words}", now)

    def _owe(self, event: LevelNotified, now: datetime) -> None:
        assert self.page is not None
        self._entries[event.entry_id] = event
        if event.turn is not None:
            assert self.page.policy is not None
            level = self.page.policy.turning_level(event.level)
            self._book[level] = event.turn + 1
        for planned in event.deliveries:
            self._count += 1
            delivery_id = DeliveryId(f"{self._count:08}")
            self._owed.append(
                page_debt(planned, self.page, event, delivery_id=delivery_id, now=now)
            )

    def _cancel(self, reason: str, now: datetime) -> None:
        for delivery in self._owed:
            ended = cancel(delivery, reason=reason, now=now)
            self._note(Untold(delivery=ended), now)
        self._owed = []

    # --- the messages --------------------------------------------------------------

    def _send_due(self, now: datetime) -> bool:
        """Send what is due; return whether anything was done."""
        due = [d for d in self._owed if d.next_attempt_at <= now]
        if not due:
            return False
        assert self.page is not None
        planned = plan_dispatch(
            due,
            pages={self.page.id: self.page},
            bulletins={},
            recent=self._recent(now),
            now=now,
        )
        for delivery in planned.ended:
            self._note(Untold(delivery=delivery), now)
        for group in planned.sends:
            self._send(group, now)
        kept = [d for d in self._owed if d not in due]
        self._owed = kept + [d for d in planned.deferred if d.state in OWED]
        return True

    def _recent(self, now: datetime) -> dict[MethodKey, list[datetime]]:
        since = now - limits.METHOD_WINDOW
        return {
            key: [at for at in times if at >= since]
            for key, times in self._begun.items()
        }

    def _send(self, group: tuple[Delivery, ...], now: datetime) -> None:
        first = group[0]
        self._begun.setdefault((first.recipient, first.method), []).append(now)
        for delivery in group:
            sent = claimed(delivery, owner=NODE, lease_until=now + limits.LEASE)
            settled = settle(sent, Accepted(), fence=sent.fence, jitter=0.0, now=now)
            assert settled.delivery.state is DeliveryState.HANDED_OVER
            self._arrive(settled.delivery, now)

    def _arrive(self, delivery: Delivery, now: datetime) -> None:
        entry = self._entries[delivery.entry_id]
        is_shadow = any(
            planned.is_shadow and planned.recipient == delivery.recipient
            for planned in entry.deliveries
        )
        told = Told(
            delivery=delivery,
            level=entry.level,
            round=entry.round,
            is_shadow=is_shadow,
        )
        self._note(told, now)
        kind, _, name = delivery.recipient.partition(":")
        if kind != "user":
            return
        after = self._behaviour.answers_after(
            Slug(name), entry.level, is_shadow=is_shadow
        )
        if after is not None:
            self._answers.append((now + after, Slug(name)))

    def _acknowledge(self, user: Slug, now: datetime) -> None:
        assert self.page is not None
        try:
            asked_at = nudge_at(self.page, by=user, now=now)
            events = escalate.acknowledge(
                self.page, by=user, via=VIA, nudge_at=asked_at
            )
        except ConflictError:
            return  # Somebody else was faster, or it is over.
        self._record(events, now)

    def _note(self, what: What, now: datetime) -> None:
        self.happened.append(Happening(at=now, what=what))
