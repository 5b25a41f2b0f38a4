"""First page, no answer, the next level, an acknowledgement: the main job."""

from tests.world.world import World

from handrail.core.alert.alert import Disposition
from handrail.core.paging.page import PageState


def test_a_signal_tells_the_person_on_call_at_once(world: World) -> None:
    world.signal("Disk full", host="db-1")

    (told,) = world.expect_told("ana")

    item = told.items[0]
    assert item.ack_url.startswith("https://handrail.test/a/")
    assert (
        item.what_next
        == "Without an answer, ben is told at 09:05 UTC (in 5 min): level 2."
    )
    assert ("host", "db-1") in item.details


def test_without_an_answer_each_level_is_told_in_its_time(world: World) -> None:
    world.signal()
    world.expect_told("ana")

    world.fast_forward(minutes=4, seconds=59)
    world.expect_silence()
    world.fast_forward(seconds=1)
    world.expect_told("ben")
    world.fast_forward(minutes=5)
    world.expect_told("mia")
    world.fast_forward(minutes=10)
    world.expect_told("ops")

    assert world.disposition() is Disposition.LAST_RESORT


def test_an_acknowledgement_stops_everything(world: World) -> None:
    world.signal()
    world.expect_told("ana")
    world.fast_forward(minutes=5)
    world.expect_told("ben")

    page = world.acknowledge("ben")
    world.fast_forward(hours=24)

    world.expect_bulletin("ben", saying="Is this an incident?")
    world.expect_silence()
    assert page.state is PageState.ACKNOWLEDGED
    assert world.disposition() is Disposition.PAGED_ACKNOWLEDGED


def test_everybody_silent_exhausts_the_page_and_says_so(world: World) -> None:
    world.signal()
    world.fast_forward(hours=3)

    world.expect_told("ops", times=4)
    world.forget_messages()

    assert world.page().state is PageState.EXHAUSTED
    assert world.disposition() is Disposition.PAGED_EXHAUSTED
    assert world.acknowledge("mia").state is PageState.ACKNOWLEDGED


def test_who_asks_for_help_gets_it_even_when_the_last_resort_was_told_before(
    world: World,
) -> None:
    world.signal()
    world.fast_forward(hours=1, minutes=6)
    world.forget_messages()
    world.acknowledge("ana")

    world.escalate("ana")

    world.expect_told("ops")
    assert world.page().state is PageState.OPEN
    world.acknowledge("ben")
