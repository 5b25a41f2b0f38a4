"""Everything that can be done to incidents, by several people, in any order."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.world.clock import VirtualClock
from tests.world.configuration import payments
from tests.world.database import fresh_store
from tests.world.incident_act import PEOPLE, USERS, VERBS, act, actor_of, remind
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
from handrail.usecases.incident import Desk

INCIDENTS_MAX = 3
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
        self.store.run(payments().user("cleo", "email").apply)
        self.known: dict[str, Record] = {}
        self.acts("declare", who, seed, "INC-1", "INC-2")

    @rule(
        verb=st.sampled_from(sorted(set(VERBS) - {"declare"})),
        who=st.sampled_from(PEOPLE),
        seed=SEEDS,
        place=PLACES,
        other=PLACES,
    )
    def does(self, verb: str, who: str, seed: int, place: int, other: int) -> None:
        count = max(len(self.known), 1)
        names = [f"INC-{n % count + 1}" for n in (place, other)]
        self.acts(verb, who, seed, *names)

    @precondition(lambda self: len(getattr(self, "known", ())) < INCIDENTS_MAX)
    @rule(who=st.sampled_from(PEOPLE), seed=SEEDS)
    def declares(self, who: str, seed: int) -> None:
        self.acts("declare", who, seed, "INC-1", "INC-2")

    @rule(seconds=st.one_of(st.integers(0, 1_200), st.sampled_from([86_400 * 15])))
    def time_passes(self, seconds: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))

    @rule()
    def the_engine_looks(self) -> None:
        due = self.store.read(lambda tx: tx.incident.next_due())
        given = self.store.run(lambda tx: remind(tx, self.ids))
        REACHED["reminders"] += given

        assert (given > 0) == (due is not None and due <= self.clock.now())
        again = self.store.read(lambda tx: tx.incident.next_due())
        assert again is None or again > self.clock.now()

    def acts(self, verb: str, who: str, seed: int, name: str, other: str) -> None:
        doing = act(verb, random.Random(seed), name, other)
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
        assert {entry.actor for entry in new} <= {str(actor)}
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
                REACHED["promises kept"] += owed.is_kept
                REACHED["promises missed"] += owed.missed_at is not None
                REACHED["promises lifted"] += owed.cancelled_at is not None
        self.store.close()


@pytest.mark.campaign
def test_nothing_that_people_do_breaks_a_promise_or_loses_an_entry() -> None:
    REACHED.clear()

    run_state_machine_as_test(
        Response,
        settings=settings(
            max_examples=120,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

    print("\n".join(f"{what}: {count}" for what, count in sorted(REACHED.items())))
    assert [verb for verb in VERBS if not REACHED[f"{verb} done"]] == []
