"""What a back-test plays again is what happened, with nobody's name in it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.configured import checked
from tests.rota import BEN, ROTA, Rota
from tests.rota import MONDAY as ROTA_MONDAY
from tests.world.clock import MONDAY
from tests.world.configuration import payments
from tests.world.world import World

from handrail.core.ids import Slug
from handrail.core.paging.ladder import plan_level
from handrail.core.schedule.on_call import tile_at
from handrail.core.severity.severity import Urgency
from handrail.core.whatif.backtest import Assumption, compare
from handrail.core.whatif.record import Record
from handrail.core.whatif.response_times import Contact
from handrail.ports.channel import Message
from handrail.usecases import configuration, override
from handrail.usecases.alert_record import alert_record
from handrail.usecases.backtest import in_force
from handrail.usecases.override import Wish


@pytest.fixture
def world() -> Iterator[World]:
    made = World(payments())
    yield made
    made.forget_messages()
    made.close()


def recorded(world: World, *, limit: int = 100) -> Record:
    return world.store.read(
        lambda tx: alert_record(
            tx,
            starts_at=MONDAY,
            ends_at=MONDAY + timedelta(days=1),
            limit=limit,
        )
    )


def test_answers_and_those_overtaken_are_told_apart(world: World) -> None:
    world.signal(severity="critical")
    world.fast_forward(minutes=6)
    world.acknowledge("ben")

    (alert,) = recorded(world).alerts

    assert alert.fired_at == MONDAY
    assert sorted((one.seconds, one.is_answered) for one in alert.contacts) == [
        (60, True),
        (360, False),
    ]
    assert "ben" not in repr(alert)


def test_a_raise_and_a_recovery_are_kept(world: World) -> None:
    world.signal(severity="error")
    world.fast_forward(minutes=1)
    world.signal(severity="critical")
    world.fast_forward(minutes=1)
    world.recovers()

    (alert,) = recorded(world).alerts

    assert alert.severity_word == "SEV2"
    assert [(one.at - MONDAY, one.word) for one in alert.raises] == [
        (timedelta(minutes=1), "SEV1")
    ]
    assert alert.closed_at == MONDAY + timedelta(minutes=2)


def test_an_alert_that_came_back_counts_each_time_it_paged(world: World) -> None:
    world.signal()
    world.fast_forward(minutes=1)
    world.recovers()
    world.fast_forward(minutes=2)
    world.signal()

    first, second = recorded(world).alerts

    assert first.closed_at == MONDAY + timedelta(minutes=1)
    assert second.fired_at == MONDAY + timedelta(minutes=3)
    assert second.closed_at is None


def test_what_recovered_once_did_not_fall_silent_because_it_did_so_later(
    world: World,
) -> None:
    world.signal()
    world.fast_forward(minutes=1)
    world.recovers()
    world.fast_forward(minutes=2)
    world.signal(expires_after=timedelta(minutes=5))
    world.fast_forward(minutes=6)

    first, second = recorded(world).alerts

    assert (first.is_expired, second.is_expired) == (False, True)
    assert second.closed_at == MONDAY + timedelta(minutes=8)


def test_what_fell_silent_before_it_came_back_is_told_so(world: World) -> None:
    world.signal(expires_after=timedelta(minutes=5))
    world.fast_forward(minutes=20)
    world.acknowledge("ana")
    world.resolve("ana")
    world.fast_forward(hours=1)
    world.signal(expires_after=timedelta(hours=5))

    first, second = recorded(world).alerts

    assert (first.is_expired, second.is_expired) == (True, False)
    assert first.closed_at == MONDAY + timedelta(minutes=5)


def test_the_newest_are_kept_where_there_are_too_many(world: World) -> None:
    for number in range(4):
        world.signal(f"Fault {number}")
        world.fast_forward(minutes=1)

    record = recorded(world, limit=2)

    assert record.is_cut
    assert [one.fired_at - MONDAY for one in record.alerts] == [
        timedelta(minutes=2),
        timedelta(minutes=3),
    ]
    whole = recorded(world)
    assert not whole.is_cut


def test_what_was_in_force_then_is_played_and_gives_what_happened(
    world: World,
) -> None:
    """Ana was on call when it fired; the plan has changed since."""
    world.signal()
    world.fast_forward(hours=3)
    world.configure(lambda c: c.schedule("primary", "mia"))
    told = len({m.recipient for m in _pages_to(world)})

    record = recorded(world)
    comparison = world.store.read(
        lambda tx: compare(
            record,
            in_force=in_force(tx, [one.fired_at for one in record.alerts]),
            proposed=tx.configuration.snapshot(),
        )
    )

    before = comparison.whole.in_force[Assumption.NOBODY]
    assert before.interruptions == told - 1  # The channel is no person.
    assert before.exhausted == 1
    assert record.alerts[0].contacts[0] == Contact(
        seconds=record.alerts[0].contacts[0].seconds, is_answered=False
    )


def test_only_what_was_in_force_at_the_instants_is_compiled(world: World) -> None:
    """A revision an override: an installation has thousands after some years."""
    first = world.store.read(lambda tx: tx.configuration.snapshot())
    early = world.clock.now()
    for _ in range(5):
        world.fast_forward(hours=1)
        world.configure(lambda c: c.schedule("primary", "mia"))
        world.configure(lambda c: c.schedule("primary", "ana"))
    late = world.clock.now()

    then = world.store.read(lambda tx: in_force(tx, [early, late]))

    assert then(early).revision == first.revision
    assert then(late).revision == first.revision + 10
    assert then(early - timedelta(days=999)).revision == first.revision
    with pytest.raises(KeyError):
        then(early + timedelta(hours=2))


def _pages_to(world: World) -> list[Message]:
    names = ("ana", "ben", "mia", "ops")
    return [message for name in names for message in world.messages(name)]


def test_a_proposal_keeps_what_people_arranged_themselves() -> None:
    """Else every cover that somebody took would look like a change of the proposal."""
    rota = Rota()
    wish = Wish(schedule=Slug("web"), ends_at=ROTA_MONDAY + timedelta(hours=9))
    rota.do(override.add, wish, by=BEN)

    proposed = rota.look(
        lambda tx: configuration.proposed_here(
            tx,
            checked(ROTA.replace("name: web\n  time", "name: web\n  title: W\n  time")),
        )
    )

    assert tile_at(proposed.schedules[Slug("web")], ROTA_MONDAY).users == (BEN,)


def test_who_was_on_call_under_a_former_name_is_found_again() -> None:
    rota = Rota()
    rota.pass_time(days=1)
    text = ROTA.replace("schedule:web", "schedule:shop-web").replace(
        "  name: web\n  time", "  name: shop-web\n  renamed_from: web\n  time"
    )
    rota.apply(
        text.replace("[ana, ben, cleo]\n    every", "[cleo, ana, ben]\n    every")
    )

    then = rota.look(lambda tx: in_force(tx, [ROTA_MONDAY, rota.now]))

    before, after = then(ROTA_MONDAY), then(rota.now)
    assert (
        plan_level(
            before.policies[Slug("web")].levels[0].targets,
            urgency=Urgency.HIGH,
            snapshot=before,
            now=ROTA_MONDAY,
        )
        .deliveries[0]
        .recipient
        == "user:ana"
    )
    assert (
        plan_level(
            after.policies[Slug("web")].levels[0].targets,
            urgency=Urgency.HIGH,
            snapshot=after,
            now=rota.now,
        )
        .deliveries[0]
        .recipient
        == "user:cleo"
    )
