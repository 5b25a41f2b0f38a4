"""What people do to an incident, on a store in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from tests.world.clock import VirtualClock
from tests.world.configuration import payments
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.audit.event import broken_link
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.incident.event import Audience
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection, Ending, Stage
from handrail.core.mitigation.mitigation import MitigationOutcome
from handrail.core.severity.severity import Severity
from handrail.usecases import incident as use
from handrail.usecases.desk import Desk
from handrail.usecases.evidence import EvidenceFile, attach
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import as_known_at, find, stream_of

T = TypeVar("T")
ANA, BEN = Slug("ana"), Slug("ben")


@dataclass
class Room:
    """A store with the payments team in it, and a clock to turn."""

    clock: VirtualClock
    ids: SeededIds
    store: Any

    def desk(self, tx: Any, user: Slug = ANA, role: Role = Role.RESPONDER) -> Desk:
        actor = Actor(kind=ActorKind.USER, name=user, role=role, user=user)
        return Desk(tx=tx, actor=actor, ids=self.ids)

    def do(self, verb: Any, *args: Any, user: Slug = ANA, **words: Any) -> Incident:
        done: Incident = self.store.run(
            lambda tx: verb(self.desk(tx, user), *args, **words)
        )
        return done

    def declare(self, title: str = "Checkout is down", **words: Any) -> Incident:
        return self.do(use.declare, Declaration(title=title, **words))

    def pass_time(self, **span: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(**span))


@pytest.fixture
def room() -> Iterator[Room]:
    clock = VirtualClock()
    ids = SeededIds(1, clock)
    store = fresh_store(now=clock.now, is_alive=lambda _: True)
    store.run(payments().apply)
    yield Room(clock=clock, ids=ids, store=store)
    store.close()


def test_a_title_is_enough_and_the_declarer_commands(room: Room) -> None:
    first, second = room.declare(), room.declare("Search is slow")

    assert (first.name, second.name) == ("INC-1", "INC-2")
    assert first.commander == ANA
    assert first.stage is Stage.TRIAGE
    assert first.severity is None
    assert first.detected_by is Detection.EMPLOYEE
    assert [o.kind for o in first.obligations] == ["severity_assessed"]


def test_an_empty_title_is_refused_and_takes_no_number(room: Room) -> None:
    with pytest.raises(InvalidError) as refused:
        room.declare("   ")

    assert "title" in refused.value.fields
    assert room.declare().number == 1


def test_the_whole_response_step_by_step(room: Room) -> None:
    name = room.declare(severity=Severity.SEV2).name
    room.do(use.take_role, name, IncidentRole.OPERATIONS, BEN)
    tried = room.do(use.try_mitigation, name, title="Roll back 4.2", by=BEN)
    room.pass_time(minutes=3)

    worked = room.do(
        use.judge_mitigation,
        name,
        tried.mitigations[0].id,
        outcome=MitigationOutcome.WORKED,
    )
    done = room.do(
        use.resolve, name, reason="errors are gone", despite_obligations=True
    )

    assert tried.stage is Stage.MITIGATE
    assert worked.stage is Stage.RESOLVE
    assert worked.mitigated_at == done.resolved_at
    assert done.stage is Stage.LEARN
    assert done.ending is Ending.RESOLVED
    owed = [o for o in done.obligations if o.is_open]
    assert [o.kind for o in owed] == ["postmortem_published"]


def test_resolving_asks_for_mitigation_the_commander_and_what_is_owed(
    room: Room,
) -> None:
    name = room.declare(severity=Severity.SEV2).name
    with pytest.raises(ConflictError, match="not mitigated"):
        room.do(use.resolve, name)
    room.do(use.mitigated, name, reason="it recovered by itself")
    with pytest.raises(ConflictError, match="ana commands INC-1"):
        room.do(use.resolve, name, user=BEN)
    with pytest.raises(ConflictError, match="stakeholders told"):
        room.do(use.resolve, name)

    resolved = room.do(use.resolve, name, despite_obligations=True)

    assert resolved.resolved_at == room.clock.now()


def test_lowering_asks_for_a_reason_and_raising_does_not(room: Room) -> None:
    name = room.declare(severity=Severity.SEV2).name
    raised = room.do(use.change_severity, name, Severity.SEV1)
    with pytest.raises(InvalidError, match="no longer SEV1"):
        room.do(use.change_severity, name, Severity.SEV3)

    lowered = room.do(
        use.change_severity, name, Severity.SEV3, reason="one customer only"
    )

    assert [m.severity for m in lowered.severity_history] == ["SEV2", "SEV1", "SEV3"]
    assert raised.obligation("scribe_named.1") is not None
    assert not [o for o in lowered.obligations if o.is_open]


def test_command_is_handed_over_in_one_entry_and_never_vacant(room: Room) -> None:
    name = room.declare().name
    handed = room.do(use.hand_over, name, BEN, reason="end of shift")
    with pytest.raises(ConflictError, match="never vacant"):
        room.do(use.leave_role, name, IncidentRole.COMMANDER, BEN)
    with pytest.raises(InvalidError, match="no user"):
        room.do(use.hand_over, name, Slug("nobody-known"))

    assert handed.commander == BEN
    assert handed.holders(IncidentRole.COMMANDER) == (BEN,)


def test_a_merged_incident_refers_to_the_one_that_goes_on(room: Room) -> None:
    first, second = room.declare(), room.declare()

    kept = room.do(use.merge, second.name, first.name)

    gone = room.store.read(lambda tx: find(tx, second.name))
    assert kept.absorbed == (2,)
    assert gone.ending is Ending.MERGED
    assert gone.merged_into == first.id
    with pytest.raises(ConflictError, match="INC-2 is merged"):
        room.do(use.change_severity, second.name, Severity.SEV1)


def test_who_reopens_commands(room: Room) -> None:
    name = room.declare(severity=Severity.SEV3).name
    room.do(use.mitigated, name, reason="recovered")
    closed = room.do(use.resolve, name)

    again = room.do(use.reopen, name, reason="it is back", user=BEN)

    assert closed.stage is Stage.CLOSED
    assert again.stage is Stage.MITIGATE
    assert again.commander == BEN
    assert again.resolved_at is None


def test_the_state_is_what_its_record_amounts_to(room: Room) -> None:
    name = room.declare(severity=Severity.SEV1).name
    room.pass_time(minutes=1)
    before = room.do(use.note, name, "5xx on all carts")
    known_at = room.clock.now()
    room.pass_time(minutes=1)
    room.do(use.pin, name, 2)
    room.do(use.correct, name, 2, "on a third of the carts")
    room.do(use.add_task, name, title="Drain the pool", assignee=BEN)
    room.do(use.post_update, name, text="We are on it", audience=Audience.EXECUTIVES)
    now = room.do(
        attach,
        name,
        EvidenceFile(name="graph.png", media_type="image/png", content=b"png"),
    )

    rebuilt = room.store.read(lambda tx: as_known_at(tx, now.id, room.clock.now()))
    earlier = room.store.read(lambda tx: as_known_at(tx, now.id, known_at))
    stored = room.store.read(lambda tx: find(tx, name))
    entries = room.store.read(lambda tx: tx.event.read(stream_of(now.id)))
    kept = room.store.read(lambda tx: tx.incident.evidence(now.evidence[0].id))

    assert rebuilt == now == stored
    assert earlier == before
    assert kept == b"png"
    assert broken_link(entries) is None
    assert now.sequence == len(entries)


def test_a_note_keeps_when_it_happened_and_when_it_was_told(room: Room) -> None:
    room.pass_time(hours=1)
    incident = room.declare()
    happened_at = room.clock.now() - timedelta(minutes=30)

    room.do(use.note, incident.name, "first timeouts", at=happened_at)
    with pytest.raises(InvalidError, match="future"):
        room.do(
            use.note, incident.name, "later", at=room.clock.now() + timedelta(minutes=1)
        )

    entry = room.store.read(lambda tx: tx.event.read(stream_of(incident.id)))[-1]
    assert entry.occurred_at == happened_at
    assert entry.recorded_at == room.clock.now()


def test_a_private_incident_is_seen_by_its_participants_and_admins(room: Room) -> None:
    name = room.declare(is_private=True).name
    with pytest.raises(NotFoundError):
        room.do(use.note, name, "what is this?", user=BEN)
    room.do(use.take_role, name, IncidentRole.SUBJECT_EXPERT, BEN)

    seen = room.do(use.note, name, "I am here", user=BEN)

    admin = room.store.run(
        lambda tx: use.note(room.desk(tx, Slug("cleo"), Role.ADMIN), name, "me too")
    )
    assert seen.participants == (ANA, BEN)
    assert admin.sequence == seen.sequence + 1
