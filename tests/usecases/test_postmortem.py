"""From a resolved incident to something changed, on a store in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

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
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.core.postmortem.action_item import ActionCategory, ActionPlan
from handrail.core.postmortem.contributing_factor import FactorKind
from handrail.core.postmortem.document import markdown
from handrail.core.postmortem.postmortem import PostmortemState
from handrail.core.postmortem.section import Section
from handrail.core.severity.severity import Severity
from handrail.usecases import action_item
from handrail.usecases import incident as response
from handrail.usecases import postmortem as use
from handrail.usecases.change import report
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import find
from handrail.usecases.postmortem_record import stream_of

ANA, BEN, MIA = Slug("ana"), Slug("ben"), Slug("mia")
PLAN = ActionPlan(
    title="Alert on queue age",
    category=ActionCategory.DETECTION,
    owner=BEN,
    due_on=date(2026, 4, 1),
)
WRITTEN = {
    Section.SUMMARY: "Nobody could pay for half an hour.",
    Section.IMPACT_USERS: "1200 people.",
    Section.WENT_WELL: "The rollback took two minutes.",
    Section.WENT_POORLY: "Customers told us first.",
}


@dataclass
class Room:
    """A store with the payments team in it, and a clock to turn."""

    clock: VirtualClock
    ids: SeededIds
    store: Any

    def actor(self, user: Slug) -> Actor:
        return Actor(kind=ActorKind.USER, name=user, role=Role.RESPONDER, user=user)

    def do(self, verb: Any, *args: Any, user: Slug = ANA, **words: Any) -> Any:
        def work(tx: Any) -> Any:
            desk = Desk(tx=tx, actor=self.actor(user), ids=self.ids)
            return verb(desk, *args, **words)

        return self.store.run(work)

    def pass_time(self, **span: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(**span))

    def story(self, name: str, user: Slug = ANA) -> use.PostmortemStory:
        viewer = viewer_of(self.actor(user))
        found: use.PostmortemStory = self.store.read(
            lambda tx: use.show(tx, name, viewer=viewer)
        )
        return found

    def incident(self, name: str = "INC-1") -> Incident:
        found: Incident = self.store.read(lambda tx: find(tx, name))
        return found

    def resolved(self, severity: Severity = Severity.SEV2, **words: Any) -> str:
        declared = Declaration(title="Checkout is down", severity=severity, **words)
        name: str = self.do(response.declare, declared).name
        self.resolve(name)
        return name

    def resolve(self, name: str, **words: Any) -> Incident:
        self.pass_time(minutes=10)
        self.do(response.mitigated, name, reason="rolled back")
        self.pass_time(minutes=20)
        done: Incident = self.do(
            response.resolve, name, despite_obligations=True, **words
        )
        return done

    def publish(self, name: str) -> None:
        """Write all that is needed, and publish."""
        version = self.story(name).postmortem.sequence
        self.do(use.write, name, WRITTEN, version=version)
        self.do(use.add_factor, name, "One queue for all", kind=FactorKind.TECHNOLOGY)
        self.do(use.submit, name)
        self.do(use.publish, name, version=self.story(name).postmortem.sequence)


@pytest.fixture
def room() -> Iterator[Room]:
    clock = VirtualClock()
    ids = SeededIds(1, clock)
    store = fresh_store(now=clock.now, is_alive=lambda _: True)
    store.run(payments().apply)
    yield Room(clock=clock, ids=ids, store=store)
    store.close()


def test_resolving_what_demands_a_postmortem_drafts_it_with_the_record(
    room: Room,
) -> None:
    name = room.resolved()

    story = room.story(name)

    assert room.incident().postmortem_id == story.postmortem.id
    assert story.postmortem.state is PostmortemState.DRAFT
    assert story.whole.draft.facts[Section.SUMMARY][0].startswith("What: Checkout")
    assert story.whole.draft.timeline[0].what.startswith("Declared by")
    assert {lack.part for lack in story.missing} == {*WRITTEN, "factors"}


def test_resolving_twice_drafts_once(room: Room) -> None:
    name = room.resolved()
    before = room.incident()

    room.do(response.resolve, name)

    assert room.incident() == before


def test_a_summary_of_the_response_is_where_the_summary_begins(room: Room) -> None:
    from handrail.core.incident.event import FactsAmended

    name = room.do(
        response.declare, Declaration(title="Slow", severity=Severity.SEV2)
    ).name
    room.do(response.amend, name, FactsAmended(summary="The cache was cold."))
    room.resolve(name)

    assert room.story(name).postmortem.text(Section.SUMMARY) == "The cache was cold."


def test_an_incident_without_a_demanded_one_gets_one_when_it_is_wanted(
    room: Room,
) -> None:
    name = room.resolved(Severity.SEV3)
    assert room.incident().stage is Stage.CLOSED
    with pytest.raises(NotFoundError, match="handrail postmortem draft INC-1"):
        room.story(name)

    room.do(use.draft, name)

    assert room.story(name).postmortem.state is PostmortemState.DRAFT
    with pytest.raises(ConflictError, match="has a postmortem"):
        room.do(use.draft, name)
    room.publish(name)
    assert room.incident().stage is Stage.CLOSED
    assert room.incident().postmortem_published_at is not None


def test_while_the_response_runs_and_where_there_was_none_nothing_is_drafted(
    room: Room,
) -> None:
    name = room.do(response.declare, Declaration(title="Odd")).name
    with pytest.raises(ConflictError, match="is not over"):
        room.do(use.draft, name)
    room.do(response.decline, name, reason="a test")

    with pytest.raises(ConflictError, match="was declined"):
        room.do(use.draft, name)


def test_learning_ends_with_the_last_action_item_and_closes_the_incident(
    room: Room,
) -> None:
    name = room.resolved()
    first = room.do(action_item.add, name, PLAN).name
    second = room.do(action_item.add, name, PLAN).name
    room.do(action_item.done, first, result="fired in the drill")

    room.publish(name)

    owed = room.incident().obligations[-1]
    assert owed.kind == "postmortem_published"
    assert owed.is_kept
    assert room.incident().stage is Stage.LEARN
    room.do(action_item.waive, second, reason="the queue goes away", user=BEN)
    assert room.incident().stage is Stage.CLOSED
    assert room.incident().learned_at == room.clock.now()


def test_publishing_names_all_that_is_missing_and_publishes_nothing(
    room: Room,
) -> None:
    name = room.resolved()
    room.do(action_item.add, name, ActionPlan(title="Do better"))
    room.do(use.add_factor, name, "Human error", kind=FactorKind.PROCESS)
    version = room.story(name).postmortem.sequence

    with pytest.raises(InvalidError) as refused:
        room.do(use.publish, name, version=version)

    assert set(refused.value.fields) == {*WRITTEN, "f1", "ACT-1"}
    assert room.incident().postmortem_published_at is None


def test_what_somebody_changed_since_is_not_published(room: Room) -> None:
    name = room.resolved()
    read = room.story(name).postmortem.sequence
    room.do(use.write, name, WRITTEN, version=read, user=BEN)

    with pytest.raises(ConflictError, match="ben changed"):
        room.do(use.publish, name, version=read)


def test_what_is_published_stays_as_it_was_whatever_is_recorded_later(
    room: Room,
) -> None:
    name = room.resolved()
    room.publish(name)
    before = markdown(room.story(name).whole)

    room.pass_time(hours=1)
    room.do(response.note, name, "A late memory")
    room.do(response.pin, name, 3)

    assert markdown(room.story(name).whole) == before


def test_changes_before_it_are_named_but_not_those_told_after_publishing(
    room: Room,
) -> None:
    room.do(report, title="Checkout 4.2")
    room.pass_time(minutes=1)
    name = room.resolved()
    room.publish(name)
    room.pass_time(hours=1)
    early = room.clock.now() - timedelta(hours=3)
    room.do(report, title="Told late", at=early)

    facts = room.story(name).whole.draft.facts[Section.SUPPORTING]

    assert [fact.partition(" (")[0] for fact in facts] == [
        "Change before it: Checkout 4.2"
    ]


def test_an_incident_that_came_back_takes_its_postmortem_up_again(room: Room) -> None:
    name = room.resolved()
    room.publish(name)
    assert room.incident().stage is Stage.CLOSED
    room.do(response.reopen, name, reason="it is back")
    published = room.story(name).postmortem.state

    done = room.resolve(name)

    again = room.story(name).postmortem
    assert published is PostmortemState.PUBLISHED
    assert done.stage is Stage.LEARN
    assert again.state is PostmortemState.DRAFT
    assert again.text(Section.SUMMARY) == WRITTEN[Section.SUMMARY]


def test_action_items_of_a_published_postmortem_are_whole(room: Room) -> None:
    name = room.resolved()
    kept = room.do(action_item.add, name, PLAN)
    room.publish(name)

    with pytest.raises(InvalidError, match="must be complete"):
        room.do(action_item.add, name, ActionPlan(title="Someday"))
    with pytest.raises(InvalidError, match="must be complete"):
        room.do(action_item.change, kept.name, replace(PLAN, owner=None), version=1)
    with pytest.raises(InvalidError, match="no user"):
        room.do(action_item.add, name, replace(PLAN, owner=Slug("nobody-here")))


def test_a_private_incident_is_learned_from_by_its_people_alone(room: Room) -> None:
    name = room.resolved(is_private=True)
    item = room.do(action_item.add, name, PLAN).name

    with pytest.raises(NotFoundError, match="there is no incident"):
        room.story(name, user=MIA)
    with pytest.raises(NotFoundError, match="there is no action item"):
        room.do(action_item.done, item, result="x", user=MIA)
    with pytest.raises(NotFoundError):
        room.do(use.submit, name, user=MIA)
    assert room.story(name).postmortem.incident_name == name


def test_the_record_of_writing_is_a_chain_from_which_it_is_rebuilt(room: Room) -> None:
    import msgspec

    from handrail.core.postmortem.postmortem import rebuild
    from handrail.usecases.postmortem_record import POSTMORTEM_KINDS

    name = room.resolved()
    room.publish(name)
    room.do(use.take_up_again, name, reason="a number was wrong")
    known = room.story(name).postmortem
    kinds = {word: kind for kind, word in POSTMORTEM_KINDS.items()}

    stored = room.store.read(lambda tx: tx.event.read(stream_of(known.id)))

    events: Any = [
        (msgspec.json.decode(one.payload, type=kinds[one.kind]), one.occurred_at)
        for one in stored
    ]
    assert broken_link(stored) is None
    assert rebuild(known.id, events) == known
