"""From the first signal to the end, as far as the use cases reach today."""

from tests.world.sink import LOSES_THE_ANSWER
from tests.world.world import World

from handrail.core.alert.alert import AlertState, Disposition
from handrail.core.paging.page import PageState


def test_the_whole_life_of_an_incident(world: World) -> None:
    # A signal comes in, its receipt can be asked about, and Ana is told.
    receipt = world.signal("Checkout fails", severity="critical", region="eu")
    world.expect_told("ana", of="Checkout fails")

    # She does not answer; Ben is told. His provider's answer is lost, so he is told
    # again under the same key, and it says that it may be a repeat.
    world.sink.once("ben@email.test", LOSES_THE_ANSWER)
    world.fast_forward(minutes=5)
    world.fast_forward(seconds=5)
    first, second = world.expect_told("ben", of="Checkout fails", times=2)
    assert first.idempotency_key == second.idempotency_key
    assert any("repeat" in note for note in second.items[0].notes)

    # Ben takes it: nobody else is woken, and he is asked once to declare an incident.
    world.acknowledge("ben", "Checkout fails")
    world.fast_forward(hours=1)
    world.expect_bulletin("ben", saying="Is this an incident? Checkout fails")
    world.expect_silence()

    # The condition ends. Everything that happened can be told from the receipt.
    world.recovers("Checkout fails")
    alert = world.alert("Checkout fails")
    assert alert.state is AlertState.RESOLVED
    assert alert.disposition is Disposition.PAGED_ACKNOWLEDGED
    assert world.page("Checkout fails").state is PageState.RESOLVED
    story = "\n".join(world.explain(receipt.id).lines())
    for line in (
        "level 1 told (the page has just opened): user:ana",
        "level 2 told (nobody answered in time): user:ben",
        "acknowledged by ben via link",
        "resolved: its sender says it recovered",
        "attempt 2026-03-02T09:05:00.000Z unknown: no answer",
    ):
        assert line in story
