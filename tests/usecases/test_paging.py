"""Paging commands in any order on the real store, beside a plain twin of the rules."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.world.configuration import payments
from tests.world.sink import ACCEPTS, IS_DOWN, LOSES_THE_ANSWER, LOSES_THE_MESSAGE
from tests.world.world import World
from typing_extensions import override

from handrail.core.errors import ConflictError
from handrail.core.paging.page import LAST_RESORT_LEVEL, PageState

PEOPLE = st.sampled_from(["ana", "ben", "mia"])
KEYS = st.sampled_from(["one", "two"])
PATIENCE = timedelta(minutes=5)
LAST = 2
"""The twin's place of the last resort, after two levels."""
TIMES = 2


@dataclass(slots=True)
class Twin:
    """What a page is, said as plainly as possible."""

    due_at: datetime | None
    state: PageState = PageState.OPEN
    place: int = 0
    told_last: int = 0
    holder: str | None = None

    def tell_next(self, now: datetime, *, is_asked: bool) -> None:
        if self.place == LAST and self.told_last >= TIMES and not is_asked:
            self.state, self.due_at = PageState.EXHAUSTED, None
            return
        self.place = min(self.place + 1, LAST)
        self.told_last += self.place == LAST
        self.state, self.due_at, self.holder = PageState.OPEN, now + PATIENCE, None

    def rest(self, state: PageState) -> None:
        self.state, self.due_at = state, None


@dataclass(slots=True)
class Twins:
    """The present page of each condition that ever fired."""

    pages: dict[str, Twin] = field(default_factory=dict)

    def let_pass(self, until: datetime) -> None:
        for twin in self.pages.values():
            while twin.due_at is not None and twin.due_at <= until:
                twin.tell_next(twin.due_at, is_asked=False)


class Paging(RuleBasedStateMachine):
    """Senders, people and time do what they like."""

    @initialize()
    def begin(self) -> None:
        self.world = World(
            payments()
            .policy("payments", "user:ana for 5m", "user:ben for 5m")
            .last_resort("channel:ops", repeat_after="5m", times=TIMES)
        )
        self.twins = Twins()

    def twin(self, key: str) -> Twin | None:
        return self.twins.pages.get(key)

    def refuses(self, twin: Twin, who: str | None) -> bool:
        is_taken = twin.state is PageState.ACKNOWLEDGED and twin.holder != who
        return twin.state is PageState.RESOLVED or (who is not None and is_taken)

    @rule(key=KEYS)
    def fires(self, key: str) -> None:
        self.world.signal(key)

        twin = self.twin(key)
        if twin is None or twin.state is PageState.RESOLVED:
            self.twins.pages[key] = Twin(due_at=self.world.now + PATIENCE)

    @rule(key=KEYS)
    def recovers(self, key: str) -> None:
        self.world.recovers(key)

        if twin := self.twin(key):
            twin.rest(PageState.RESOLVED)

    @precondition(lambda self: self.twins.pages)
    @rule(key=KEYS, who=PEOPLE)
    def is_taken(self, key: str, who: str) -> None:
        twin = self.twin(key)
        if twin is None:
            return
        was_refused = False
        try:
            self.world.acknowledge(who, key)
        except ConflictError:
            was_refused = True

        assert was_refused == self.refuses(twin, who)
        if not was_refused:
            twin.rest(PageState.ACKNOWLEDGED)
            twin.holder = who

    @precondition(lambda self: self.twins.pages)
    @rule(key=KEYS, who=PEOPLE)
    def is_passed_on(self, key: str, who: str) -> None:
        twin = self.twin(key)
        if twin is None:
            return
        was_refused = False
        try:
            self.world.escalate(who, key)
        except ConflictError:
            was_refused = True

        assert was_refused == (twin.state is PageState.RESOLVED)
        if not was_refused:
            twin.tell_next(self.world.now, is_asked=True)

    @precondition(lambda self: self.twins.pages)
    @rule(key=KEYS, who=PEOPLE)
    def is_ended(self, key: str, who: str) -> None:
        if twin := self.twin(key):
            self.world.resolve(who, key)
            twin.rest(PageState.RESOLVED)

    @rule(seconds=st.integers(1, 900))
    def time_passes(self, seconds: int) -> None:
        self.world.fast_forward(seconds=seconds)
        self.twins.let_pass(self.world.now)

    @rule(
        who=PEOPLE,
        script=st.sampled_from([ACCEPTS, IS_DOWN, LOSES_THE_ANSWER, LOSES_THE_MESSAGE]),
    )
    def a_provider_changes(self, who: str, script: object) -> None:
        self.world.sink.behave(f"{who}@email.test", script)  # type: ignore[arg-type]  # sampled_from loses it

    @invariant()
    def every_page_is_what_its_twin_is(self) -> None:
        for key, twin in getattr(self, "twins", Twins()).pages.items():
            page = self.world.page(key)
            place = LAST if page.level == LAST_RESORT_LEVEL else page.level
            assert (page.state, page.advance_due_at) == (twin.state, twin.due_at)
            assert place == twin.place
            if twin.state is PageState.ACKNOWLEDGED:
                assert page.acknowledged_by == twin.holder

    @invariant()
    def every_promise_holds(self) -> None:
        if hasattr(self, "world"):
            assert self.world.violations() == []

    @override
    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()


Paging.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None
)
TestPaging = Paging.TestCase
