"""Severity, hours, settling, silence and recovery decide whether anybody is told."""

from datetime import timedelta

import pytest
from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import Configuration, payments
from tests.world.world import World

from handrail.core.alert.alert import AlertState, Disposition
from handrail.core.paging.page import PageState


def in_the_afternoon() -> Configuration:
    hours = {"days": ["mon"], "from": "13:00", "to": "17:00", "time_zone": "UTC"}
    return payments().service("checkout", "payments", support_hours=[hours])


def test_sev3_is_held_to_support_hours_and_pages_if_it_still_fires(
    make_world: MakeWorld,
) -> None:
    world = make_world(in_the_afternoon())

    world.signal(severity="warning")

    world.expect_silence()
    assert world.disposition() is Disposition.HELD
    world.fast_forward(hours=4)
    world.expect_told("ana")


def test_sev3_that_recovers_while_held_tells_nobody(make_world: MakeWorld) -> None:
    world = make_world(in_the_afternoon())
    world.signal(severity="warning")

    world.recovers()
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.disposition() is Disposition.RESOLVED


def test_sev4_is_muted_with_its_reason(world: World) -> None:
    world.signal(severity="info")
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.disposition() is Disposition.MUTED
    assert world.alert().reason.startswith("severity_never_pages")


@pytest.mark.parametrize("word", [None, "catastrophic", "SEV1", "page"])
def test_severity_words_that_are_unknown_or_grave_page(
    world: World, word: str | None
) -> None:
    world.signal(severity=word)

    world.expect_told("ana")


def test_what_recovers_while_it_settles_tells_nobody(make_world: MakeWorld) -> None:
    world = make_world(payments().route("flappy", "checkout", settle="2m"))
    world.signal("Flap")
    world.fast_forward(minutes=1)

    world.recovers("Flap")
    world.fast_forward(hours=1)

    world.expect_silence()
    assert world.disposition("Flap") is Disposition.RESOLVED


def test_what_does_not_settle_pages_when_the_time_is_up(make_world: MakeWorld) -> None:
    world = make_world(payments().route("flappy", "checkout", settle="2m"))
    world.signal()

    world.fast_forward(minutes=2)

    world.expect_told("ana")


def test_a_route_that_says_high_urgency_pages_at_any_hour(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        in_the_afternoon().route("urgent", "checkout", 'team="core"', urgency="high")
    )

    world.signal(severity="info", team="core")

    world.expect_told("ana")


def test_recovery_before_an_answer_ends_the_page(world: World) -> None:
    world.signal()
    world.expect_told("ana")

    world.recovers()
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.page().state is PageState.RESOLVED
    assert world.disposition() is Disposition.RESOLVED


def test_an_expired_alerts_page_goes_on_and_says_so(world: World) -> None:
    world.signal(expires_after=timedelta(minutes=3))
    world.expect_told("ana")

    world.fast_forward(minutes=5)

    (told,) = world.expect_told("ben")
    assert world.alert().state is AlertState.EXPIRED
    assert any("fell silent" in note for note in told.items[0].notes)


def test_a_held_alert_that_expires_says_so(make_world: MakeWorld) -> None:
    world = make_world(in_the_afternoon())

    world.signal(severity="warning", expires_after=timedelta(minutes=3))
    world.fast_forward(minutes=3)

    assert world.disposition() is Disposition.EXPIRED
    world.fast_forward(hours=24)
    world.expect_silence()


def test_repeats_keep_an_alert_alive_and_page_nobody_again(world: World) -> None:
    world.signal(expires_after=timedelta(minutes=3))
    world.expect_told("ana")
    world.acknowledge("ana")

    for _ in range(10):
        world.fast_forward(minutes=2)
        world.signal(expires_after=timedelta(minutes=3))

    world.expect_bulletin("ana", saying="Is this an incident?")
    world.expect_silence()
    alert = world.alert()
    assert alert.state is AlertState.FIRING
    assert alert.repeats == 10


def test_a_raised_severity_pages_anew(world: World) -> None:
    world.signal(severity="error")
    world.expect_told("ana")
    world.acknowledge("ana")
    world.fast_forward(minutes=10)

    world.signal(severity="critical")

    world.expect_told("ana")
    assert world.page().state is PageState.OPEN
    assert world.page().severity == "SEV1"


def test_a_sender_that_acknowledges_stops_the_page(world: World) -> None:
    world.signal()
    world.expect_told("ana")

    world.sender_acknowledges()
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.page().acknowledged_by is None
    assert world.disposition() is Disposition.PAGED_ACKNOWLEDGED


def test_a_sender_that_acknowledges_what_is_held_stops_it(
    make_world: MakeWorld,
) -> None:
    world = make_world(in_the_afternoon())
    world.signal(severity="warning")

    world.sender_acknowledges()
    world.sender_acknowledges()
    world.fast_forward(hours=24)

    world.expect_silence()
    assert world.disposition() is Disposition.ACKNOWLEDGED


def test_what_was_acknowledged_and_recovers_keeps_who_took_it(world: World) -> None:
    world.signal()
    world.expect_told("ana")
    world.acknowledge("ana")

    world.recovers()

    assert world.disposition() is Disposition.PAGED_ACKNOWLEDGED
    assert world.alert().state is AlertState.RESOLVED


def test_what_fires_again_after_recovery_pages_again(world: World) -> None:
    world.signal()
    world.recovers()
    world.expect_told("ana")
    world.fast_forward(minutes=2)

    world.signal()

    world.expect_told("ana")
    assert world.alert().generation == 2
