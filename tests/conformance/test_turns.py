"""No turn is given twice, whatever happens at once, on one node or on three."""

import random
from collections import Counter
from collections.abc import Sequence
from functools import partial

from tests.conformance.examples import IDS
from tests.conformance.test_concurrency import WRITERS, all_at_once, nodes
from tests.world.configuration import Configuration

from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import ReceiptId, Slug
from handrail.core.paging.event import LevelNotified
from handrail.ports.source import Parsed
from handrail.ports.store import Store, Transaction
from handrail.usecases import evaluation
from handrail.usecases.admission import accept
from handrail.usecases.page_record import page_event
from handrail.usecases.submission import Submission

__all__ = ["nodes"]
EACH = 6
POLICIES = ("first", "second")


def configured() -> Configuration:
    made = Configuration().integration("monitoring").last_resort("user:ana")
    for name in ("ana", "ben", "cleo"):
        made.user(name, "email")
    people = ["user:ana", "user:ben", "user:cleo"]
    rule = {"notify": people, "escalate_after": "5m", "round_robin": True}
    for name in POLICIES:
        made.put("escalation_policy", name, {"rules": [rule]})
        made.service(name, name).route(name, name, f'area="{name}"')
    return made


def submission_of(tx: Transaction, areas: Sequence[str], title: str) -> Submission:
    signals = tuple(
        Signal(
            action=SignalAction.FIRE,
            dedup_key=f"{title} {area}",
            title=title,
            labels={"area": area},
            severity_word="critical",
        )
        for area in areas
    )
    return Submission(
        integration=tx.configuration.snapshot().integrations[Slug("monitoring")],
        parsed=Parsed(signals=signals, expires_after=None),
        receipt_id=ReceiptId(IDS.new_id()),
        body=b"",
        content_type="application/json",
    )


def fire(tx: Transaction, areas: list[str], title: str) -> None:
    accept(tx, submission_of(tx, areas, title), ids=IDS)
    evaluation.evaluate_due(tx, ids=IDS, limit=10)


def turns(tx: Transaction) -> dict[str, Counter[int]]:
    """Return by policy how often each turn was given."""
    given: dict[str, Counter[int]] = {name: Counter() for name in POLICIES}
    for page in tx.page.search(active_only=False, limit=1000):
        assert page.policy is not None
        for stored in tx.event.read(f"page:{page.id}"):
            event = page_event(stored)
            if isinstance(event, LevelNotified) and event.turn is not None:
                given[page.policy.name][event.turn] += 1
    return given


def test_pages_opened_at_once_take_one_turn_each(nodes: list[Store]) -> None:
    """Half of the transactions open both policies' pages in the other order."""
    nodes[0].run(configured().apply)

    def work(place: int) -> None:
        rng = random.Random(place)
        for number in range(EACH):
            areas = rng.sample(POLICIES, 2)
            title = f"Fault {place} {number}"
            node = nodes[place % len(nodes)]
            node.run(partial(fire, areas=areas, title=title))

    all_at_once(work)

    while nodes[0].run(lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=100)):
        pass
    given = nodes[0].read(turns)
    wanted = Counter(range(1, WRITERS * EACH + 1))
    assert given == dict.fromkeys(POLICIES, wanted)


def test_turns_go_on_under_another_name_and_never_back(nodes: list[Store]) -> None:
    old, new = (TurningLevel(policy=Slug(name), place=1) for name in POLICIES)

    def work(tx: Transaction) -> list[int]:
        tx.page.lock_turns([old, new])
        taken = [tx.page.take_turn(old) for _ in range(3)]
        tx.page.continue_turns(old, new)
        taken += [tx.page.take_turn(new) for _ in range(2)]
        tx.page.continue_turns(old, new)
        return [*taken, tx.page.next_turn(new), tx.page.next_turn(old)]

    assert nodes[0].run(work) == [1, 2, 3, 4, 5, 6, 4]
