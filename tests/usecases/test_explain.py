import pytest
from tests.world.configuration import payments
from tests.world.world import World

from handrail.core.errors import NotFoundError
from handrail.core.ids import PageId
from handrail.usecases.explain import describe
from handrail.usecases.invariant_audit import page_facts


def eventful_world() -> World:
    """Return a world in which every kind of event has happened to some page."""
    world = World(payments().schedule("primary", "nobody"))
    world.signal("Passed on")
    world.escalate("ben", "Passed on")
    world.acknowledge("mia", "Passed on")
    world.resolve("mia", "Passed on")
    world.signal("Nobody answers")
    world.fast_forward(hours=3)
    world.sender_acknowledges("Nobody answers")
    return world


def told(world: World, title: str) -> str:
    return "\n".join(world.explain(world.alert(title).id).lines())


def test_a_story_says_what_happened_and_who_did_it() -> None:
    story = told(eventful_world(), "Passed on")

    for line in (
        "level 1 was empty, skipped at once: schedule:primary leads to nobody",
        "level 2 told (the level before led to nobody): user:ben",
        "level 3 told (somebody passed it on): user:mia",
        "acknowledged by mia via link  [user:mia]",
        "resolved by mia",
    ):
        assert line in story


def test_a_story_says_when_everybody_was_told_in_vain() -> None:
    story = told(eventful_world(), "Nobody answers")

    assert "the last resort told (nobody answered in time): channel:ops" in story
    assert "exhausted: the last resort was told 4 times, unanswered" in story
    assert "acknowledged by the sender via sender" in story


def test_every_kind_of_id_leads_to_the_story() -> None:
    world = World()
    receipt = world.signal()
    page = world.page()
    facts = world.store.read(lambda tx: page_facts(tx, page))

    ids = [world.alert().id, receipt.id, page.id, facts.deliveries[0].id]

    assert {world.explain(some_id).alert.id for some_id in ids} == {world.alert().id}


def test_what_nothing_has_or_was_dropped_is_refused() -> None:
    world = World()
    dropped = world.recovers("Never fired")

    for some_id in ("nothing", dropped.id):
        with pytest.raises(NotFoundError):
            world.explain(some_id)


def test_every_event_of_every_page_can_be_told() -> None:
    world = eventful_world()
    for title in ("Passed on", "Nobody answers"):
        page_id = PageId(world.page(title).id)
        page = world.store.read(lambda tx, p=page_id: tx.page.get(p))  # type: ignore[misc]  # a default
        assert page is not None
        facts = world.store.read(lambda tx, p=page: page_facts(tx, p))  # type: ignore[misc]  # a default

        assert all(describe(event) for event, _ in facts.events)
