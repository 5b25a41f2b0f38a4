from dataclasses import replace

from tests.world.world import World

from handrail.core.ids import PageId, Slug
from handrail.core.paging.invariant import Violation
from handrail.core.paging.page import Page
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import invariant_audit
from handrail.usecases.invariant_audit import (
    BEGINNING,
    AuditReport,
    AuditSummary,
    OtherStreams,
    Place,
    audit,
    conclude,
)


def whole_audit(
    world: World, *, limit: int = 2, is_lateness_checked: bool = True
) -> list[AuditReport]:
    """Return the reports of every batch."""
    reports: list[AuditReport] = []
    at: Place | None = BEGINNING
    while at is not None:
        place = at
        reports.append(
            world.store.read(
                lambda tx, place=place: audit(  # type: ignore[misc]  # a default
                    tx,
                    at=place,
                    limit=limit,
                    is_lateness_checked=is_lateness_checked,
                )
            )
        )
        at = reports[-1].then
    return reports


def found(world: World, *, is_lateness_checked: bool = True) -> set[str]:
    reports = whole_audit(world, is_lateness_checked=is_lateness_checked)
    return {v.invariant for report in reports for v in report.violations}


def busy_world() -> World:
    world = World()
    for number in range(5):
        world.signal(f"Disk {number}")
    world.acknowledge("ana", "Disk 1")
    world.recovers("Disk 2")
    world.fast_forward(minutes=6)
    return world


def save(world: World, page: Page) -> None:
    world.store.run(lambda tx: tx.page.save(page, expected_sequence=page.sequence))


def test_a_sound_record_is_looked_at_whole_in_bounded_batches() -> None:
    world = busy_world()

    reports = whole_audit(world, limit=2)

    assert found(world) == set()
    assert max(report.checked for report in reports[:-1]) == 2
    streams = world.store.read(lambda tx: tx.event.streams("config"))
    assert sum(report.checked for report in reports) >= 5 + 5
    assert isinstance(reports[-2].then, OtherStreams)
    assert reports[-1].checked == len(streams)


def test_a_row_changed_behind_the_records_back_is_found() -> None:
    world = busy_world()
    page = world.page("Disk 0")

    save(world, replace(page, title="Something else"))

    assert found(world) == {"I8"}


def test_a_record_changed_by_hand_is_found_and_not_read() -> None:
    world = busy_world()
    page_id = PageId(world.page("Disk 0").id)

    def forge(tx: Transaction) -> None:
        tx.event._scope.change(  # type: ignore[attr-defined]  # by hand, on purpose
            "UPDATE event SET payload = ? WHERE stream = ? AND sequence = 1",
            ("{}", f"page:{page_id}"),
        )

    world.store.run(forge)

    assert found(world) == {"I10"}


def test_a_lost_alert_breaks_conservation() -> None:
    world = busy_world()
    alert = world.alert("Disk 4")

    world.store.run(lambda tx: tx.alert.save(replace(alert, generation=0)))

    assert "I1" in found(world)


def test_what_is_overdue_counts_unless_nothing_could_run() -> None:
    world = busy_world()
    with world.standing_still():
        world.fast_forward(hours=1)

        assert found(world) == {"I2"}
        assert found(world, is_lateness_checked=False) == set()
        world.store.run(lambda tx: tx.meta.set("held", "restored"))
        assert found(world) == set()


def test_somebody_is_told_once_of_each_broken_promise() -> None:
    world = World()
    broken = Violation(invariant="I8", subject="page x", what="it differs")
    summary = AuditSummary(checked=9, violations=3, examples={"I8": broken})

    for _ in range(3):
        world.do(lambda tx: conclude(tx, summary, ids=world.ids))
        world.fast_forward(seconds=1)

    (told,) = world.expect_told("ops", of="Handrail broke its own promise I8")
    assert "page x: it differs" in told.items[0].summary
    meta = world.store.read(lambda tx: dict(tx.meta.all()))
    assert meta[invariant_audit.VIOLATIONS] == "3"
    assert meta[invariant_audit.CHECKED] == "9"
    assert meta[invariant_audit.LAST_AT].startswith("2026-03-02T09:00")


def test_an_audit_that_does_not_end_is_told_of_and_a_sound_one_is_not() -> None:
    world = World()
    sound = AuditSummary(checked=1, violations=0, examples={})

    world.do(lambda tx: conclude(tx, sound, ids=world.ids))
    world.expect_silence()
    unfinished = replace(sound, unfinished="it looked at 1 thing")
    world.do(lambda tx: conclude(tx, unfinished, ids=world.ids))

    world.expect_told("ops", of="Handrail's nightly audit did not end")


def test_a_sound_incident_shows_nothing() -> None:
    world = busy_world()
    world.declare("ana", "Checkout is down", severity=Severity.SEV1)
    world.fast_forward(hours=1)

    assert found(world) == set()


def test_an_incident_that_is_not_its_record_is_found() -> None:
    world = busy_world()
    incident = world.declare("ana", "Checkout is down", severity=Severity.SEV1)
    changed = replace(incident, commander=Slug("mallory"))
    world.store.run(
        lambda tx: tx.incident.save(
            changed, expected_sequence=incident.sequence, next_due_at=None
        )
    )

    assert "I8" in found(world)


def test_a_missed_promise_that_nobody_noted_is_found() -> None:
    world = busy_world()
    incident = world.declare("ana", "Checkout is down", severity=Severity.SEV1)
    world.store.run(
        lambda tx: tx.incident.save(
            incident, expected_sequence=incident.sequence, next_due_at=None
        )
    )
    world.fast_forward(hours=1)

    assert found(world) == {"I13"}
    assert found(world, is_lateness_checked=False) == set()
