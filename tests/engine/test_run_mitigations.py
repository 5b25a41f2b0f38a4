"""A mitigation is called once at most, whenever its server dies."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from tests.world.clock import VirtualClock
from tests.world.configuration import payments
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds

from handrail.core import limits
from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import NodeId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.core.mitigation.mitigation import Mitigation, MitigationOutcome
from handrail.engine.run_mitigations import RunMitigations
from handrail.ports.http_client import (
    HttpAnswer,
    HttpNotSentError,
    HttpUnknownError,
)
from handrail.usecases.delivery import HELD
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration, declare, judge_mitigation
from handrail.usecases.incident_record import find
from handrail.usecases.mitigation import start, take_due

ANA = Slug("ana")
ACTOR = Actor(kind=ActorKind.USER, name=ANA, role=Role.RESPONDER, user=ANA)
WITHIN_SECONDS = 20.0


@dataclass
class Outside:
    """The system that is asked, and the vault: one secret, one answer."""

    answers: list[HttpAnswer | Exception] = field(default_factory=list)
    asked: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)

    async def request(
        self, method: str, url: str, *, body: bytes, headers: Any, **_: Any
    ) -> HttpAnswer:
        self.asked.append((method, url, body, dict(headers)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        return

    def secret(self, reference: str) -> bytes | None:
        return b"s3cret" if reference == "env:TOKEN" else None


@dataclass
class House:
    store: Any
    clock: VirtualClock
    ids: SeededIds
    outside: Outside

    def duty(self) -> RunMitigations:
        return RunMitigations(
            store=self.store,
            ids=self.ids,
            node=NodeId("here"),
            http=lambda: self.outside,
            vault=self.outside,  # type: ignore[arg-type]  # a stand-in
            seconds=lambda: 0.0,
        )

    def start(self, confirm: str = "payments-eu") -> Incident:
        return self.store.run(  # type: ignore[no-any-return]  # a store
            lambda tx: start(self.desk(tx), "INC-1", "fail-over", confirm=confirm)
        )

    def desk(self, tx: Any) -> Desk:
        return Desk(tx=tx, actor=ACTOR, ids=self.ids)

    def tried(self) -> Mitigation:
        found: Incident = self.store.read(lambda tx: find(tx, "INC-1"))
        return found.mitigations[-1]

    def go(self) -> None:
        duty = self.duty()
        duty.tick()
        for thread in threading.enumerate():
            if thread.name == "handrail-mitigate":
                thread.join(WITHIN_SECONDS)


@pytest.fixture
def house() -> Iterator[House]:
    clock = VirtualClock()
    ids = SeededIds(1, clock)
    store = fresh_store(now=clock.now, is_alive=lambda _: True)
    catalogue = payments().put(
        "mitigation",
        "fail-over",
        {
            "title": "Fail over",
            "kind": "fail_over",
            "description": "Sends all traffic elsewhere",
            "confirm": "payments-eu",
            "http": {
                "url": "https://example.org/fail-over",
                "body": '{"why":"${incident}"}',
                "secret": "env:TOKEN",
            },
        },
    )
    store.run(catalogue.apply)
    made = House(store=store, clock=clock, ids=ids, outside=Outside())
    store.run(lambda tx: declare(made.desk(tx), Declaration(title="It broke")))
    yield made
    store.close()


def _answer(status: int, body: bytes = b"") -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=body)


def test_a_confirmed_mitigation_is_called_and_waits_for_a_judgement(
    house: House,
) -> None:
    house.outside.answers = [_answer(200, b"done with s3cret")]
    started = house.start()

    house.go()

    assert started.stage is Stage.MITIGATE
    assert house.outside.asked == [
        (
            "POST",
            "https://example.org/fail-over",
            b'{"why":"INC-1"}',
            {"Content-Type": "application/json", "Authorization": "Bearer s3cret"},
        )
    ]
    assert house.tried().answer == "HTTP 200 done with •••"
    assert house.tried().outcome is None
    assert house.tried().carried_out_at is not None


def test_without_the_targets_name_nothing_is_started(house: House) -> None:
    with pytest.raises(InvalidError, match="type payments-eu"):
        house.start(confirm="payments")

    house.go()

    assert house.outside.asked == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (_answer(302), MitigationOutcome.FAILED),
        (_answer(500, b"no"), MitigationOutcome.FAILED),
        (HttpNotSentError("refused", permanent=False), MitigationOutcome.FAILED),
        (HttpUnknownError("no whole answer"), MitigationOutcome.UNKNOWN),
        (RuntimeError("a defect"), MitigationOutcome.UNKNOWN),
    ],
)
def test_what_fails_says_so_and_is_not_repeated(
    house: House, answer: HttpAnswer | Exception, outcome: MitigationOutcome
) -> None:
    house.outside.answers = [answer]
    house.start()

    house.go()
    house.clock.move_to(house.clock.now() + timedelta(hours=1))
    house.go()

    assert house.tried().outcome is outcome
    assert len(house.outside.asked) == 1


def test_a_kill_between_call_and_record_leaves_it_unknown(house: House) -> None:
    house.start()
    taken = house.store.run(
        lambda tx: take_due(tx, node=NodeId("dead"), ids=house.ids, limit=9)
    )
    house.go()
    before = house.tried()
    house.clock.move_to(house.clock.now() + limits.MITIGATION_CLAIM)

    house.go()
    house.go()

    assert len(taken) == 1
    assert before.outcome is None
    assert house.tried().outcome is MitigationOutcome.UNKNOWN
    assert "not repeated by itself" in house.tried().answer
    assert house.outside.asked == []


def test_the_same_is_not_started_twice_but_again_once_it_is_over(house: House) -> None:
    house.outside.answers = [_answer(200), _answer(200)]
    house.start()
    with pytest.raises(ConflictError, match="already"):
        house.start()
    house.go()

    house.start()
    house.go()

    assert len(house.outside.asked) == 2


def test_two_nodes_call_once(house: House) -> None:
    house.outside.answers = [_answer(200)]
    house.start()

    house.go()
    house.go()

    assert len(house.outside.asked) == 1


def test_a_restored_server_calls_nothing(house: House) -> None:
    house.start()
    house.store.run(lambda tx: tx.meta.set(HELD, "restored"))

    house.go()

    assert house.outside.asked == []
    assert house.tried().outcome is MitigationOutcome.UNKNOWN
    with pytest.raises(ConflictError, match="held"):
        house.start()


def test_one_that_worked_stops_the_impact(house: House) -> None:
    house.outside.answers = [_answer(200)]
    house.start()
    house.go()

    judged: Incident = house.store.run(
        lambda tx: judge_mitigation(
            house.desk(tx),
            "INC-1",
            find(tx, "INC-1").mitigations[0].id,
            outcome=MitigationOutcome.WORKED,
        )
    )

    assert judged.stage is Stage.RESOLVE
