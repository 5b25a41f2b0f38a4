"""People are told of their shifts, once each, with what is open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.rota import ANA, BEN, CLEO, ROTA, Rota
from tests.world.clock import VirtualClock

from handrail.core.ids import Slug
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.schedule.shift_notice import look
from handrail.core.severity.severity import Severity
from handrail.engine.tell_shifts import TOLD_AT_ONCE, TellShifts
from handrail.ports.store import Transaction
from handrail.usecases import incident, override, paging
from handrail.usecases.incident import Declaration
from handrail.usecases.override import Wish
from handrail.usecases.shift_notice import tell_shifts, why_changed

TOLD = ROTA.replace(
    "  name: web\n  time_zone: Europe/Berlin\n",
    "  name: web\n  time_zone: Europe/Berlin\n"
    "  notices: {before_start: 1d, at: [start, end]}\n",
    1,
)
WEEK = timedelta(weeks=1)


@pytest.fixture
def rota() -> Rota:
    made = Rota(text=TOLD)
    made.pass_time(weeks=1)
    return made


def tell(rota: Rota) -> int:
    """Tell what is due in every schedule."""
    schedules = rota.snapshot.schedules.values()
    due = [one for schedule in schedules for one in look(schedule, rota.now).due]
    done: int = rota.store.run(lambda tx: tell_shifts(tx, due, ids=rota.ids)).done
    return done


def bulletins(rota: Rota) -> dict[str, Bulletin]:
    """Return the shift notices told, by recipient and title."""

    def read(tx: Transaction) -> dict[str, Bulletin]:
        found = {}
        for owed in tx.delivery.owed(limit=1000):
            if owed.bulletin_id is None:
                continue
            bulletin = tx.bulletin.get(owed.bulletin_id)
            assert bulletin is not None
            if bulletin.kind is BulletinKind.SHIFT:
                found[f"{owed.recipient}: {bulletin.title}"] = bulletin
        return found

    return rota.look(read)


def test_a_handover_tells_who_comes_and_who_goes(rota: Rota) -> None:
    assert tell(rota) == 2
    told = bulletins(rota)
    assert set(told) == {
        "user:ben: You are on call: web",
        "user:ana: Your shift is over: web",
    }
    ben = told["user:ben: You are on call: web"].text
    assert "began Mon 19 Jan 08:00 (UTC) and ends Mon 26 Jan 08:00 (UTC)." in ben
    assert "You take over from ana" in ben
    assert "Nothing is open." in ben
    ana = told["user:ana: Your shift is over: web"].text
    assert "you were paged not at all; 0 incidents began." in ana
    assert "ben took over." in ana


def test_it_is_told_once_however_often_it_is_looked_at(rota: Rota) -> None:
    assert tell(rota) == 2
    assert tell(rota) == 0
    rota.pass_time(minutes=30)
    assert tell(rota) == 0
    assert len(bulletins(rota)) == 2


def test_what_is_open_is_listed(rota: Rota) -> None:
    rota.pass_time(hours=-1)
    rota.do(
        incident.declare,
        Declaration(title="No checkout", service=Slug("shop"), severity=Severity.SEV2),
        by=CLEO,
    )
    rota.do(
        incident.declare,
        Declaration(title="Other", service=Slug("database"), severity=Severity.SEV3),
        by=CLEO,
    )
    rota.pass_time(hours=1)
    tell(rota)
    told = bulletins(rota)["user:ben: You are on call: web"].text
    assert "Open: INC-1 SEV2 No checkout" in told
    assert "Other" not in told
    over = bulletins(rota)["user:ana: Your shift is over: web"].text
    assert "1 incident began" in over


def test_an_override_changes_who_is_told(rota: Rota) -> None:
    wish = Wish(schedule=Slug("web"), user=CLEO, ends_at=rota.now + timedelta(hours=4))
    rota.do(override.add, wish, by=CLEO)
    tell(rota)
    assert set(bulletins(rota)) == {
        "user:cleo: You are on call: web",
        "user:ana: Your shift is over: web",
        "user:ben: You are on call from Mon 19 Jan 12:00 (UTC): web",
    }


def test_a_notice_that_is_no_longer_true_is_dropped_before_it_is_sent(
    rota: Rota,
) -> None:
    tell(rota)
    waiting = bulletins(rota)["user:ben: You are on call: web"]
    assert rota.look(lambda tx: why_changed(tx, waiting)) is None
    wish = Wish(schedule=Slug("web"), user=ANA, ends_at=rota.now + timedelta(hours=4))
    rota.do(override.add, wish, by=ANA)
    said = rota.look(lambda tx: why_changed(tx, waiting))
    assert said == "the shift is another one now"


def test_nothing_is_told_while_held_and_it_is_told_after(rota: Rota) -> None:
    clock = VirtualClock(rota.now)
    duty = TellShifts(store=rota.store, clock=clock, ids=rota.ids)
    rota.store.run(lambda tx: tx.meta.set(paging.HELD, "restored"))
    assert duty.tick().done == 0
    rota.store.run(lambda tx: tx.meta.set(paging.HELD, ""))
    clock.move_to(rota.now + timedelta(seconds=10))
    assert duty.tick().done == 2


def test_a_hold_in_the_midst_of_many_loses_none() -> None:
    """More was due than one transaction tells when the hold began."""
    more = "".join(
        f"""---
schedule:
  name: s{number}
  time_zone: UTC
  notices: {{at: [start]}}
  rotation:
    participants: [ana, ben]
    every: 1 day
    starts_on: 2026-01-12
    handoff: "09:00"
"""
        for number in range(TOLD_AT_ONCE + 10)
    )
    rota = Rota(text=f"{ROTA}{more}")
    rota.pass_time(days=1, hours=2)
    clock = VirtualClock(rota.now)
    duty = TellShifts(store=rota.store, clock=clock, ids=rota.ids)
    assert duty.tick().done == TOLD_AT_ONCE
    rota.store.run(lambda tx: tx.meta.set(paging.HELD, "restored"))
    assert duty.tick().done == 0
    rota.store.run(lambda tx: tx.meta.set(paging.HELD, ""))
    clock.move_to(clock.now() + timedelta(seconds=10))

    assert duty.tick().done == 10


class Interrupted:
    """A store on which something else happens between a reading and a writing."""

    def __init__(self, store: Any, meanwhile: Callable[[], object]) -> None:
        self._store = store
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def run(self, work: Callable[[Transaction], object]) -> object:
        self._meanwhile()
        self._meanwhile = lambda: None
        return self._store.run(work)


def test_a_hold_between_looking_and_telling_loses_none(rota: Rota) -> None:
    def hold() -> None:
        rota.store.run(lambda tx: tx.meta.set(paging.HELD, "restored"))

    clock = VirtualClock(rota.now)
    store: Any = Interrupted(rota.store, hold)
    duty = TellShifts(store=store, clock=clock, ids=rota.ids)
    assert duty.tick().done == 0
    # It ends before the duty looks again, so that this never sees it.
    rota.store.run(lambda tx: tx.meta.set(paging.HELD, ""))
    clock.move_to(rota.now + timedelta(seconds=10))

    assert duty.tick().done == 2


def test_a_shift_that_somebody_took_and_gave_back_is_told(rota: Rota) -> None:
    """The notice was found, and was no longer due when it was to be told."""
    begins_at = rota.now
    rota.pass_time(hours=-12)
    taken: list[Slug] = []

    def take() -> None:
        wish = Wish(
            schedule=Slug("web"),
            user=CLEO,
            starts_at=begins_at,
            ends_at=begins_at + timedelta(hours=4),
        )
        taken.append(rota.do(override.add, wish, by=CLEO).view.override.name)

    clock = VirtualClock(rota.now)
    store: Any = Interrupted(rota.store, take)
    duty = TellShifts(store=store, clock=clock, ids=rota.ids)
    coming = "user:ben: You are on call from Mon 19 Jan 08:00 (UTC): web"
    duty.tick()
    assert coming not in bulletins(rota)
    rota.do(override.remove, taken[0], by=Slug("root"))
    clock.move_to(rota.now + timedelta(seconds=10))
    duty.tick()

    assert coming in bulletins(rota)


def test_a_restart_after_days_is_no_flood(rota: Rota) -> None:
    clock = VirtualClock(rota.now)
    rota.pass_time(weeks=3, hours=1)
    assert TellShifts(store=rota.store, clock=clock, ids=rota.ids).tick().done == 2
    assert TellShifts(store=rota.store, clock=clock, ids=rota.ids).tick().done == 0
    rota.pass_time(days=2)
    assert TellShifts(store=rota.store, clock=clock, ids=rota.ids).tick().done == 0


def test_a_schedule_without_notices_tells_nothing(rota: Rota) -> None:
    rota.apply(ROTA)
    assert tell(rota) == 0
    assert BEN in rota.on_call()
