"""Turns of many policies taken at once on PostgreSQL: no ring, no rerun, none lost."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from tests.conformance.examples import IDS
from tests.conformance.test_concurrency import all_at_once
from tests.conformance.test_lock_order import HERE, somebody_waits, two_nodes
from tests.conformance.test_turns import submission_of
from tests.storage.test_postgres import until
from tests.world.configuration import Configuration

from handrail.core.errors import LostRaceError
from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import AlertId, NodeId, PageId, Slug
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.event import LevelNotified
from handrail.core.paging.outcome import Permanent, Scope
from handrail.core.paging.page import Page
from handrail.ports.store import Store, Transaction
from handrail.storage.postgres import PostgresStore
from handrail.storage.turn import lock_key
from handrail.usecases import delivery, evaluation, paging
from handrail.usecases.admission import accept
from handrail.usecases.delivery import Send
from handrail.usecases.page_record import page_event

pytestmark = pytest.mark.postgres

PEOPLE = ("ana", "ben", "cleo")
POLICIES = tuple(f"p{n}" for n in range(6))
WORKERS = 4
STORMS = 4
DEAD = Permanent(reason="no such mailbox", scope=Scope.METHOD)


def configured(*, rounds: int = 1, first: bool = True) -> Configuration:
    """Policies at whose two levels people take turns; or at the second alone."""
    made = Configuration().integration("monitoring").last_resort("user:ana")
    for name in (*PEOPLE, "dan"):
        made.user(name, "email")
    takes_turns = {
        "notify": [f"user:{name}" for name in PEOPLE],
        "escalate_after": "5m",
        "round_robin": True,
    }
    plain = {"notify": ["user:dan"], "escalate_after": "5m"}
    for name in POLICIES:
        rules = [takes_turns if first else plain, takes_turns]
        made.put("escalation_policy", name, {"rules": rules, "rounds": rounds})
        made.service(name, name).route(name, name, f'area="{name}"')
    return made


def fire(store: Store, title: str, *areas: str) -> None:
    store.run(lambda tx: accept(tx, submission_of(tx, areas, title), ids=IDS))


def evaluate(store: Store, limit: int = 10) -> int:
    return store.run(lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=limit))


def let_first_levels_run_out(store: Store) -> None:
    """Let the pages that wait at the first level be due, one after the other."""

    def work(tx: Transaction, page_id: PageId, alert_id: AlertId) -> None:
        tx.alert.lock([alert_id])
        page = tx.page.get(page_id, lock=True)
        assert page is not None
        if page.level == 0:
            due = replace(page, advance_due_at=tx.now)
            tx.page.save(due, expected_sequence=page.sequence)

    for page in store.read(lambda tx: tx.page.search(active_only=True, limit=1000)):
        if page.level == 0 and page.alert_id is not None:
            store.run(partial(work, page_id=page.id, alert_id=page.alert_id))


def pages_of(send: Send, deliveries: Sequence[Delivery]) -> dict[PageId, Page]:
    return {d.page_id: send.pages[d.page_id] for d in deliveries if d.page_id}


def told(tx: Transaction) -> list[tuple[TurningLevel, int, str]]:
    """Return level, turn and person of every level at which somebody had the turn."""
    found = []
    for page in tx.page.search(active_only=False, limit=10_000):
        assert page.policy is not None
        for stored in tx.event.read(f"page:{page.id}"):
            event = page_event(stored)
            if isinstance(event, LevelNotified) and event.turn is not None:
                (who,) = event.deliveries
                level = page.policy.turning_level(event.level)
                found.append((level, event.turn, who.recipient))
    return found


def assert_turns_were_shared(store: Store, each: int) -> None:
    """Every level gave the turns from 1 on, each once, to its people in turn."""
    given = store.read(told)
    levels = {level for level, _, _ in given}
    assert levels == {
        TurningLevel(policy=Slug(name), place=place)
        for name in POLICIES
        for place in (1, 2)
    }
    for level in levels:
        turns = sorted(turn for at, turn, _ in given if at == level)
        people = Counter(who for at, _, who in given if at == level)
        assert turns == list(range(1, each + 1))
        assert set(people) == {f"user:{name}" for name in PEOPLE}
        assert max(people.values()) - min(people.values()) <= 1


def test_a_storm_over_many_policies_shares_their_turns_and_reruns_nothing(
    postgres_url: str,
) -> None:
    """Two nodes open and climb pages of all policies, in batches of any order."""
    begun, done = count(), count()

    def counted(store: Store, work: Callable[[Transaction], int]) -> int:
        def once(tx: Transaction) -> int:
            next(begun)
            return work(tx)

        found = store.run(once)
        next(done)
        return found

    with two_nodes(postgres_url) as nodes:
        nodes[0].run(configured().apply)

        def work(place: int) -> None:
            rng, store = random.Random(place), nodes[place % 2]
            for number in range(STORMS):
                areas = rng.sample(POLICIES, len(POLICIES))
                fire(store, f"{place} {number}", *areas)
                counted(store, lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=7))
                let_first_levels_run_out(store)
                counted(store, lambda tx: paging.advance_due(tx, ids=IDS, limit=7))

        all_at_once(work, times=WORKERS)
        while evaluate(nodes[0]):
            pass
        let_first_levels_run_out(nodes[0])
        while nodes[1].run(lambda tx: paging.advance_due(tx, ids=IDS, limit=10)):
            pass

        assert next(begun) == next(done) == WORKERS * STORMS * 2
        assert_turns_were_shared(nodes[0], each=WORKERS * STORMS)


def test_dead_levels_of_many_policies_share_the_next_ones_turns(
    postgres_url: str,
) -> None:
    """One message about pages of all policies dies; another node does the reverse."""
    with two_nodes(postgres_url) as nodes:
        nodes[0].run(configured(first=False).apply)
        for number in range(STORMS):
            for place in (0, 1):
                fire(nodes[place], f"{place} {number}", *POLICIES[:: 1 - 2 * place])
            while evaluate(nodes[0]):
                pass
        sends = nodes[0].run(lambda tx: delivery.claim(tx, node=HERE, ids=IDS))
        assert len(sends) == 1
        assert len(sends[0].deliveries) == 2 * STORMS * len(POLICIES)
        whole = sends[0].deliveries
        half = len(whole) // 2
        apart = [
            replace(sends[0], deliveries=part, pages=pages_of(sends[0], part))
            for part in (whole[:half], whole[: half - 1 : -1])
        ]

        def fail(place: int) -> None:
            nodes[place].run(
                lambda tx: delivery.record(tx, apart[place], DEAD, node=HERE, ids=IDS)
            )

        all_at_once(fail, times=2)

        given = nodes[0].read(told)
    for name in POLICIES:
        level = TurningLevel(policy=Slug(name), place=1)
        turns = sorted(turn for at, turn, _ in given if at == level)
        assert turns == list(range(1, 2 * STORMS + 1))


def held_while(
    postgres_url: str, held: str, meanwhile: Callable[[Store], object]
) -> None:
    """Take a turn of one policy, and act on the other node before that is committed."""
    with two_nodes(postgres_url) as (one, other):
        one.run(configured().apply)
        fire(one, "held", held)

        def work(tx: Transaction) -> None:
            assert evaluation.evaluate_due(tx, ids=IDS, limit=1) == 1
            meanwhile(other)

        one.run(work)


@pytest.mark.parametrize("area", POLICIES[1:3])
def test_a_turn_of_one_policy_holds_up_no_other_policy(
    postgres_url: str, area: str
) -> None:
    def act(other: Store) -> None:
        fire(other, "free", area)
        assert evaluate(other) == 1

    held_while(postgres_url, POLICIES[0], act)


def test_a_turn_of_one_level_holds_up_no_other_level(postgres_url: str) -> None:
    with two_nodes(postgres_url) as (one, other):
        one.run(configured().apply)
        fire(one, "climbs", POLICIES[0])
        evaluate(one)
        let_first_levels_run_out(one)
        fire(one, "opens", POLICIES[0])

        def work(tx: Transaction) -> None:
            assert paging.advance_due(tx, ids=IDS, limit=1) == 1
            assert evaluate(other) == 1

        one.run(work)


def test_a_level_without_turns_holds_up_nobody(postgres_url: str) -> None:
    with two_nodes(postgres_url) as (one, other):
        one.run(configured(first=False).apply)
        level = TurningLevel(policy=Slug(POLICIES[0]), place=1)

        def work(tx: Transaction) -> None:
            tx.page.lock_turns([level])
            fire(other, "opens", POLICIES[0])
            assert evaluate(other) == 1

        one.run(work)


def test_a_turn_of_the_same_level_is_waited_for(postgres_url: str) -> None:
    with two_nodes(postgres_url) as (one, other):
        one.run(configured().apply)
        fire(one, "first", POLICIES[0])
        waiting = threading.Thread(target=evaluate, args=(other,))

        def work(tx: Transaction) -> None:
            assert evaluation.evaluate_due(tx, ids=IDS, limit=1) == 1
            fire(other, "second", POLICIES[0])
            waiting.start()
            assert until(lambda: somebody_waits(postgres_url))

        one.run(work)
        waiting.join()

        given = one.read(told)
    assert sorted((turn, who) for _, turn, who in given) == [
        (1, "user:ana"),
        (2, "user:ben"),
    ]


def test_what_is_locked_against_the_order_is_tried_and_not_waited_for(
    postgres_url: str,
) -> None:
    levels = [TurningLevel(policy=Slug(name), place=1) for name in POLICIES]
    first, *_, last = sorted(levels, key=lock_key)
    with (
        closing(PostgresStore.open(postgres_url, node_id=HERE)) as one,
        closing(PostgresStore.open(postgres_url, node_id=NodeId("there"))) as other,
    ):

        def against_the_order(tx: Transaction) -> None:
            tx.page.lock_turns([last])
            tx.page.lock_turns([first])

        def work(tx: Transaction) -> None:
            tx.page.lock_turns([first])
            with pytest.raises(LostRaceError):
                other.run(against_the_order)

        one.run(work)
        other.run(against_the_order)


def test_a_lock_that_was_undone_is_taken_again(postgres_url: str) -> None:
    level = TurningLevel(policy=Slug("p"), place=1)
    with two_nodes(postgres_url) as (one, other):

        def fails(tx: Transaction) -> None:
            tx.page.lock_turns([level])
            msg = "a defect"
            raise AssertionError(msg)

        def work(tx: Transaction) -> threading.Thread:
            tx.attempt(partial(fails, tx))
            tx.page.lock_turns([level])
            waiting = threading.Thread(
                target=lambda: other.run(lambda tx: tx.page.lock_turns([level]))
            )
            waiting.start()
            assert until(lambda: somebody_waits(postgres_url))
            return waiting

        one.run(work).join()
