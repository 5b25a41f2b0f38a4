from datetime import timedelta

from tests.world.world import World

from handrail.core.instants import format_rfc3339
from handrail.engine.audit_record import BREAK, DEADLINE, EVERY, AuditRecord
from handrail.usecases import invariant_audit


def audited(world: World) -> str | None:
    return world.store.read(lambda tx: tx.meta.get(invariant_audit.LAST_AT))


def run_whole(world: World, duty: AuditRecord) -> int:
    """Tick until the audit has ended; return how many ticks did something."""
    before, ticks = audited(world), 0
    while audited(world) == before:
        ticks += duty.tick().done
        world.clock.move_to(world.now + BREAK)
    return ticks


def made(world: World) -> AuditRecord:
    return AuditRecord(world.store, world.clock, world.ids)


def test_it_runs_at_the_start_and_then_once_a_day() -> None:
    world = World()
    world.signal()
    duty = made(world)

    assert run_whole(world, duty) > 1
    assert duty.tick().done == 0
    world.clock.move_to(world.now + EVERY)
    assert duty.tick().done == 1


def test_between_two_batches_it_leaves_the_process_alone() -> None:
    world = World()
    duty = made(world)

    assert duty.tick().done == 1
    assert duty.tick().done == 0


def test_what_is_late_at_the_start_is_no_defect_but_a_day_later_it_is() -> None:
    world = World()
    world.signal()
    world.forget_messages()
    duty = made(world)
    with world.standing_still():
        world.fast_forward(hours=1)

        run_whole(world, duty)
        assert world.store.read(lambda tx: tx.meta.get("audit.violations")) == "0"
        world.clock.move_to(world.now + EVERY)
        run_whole(world, duty)

        assert world.store.read(lambda tx: tx.meta.get("audit.violations")) != "0"
    world.fast_forward(seconds=1)
    world.expect_told("ops", of="Handrail broke its own promise I2")


def test_an_audit_that_takes_too_long_says_so_and_ends() -> None:
    world = World()
    duty = made(world)
    duty.tick()
    world.clock.move_to(world.now + DEADLINE + timedelta(seconds=1))

    duty.tick()

    assert audited(world) == format_rfc3339(world.now)
    assert world.alert("Handrail's nightly audit did not end").generation == 1
