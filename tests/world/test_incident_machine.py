"""Everything that can be done to incidents, by several people, in any order."""

import os
import random
import time
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.world.clock import VirtualClock
from tests.world.database import fresh_store
from tests.world.incident_act import PEOPLE, USERS, VERBS, act, actor_of, configured
from tests.world.incident_record import (
    Record,
    every_record,
    faults_of,
    numbering_faults,
    viewing_faults,
)
from tests.world.seeded_ids import SeededIds
from typing_extensions import override

from handrail.core.errors import DomainError
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.obligation import remind_due

INCIDENTS_MAX = 3
COMMANDER = "whoever commands"
WALKS_MIN = 25
"""However slow the machine is."""
STEPS = 150
WEIGHTS = {"decline": 1, "merge": 1, "resolve": 12, "publish": 9, "reopen": 6}
"""So that a walk goes on to the end of incidents, and not only to the quick ones."""
USUAL_WEIGHT = 3
HIT_LEAST = 3
PLACES = st.integers(0, INCIDENTS_MAX - 1)
SEEDS = st.integers(0, 2**32)
"""Of what is open about an act; the verb, the actor and the target are Hypothesis's."""
REACHED: Counter[str] = Counter()


class Response(RuleBasedStateMachine):
    """People, the engine and time do what they like."""

    @initialize(seed=SEEDS, who=st.sampled_from(PEOPLE))
    def begin(self, seed: int, who: str) -> None:
        REACHED["runs"] += 1
        self.clock = VirtualClock()
        self.ids = SeededIds(1, self.clock)
        self.store = fresh_store(now=self.clock.now, is_alive=lambda _: True)
        self.store.run(configured().apply)
        self.known: dict[str, Record] = {}
        self.acted = 0
        self.acts("declare", who, seed, "INC-1", "INC-2")

    @rule(
        verb=st.sampled_from(sorted(set(VERBS) - {"declare"})),
        who=st.sampled_from((COMMANDER, COMMANDER, *PEOPLE)),
        seed=SEEDS,
        place=PLACES,
        other=PLACES,
    )
    def does(self, verb: str, who: str, seed: float, place: int, other: int) -> None:
        there = max(len(self.known), 1)
        numbers = [n % there + 1 for n in (place, other)]
        if who == COMMANDER:
            commanders = {i.number: i.commander for i, _ in self.known.values()}
            who = commanders.get(numbers[0], "ana")
        self.acts(verb, who, seed, *(f"INC-{number}" for number in numbers))

    @precondition(lambda self: len(getattr(self, "known", ())) < INCIDENTS_MAX)
    @rule(who=st.sampled_from(PEOPLE), seed=SEEDS)
    def declares(self, who: str, seed: float) -> None:
        self.acts("declare", who, seed, "INC-1", "INC-2")

    @rule(seconds=st.one_of(st.integers(0, 1_200), st.sampled_from([86_400 * 15])))
    def time_passes(self, seconds: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))

    @rule()
    def the_engine_looks(self) -> None:
        due = self.store.read(lambda tx: tx.incident.next_due())
        seen = self.store.run(lambda tx: remind_due(tx, ids=self.ids, limit=25))
        REACHED["engine looked"] += seen

        assert (seen > 0) == (due is not None and due <= self.clock.now())
        again = self.store.read(lambda tx: tx.incident.next_due())
        assert again is None or again > self.clock.now()

    def acts(self, verb: str, who: str, seed: float, name: str, other: str) -> None:
        self.acted += 1
        doing = act(verb, random.Random(f"{seed} {self.acted}"), name, other)
        actor = actor_of(who)
        before = self.known
        try:
            after = self.store.run(
                lambda tx: doing.do(Desk(tx=tx, actor=actor, ids=self.ids))
            )
        except DomainError:
            REACHED[f"{verb} refused"] += 1
            assert self.records() == before
            return

        now = self.records()
        incident, entries = now[after.id]
        old = before[after.id][1] if after.id in before else []
        new = entries[len(old) :]
        REACHED[f"{verb} done" if new else f"{verb} idle"] += 1
        assert incident == after
        assert not new or new[0].kind in doing.entries
        assert not new or new[0].actor == str(actor)
        assert {entry.actor for entry in new} <= {str(actor), "engine"}
        assert {entry.recorded_at for entry in new} <= {self.clock.now()}
        if new and verb in {"note", "post_update", "correct", "attach"}:
            assert sum(entry.kind in doing.entries for entry in new) == 1

    def records(self) -> dict[str, Record]:
        found = self.store.read(every_record)
        return {str(incident.id): (incident, entries) for incident, entries in found}

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "store"):
            return

        def look(tx: Transaction) -> list[str]:
            records = every_record(tx)
            news = [one for one in records if self.known.get(one[0].id) != one]
            found = [what for one in news for what in faults_of(*one)]
            found += numbering_faults(records)
            found += viewing_faults(tx, records, USERS)
            return found

        assert self.store.read(look) == []
        now = self.records()
        for key, (_, entries) in self.known.items():
            assert now[key][1][: len(entries)] == entries
        self.known = now

    @override
    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        for incident, entries in self.records().values():
            REACHED["incidents"] += 1
            REACHED["entries"] += len(entries)
            REACHED[f"ended as {incident.ending or 'responding'}"] += 1
            REACHED["private"] += incident.is_private
            REACHED["reopened"] += incident.reopened_at is not None
            for owed in incident.obligations:
                REACHED["promises"] += 1
                REACHED["reminders"] += len(owed.reminded)
                REACHED["promises kept"] += owed.is_kept
                REACHED["promises missed"] += owed.missed_at is not None
                REACHED["promises lifted"] += owed.cancelled_at is not None
        self.store.close()


def walk(seed: int, steps: int) -> None:
    """Go a long way at random, checking after every step."""
    rng = random.Random(seed)
    state = Response()
    state.begin(seed=seed, who=rng.choice(PEOPLE))
    state.everything_holds()
    verbs = sorted(set(VERBS) - {"declare"})
    weights = [WEIGHTS.get(verb, USUAL_WEIGHT) for verb in verbs]
    for _ in range(steps):
        chance = rng.random()
        if chance < 0.1:
            is_long = rng.random() < 0.03
            state.time_passes(86_400 * 15 if is_long else rng.randrange(1_200))
        elif chance < 0.2:
            state.the_engine_looks()
        elif chance < 0.25 and len(state.known) < INCIDENTS_MAX:
            state.declares(rng.choice(PEOPLE), rng.random())
        else:
            who = rng.choice((COMMANDER, COMMANDER, *PEOPLE))
            places = rng.randrange(INCIDENTS_MAX), rng.randrange(INCIDENTS_MAX)
            (verb,) = rng.choices(verbs, weights)
            state.does(verb, who, rng.random(), *places)
        state.everything_holds()
    state.teardown()


def told() -> str:
    """Return what was reached, a line for each of the verbs."""
    lines = [", ".join(f"{n} {what}" for what, n in REACHED.items() if " " not in what)]
    lines.append(
        ", ".join(
            f"{n} {what}"
            for what, n in REACHED.items()
            if what.partition(" ")[0] in {"ended", "promises", "engine"}
        )
    )
    for verb in VERBS:
        counts = (REACHED[f"{verb} {how}"] for how in ("done", "idle", "refused"))
        lines.append("{:17}{:6} done{:6} idle{:6} refused".format(verb, *counts))
    return "\n".join(lines)


@pytest.mark.campaign
def test_nothing_that_people_do_breaks_a_promise_or_loses_an_entry() -> None:
    REACHED.clear()
    until = time.perf_counter() + float(os.environ.get("HANDRAIL_WALK_SECONDS", "20"))

    for seed in count(1):
        if seed > WALKS_MIN and time.perf_counter() > until:
            break
        try:
            walk(seed, STEPS)
        except AssertionError as error:
            error.add_note(f"walk {seed}")
            raise

    print(told())
    missed = [verb for verb in VERBS if REACHED[f"{verb} done"] < HIT_LEAST]
    assert missed == []


Response.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestResponse = Response.TestCase
