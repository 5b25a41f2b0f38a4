"""What a simulation says is what the engine does, for any configuration and people."""

import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import chance
from tests.world.world import World

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.errors import ConflictError
from handrail.core.ids import AlertId, EntryId, PageId, Slug
from handrail.core.paging.delivery import DeliveryState
from handrail.core.paging.event import (
    DeclarationNudged,
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageOpened,
)
from handrail.core.whatif.behaviour import Behaviour
from handrail.core.whatif.play import Happening, Told, play
from handrail.core.whatif.question import Case, Raise
from handrail.ports.store import Transaction
from handrail.usecases import paging
from handrail.usecases.page_record import page_event, stream_of
from handrail.usecases.simulation import turns_now

WORDS = ("info", "warning", "error", "critical")
TITLE = "Disk full"

Seen = tuple[datetime, object]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What came of an alert.

    Attributes:
        events: Of its pages, in order.
        messages: When, to whom, where, and about which level entry's deliveries.
    """

    events: list[Seen]
    messages: list[tuple[datetime, str, str, str]]


@dataclass
class Life:
    """An alert in the whole system, whose people behave."""

    world: World
    behaviour: Behaviour
    answers: list[tuple[datetime, Slug, PageId]] = field(default_factory=list)
    messages: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    seen: int = 0

    def live(self, case: Case) -> Happened:
        world, raises = self.world, list(case.raises)
        assert world.now == case.alert.opened_at
        self.fire(case.alert.severity_word, case.alert)
        closes_at = case.closes_at
        while True:
            dues = [at for at, _, _ in self.answers]
            dues += [one.at for one in raises]
            dues += [due for due in (world.next_due(), closes_at) if due is not None]
            if not dues:
                break
            world.fast_forward(seconds=(min(dues) - world.now).total_seconds())
            self.look()
            if raises and raises[0].at <= world.now:
                self.fire(raises.pop(0).word, case.alert)
            if closes_at is not None and closes_at <= world.now:
                closes_at = None
                world.recovers(TITLE)
            self.answer()
        return Happened(events=self.events(), messages=sorted(self.messages))

    def fire(self, word: str | None, alert: Alert) -> None:
        said: dict[str, Any] = dict(alert.labels)
        self.world.signal(TITLE, severity=word, **said)
        self.look()

    def look(self) -> None:
        """See the messages that arrived, and decide who will answer."""
        calls = self.world.sink.calls[self.seen :]
        self.seen += len(calls)
        for call in calls:
            for item in call.message.items:
                if item.is_bulletin:
                    continue
                self.arrived(call.message.recipient, item.delivery_id)

    def arrived(self, recipient: str, delivery_id: str) -> None:
        delivery = self.world.store.read(lambda tx: tx.delivery.get(delivery_id))  # type: ignore[arg-type]  # an id in a message
        assert delivery is not None
        assert delivery.state is DeliveryState.HANDED_OVER
        assert delivery.page_id is not None
        entry = next(
            event
            for _, event in self.world.store.read(
                lambda tx: _record(tx, str(delivery.page_id))
            )
            if isinstance(event, LevelNotified) and event.entry_id == delivery.entry_id
        )
        now = self.world.now
        self.messages.append((now, recipient, delivery.method, delivery.why))
        kind, _, name = recipient.partition(":")
        is_shadow = {d.recipient: d.is_shadow for d in entry.deliveries}[recipient]
        after = self.behaviour.answers_after(
            Slug(name), entry.level, is_shadow=is_shadow
        )
        if kind == "user" and after is not None:
            self.answers.append((now + after, Slug(name), delivery.page_id))

    def answer(self) -> None:
        now = self.world.now
        for _, user, page_id in sorted(one for one in self.answers if one[0] <= now):
            with suppress(ConflictError):
                self.world.do(partial(self.take, user=user, page_id=page_id))
        self.answers = [one for one in self.answers if one[0] > now]

    def take(self, tx: Transaction, *, user: Slug, page_id: PageId) -> None:
        """Answer by the link of a message, which is about one page."""
        actor, ids = f"user:{user}", self.world.ids
        paging.acknowledge(tx, page_id, by=user, via="link", actor=actor, ids=ids)

    def events(self) -> list[Seen]:
        alert = self.world.alert(TITLE)
        pages = self.world.store.read(lambda tx: tx.page.for_alert(alert.id))
        found: list[Seen] = []
        for page in sorted(pages, key=lambda page: page.id):
            record = self.world.store.read(lambda tx, p=page.id: _record(tx, p))  # type: ignore[misc]  # bound now
            found += [
                (at, _comparable(event))
                for at, event in record
                if not isinstance(event, DeclarationNudged)
            ]
        return found


def _record(tx: Transaction, page_id: str) -> list[tuple[datetime, PageEvent]]:
    return [(s.occurred_at, page_event(s)) for s in tx.event.read(stream_of(page_id))]


def _comparable(event: PageEvent) -> PageEvent:
    """Return the event without ids, and without the way an answer came."""
    match event:
        case PageOpened():
            return replace(event, alert_id=None, title="")
        case LevelNotified():
            return replace(event, entry_id=EntryId(""))
        case PageAcknowledged():
            return replace(event, via="")
        case _:
            return event


def simulated(case: Case, world: World, behaviour: Behaviour) -> Happened:
    snapshot = world.store.read(lambda tx: tx.configuration.snapshot())
    turns = world.store.read(turns_now)
    played = play(case, snapshot=snapshot, behaviour=behaviour, turns=turns)
    return Happened(
        events=[
            (h.at, _comparable(h.what))
            for h in played.happenings
            if isinstance(h.what, PageEvent)
        ],
        messages=sorted(
            message for h in played.happenings if (message := _message(h)) is not None
        ),
    )


def _message(happening: Happening) -> tuple[datetime, str, str, str] | None:
    if not isinstance(happening.what, Told):
        return None
    delivery = happening.what.delivery
    return happening.at, delivery.recipient, delivery.method, delivery.why


def made_up_case(rng: random.Random, at: datetime) -> Case:
    labels = rng.choice(({"area": "shop"}, {"area": "shop"}, {"area": "farm"}))
    closes_at = None
    if rng.random() < 0.4:
        closes_at = at + timedelta(seconds=rng.choice((1, 60, 600, 4000)))
    words = rng.sample(WORDS, 2)
    words.sort(key=WORDS.index)
    raised_at = at + timedelta(seconds=rng.choice((1, 45, 400, 2000)))
    is_raised = rng.random() < 0.4 and (closes_at is None or raised_at < closes_at)
    return Case(
        alert=alert_of(words[0] if is_raised else rng.choice(WORDS), labels, at),
        raises=(Raise(at=raised_at, word=words[1]),) if is_raised else (),
        closes_at=closes_at,
    )


def alert_of(word: str, labels: dict[str, str], at: datetime) -> Alert:
    return Alert(
        id=AlertId("alert"),
        integration=Slug("monitoring"),
        dedup_key=TITLE,
        state=AlertState.FIRING,
        title=TITLE,
        labels=labels,
        severity_word=word,
        starts_at=at,
        opened_at=at,
        last_seen_at=at,
        evaluate_due_at=at,
    )


def take_some_turns(tx: Transaction, rng: random.Random) -> None:
    """Let earlier pages have had some turns at each level."""
    for policy in tx.configuration.snapshot().policies.values():
        for level in policy.turning:
            for _ in range(rng.randrange(4)):
                tx.page.take_turn(level)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_simulation_says_what_the_engine_then_does(seed: int) -> None:
    rng = random.Random(seed)
    world = World(chance.configuration(rng))
    world.fast_forward(seconds=rng.choice((0, 59, 3600, 40_000)))
    world.store.run(lambda tx: take_some_turns(tx, rng))
    case, behaviour = made_up_case(rng, world.now), chance.behaviour(rng)

    foretold = simulated(case, world, behaviour)
    happened = Life(world, behaviour).live(case)

    assert foretold.events == happened.events
    assert foretold.messages == happened.messages
    world.forget_messages()
    world.close()


def test_chance_meets_every_turn_that_a_page_can_take() -> None:
    """Else the property above would show less than it says."""
    met: set[str] = set()
    for seed in range(60):
        rng = random.Random(seed)
        world = World(chance.configuration(rng))
        case, behaviour = made_up_case(rng, world.now), chance.behaviour(rng)
        snapshot = world.store.read(lambda tx: tx.configuration.snapshot())
        played = play(case, snapshot=snapshot, behaviour=behaviour)
        met |= {type(h.what).__name__ for h in played.happenings}
        world.close()

    assert met >= {
        "Hold",
        "Mute",
        "Closed",
        "PageOpened",
        "LevelNotified",
        "LevelSkipped",
        "Told",
        "Untold",
        "PageAcknowledged",
        "PageExhausted",
        "PageResolved",
    }
