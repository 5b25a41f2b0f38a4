"""What never pages becomes one ticket, and the tracker is asked until it took it."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.usecases.test_postmortem import ANA, Room
from tests.usecases.test_postmortem import room as room  # noqa: PLC0414 - a fixture

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState
from handrail.core.backlog.ticket import BacklogTicket, TicketState, TrackerTook
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import AlertId, NodeId, Slug
from handrail.core.incident.stage import Stage
from handrail.core.paging.outcome import Permanent, Retryable, Scope
from handrail.core.severity.severity import Severity
from handrail.usecases import backlog, evaluation
from handrail.usecases import incident as response
from handrail.usecases.delivery import HELD
from handrail.usecases.desk import viewer_of
from handrail.usecases.incident import Declaration

HERE = NodeId("here")
TOOK = TrackerTook(reference="OPS-1", link="https://t.example.org/OPS-1")


@dataclass
class Backlog:
    """The room, and what its backlog holds."""

    room: Room

    def tickets(self) -> list[BacklogTicket]:
        found: list[BacklogTicket] = self.room.store.read(
            lambda tx: tx.backlog.search(
                viewer=viewer_of(self.room.actor(ANA)),
                open_only=False,
                limit=99,
            )
        )
        return found

    def fire(self, key: str = "disk", word: str = "info") -> AlertId:
        """Let an alert fire and be evaluated."""

        def work(tx: Any) -> AlertId:
            alert = Alert(
                id=AlertId(self.room.ids.new_id()),
                integration=Slug("monitoring"),
                dedup_key=key,
                state=AlertState.FIRING,
                title="Disk 70 % full",
                labels={},
                severity_word=word,
                starts_at=tx.now,
                opened_at=tx.now,
                last_seen_at=tx.now,
                evaluate_due_at=tx.now,
            )
            tx.alert.add([alert])
            return alert.id

        alert_id: AlertId = self.room.store.run(work)
        self.evaluate()
        return alert_id

    def evaluate(self) -> None:
        ids = self.room.ids
        self.room.store.run(lambda tx: evaluation.evaluate_due(tx, ids=ids, limit=9))

    def over(self, alert_id: AlertId) -> None:
        def work(tx: Any) -> None:
            alert = tx.alert.get(alert_id)
            ids = self.room.ids
            evaluation.on_resolved(tx, alert, actor="integration:m", ids=ids)

        self.room.store.run(work)

    def configure(self, kind: str = "webhook") -> None:
        from tests.world.configuration import payments

        body = {"kind": kind, "url": "https://t.example.org/hook"}
        plan = payments().put("tracker", "tracker", body)
        self.room.store.run(plan.apply)

    def claim(self) -> list[Any]:
        return list(
            self.room.store.run(lambda tx: backlog.claim(tx, node=HERE, limit=9))
        )

    def record(self, opening: Any, outcome: Any) -> BacklogTicket:
        done: BacklogTicket = self.room.store.run(
            lambda tx: backlog.record(tx, opening, outcome, ids=self.room.ids)
        )
        return done


@pytest.fixture
def kept(room: Room) -> Backlog:
    return Backlog(room)


def test_an_alert_that_never_pages_asks_for_one_ticket_however_often_it_comes(
    kept: Backlog,
) -> None:
    first = kept.fire()
    kept.over(first)
    kept.room.pass_time(hours=1)
    kept.fire()
    kept.fire("other")
    kept.fire("loud", word="critical")

    asked = kept.tickets()

    assert [one.condition for one in asked] == ["monitoring/other", "monitoring/disk"]
    assert {one.state for one in asked} == {TicketState.PENDING}


def test_a_condition_that_comes_back_after_a_month_asks_again(kept: Backlog) -> None:
    first = kept.fire()
    kept.over(first)
    kept.room.pass_time(days=limits.BACKLOG_CONDITION_MEMORY.days, seconds=1)

    kept.fire()

    assert len(kept.tickets()) == 2


@pytest.mark.parametrize("begins_at", [Severity.SEV4, Severity.SEV2])
def test_an_incident_that_is_or_becomes_sev4_asks_for_a_ticket_once(
    kept: Backlog, begins_at: Severity
) -> None:
    room = kept.room
    name = room.do(
        response.declare, Declaration(title="A typo", severity=begins_at)
    ).name
    for severity in (Severity.SEV4, Severity.SEV3, Severity.SEV4):
        room.do(response.change_severity, name, severity, reason="on reflection")

    (asked,) = kept.tickets()

    ticket = room.incident(name).ticket
    assert ticket is not None
    assert ticket.id == asked.id
    assert asked.incident_number == 1


def test_a_private_incident_asks_for_no_ticket(kept: Backlog) -> None:
    declared = Declaration(title="Secret", severity=Severity.SEV4, is_private=True)

    kept.room.do(response.declare, declared)

    assert kept.tickets() == []


def test_an_incident_from_an_alert_takes_over_the_alerts_ticket(kept: Backlog) -> None:
    kept.configure()
    alert_id = kept.fire()
    (opening,) = kept.claim()
    declared = Declaration(title="Disk", severity=Severity.SEV4, alert_id=alert_id)
    name = kept.room.do(response.declare, declared).name

    kept.record(opening, TOOK)

    (asked,) = kept.tickets()
    ticket = kept.room.incident(name).ticket
    assert asked.incident_number == 1
    assert ticket is not None
    assert (ticket.reference, ticket.link) == ("OPS-1", TOOK.link)


def test_without_a_tracker_tickets_are_kept_and_not_claimed(kept: Backlog) -> None:
    kept.fire()

    assert kept.claim() == []
    assert not kept.room.store.read(backlog.is_due)
    kept.configure("none")
    assert kept.claim() == []
    kept.configure()
    assert kept.room.store.read(backlog.is_due)
    assert len(kept.claim()) == 1


def test_nothing_is_sent_while_the_installation_is_held(kept: Backlog) -> None:
    kept.configure()
    kept.fire()
    kept.room.store.run(lambda tx: tx.meta.set(HELD, "restored"))

    assert kept.claim() == []
    assert not kept.room.store.read(backlog.is_due)


def test_a_lost_attempt_is_made_again_under_the_same_key(kept: Backlog) -> None:
    kept.configure()
    kept.fire()
    (lost,) = kept.claim()
    assert kept.claim() == []
    kept.room.pass_time(seconds=limits.LEASE.total_seconds())

    (again,) = kept.claim()
    late = kept.record(lost, Retryable(reason="busy"))
    done = kept.record(again, TOOK)

    assert again.ticket.idempotency_key == lost.ticket.idempotency_key
    assert late.state is TicketState.CLAIMED
    assert done.state is TicketState.OPENED
    assert kept.claim() == []


def test_what_failed_for_good_waits_for_somebody_to_try_it_again(
    kept: Backlog,
) -> None:
    kept.configure()
    kept.fire()
    (opening,) = kept.claim()
    failed = kept.record(opening, Permanent(reason="404", scope=Scope.METHOD))
    kept.room.pass_time(days=1)
    assert kept.claim() == []
    viewer = viewer_of(kept.room.actor(ANA))

    kept.room.store.run(lambda tx: backlog.try_again(tx, failed.id, viewer=viewer))

    (again,) = kept.claim()
    kept.record(again, TOOK)
    with pytest.raises(ConflictError, match="opened already"):
        kept.room.store.run(lambda tx: backlog.try_again(tx, failed.id, viewer=viewer))
    with pytest.raises(NotFoundError):
        kept.room.store.run(lambda tx: backlog.try_again(tx, "no", viewer=viewer))


def test_resolving_closes_no_ticket(kept: Backlog) -> None:
    name = kept.room.do(
        response.declare, Declaration(title="A typo", severity=Severity.SEV4)
    ).name

    done = kept.room.resolve(name)

    assert done.stage is Stage.CLOSED
    assert [one.state for one in kept.tickets()] == [TicketState.PENDING]
