"""The daily proof tells the lead of a gap a week ahead, once, in short slices."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
from tests.configured import Desk
from tests.postgres_clock import Now, PostgresClock
from typing_extensions import override

from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.paging.bulletin import BulletinKind
from handrail.core.people.contact_method import ChannelKind
from handrail.engine.prove_coverage import BREAK, EVERY, LOOK_EVERY, ProveCoverage
from handrail.ports.clock import Clock
from handrail.ports.store import Transaction
from handrail.usecases.delivery import HELD

DAY = timedelta(days=1)
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)

ROTA = """\
users:
  - name: ana
    contact_methods: [{name: mail, kind: email, address: ana@example.org}]
  - name: lea
    role: admin
    time_zone: Europe/Berlin
    contact_methods: [{name: mail, kind: email, address: lea@example.org}]
team: {name: shop, members: [ana], lead: lea}
last_resort: {notify: user:lea}
schedule:
  name: days
  title: Days
  time_zone: UTC
  rotation:
    {every: 1 week, handoff: "09:00", starts_on: 2026-01-05, participants: [ana]}
escalation_policy: {name: first, rules: [{notify: schedule:days, escalate_after: 5m}]}
service: {name: shop, team: shop, escalation_policy: first, coverage: {methods: 1}}
integration: {name: prom, source: generic}
route: {name: rest, service: shop}
"""


def away(start: str, end: str) -> str:
    return (
        "---\noverride: {name: away, schedule: days, user: ana, mode: remove, "
        f"from: '{start}Z', until: '{end}Z'}}\n"
    )


STRICT = ROTA.replace("{methods: 1}", "{methods: 1, intended_gaps: defect}")


class DeskClock(Clock):
    """The desk's clock, and a process that is never slow."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @override
    def now(self) -> datetime:
        return self._desk.now

    @override
    def monotonic(self) -> float:
        return self._desk.now.timestamp()


class PostgresDesk(Now, Desk):
    """A desk on a PostgreSQL that lives by its time."""

    def __init__(self, clock: PostgresClock) -> None:
        self.tell_now = clock.set
        super().__init__(clock.open_store())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        if request.param == "postgres":
            url = request.getfixturevalue("postgres_url")
            clock = stack.enter_context(closing(PostgresClock(url)))
            made: Desk = PostgresDesk(clock)
        else:
            made = Desk()
        stack.enter_context(closing(made.store))
        made.now = MONDAY
        verify(made, "ana", "lea")
        yield made


def verify(desk: Desk, *names: str) -> None:
    def work(tx: Transaction) -> None:
        for name in names:
            key = MethodKey(
                Slug(name), Slug("mail"), ChannelKind.EMAIL, f"{name}@example.org"
            )
            tx.contact.verify(Verification(key=key, at=tx.now, via=Via.TEST))

    desk.store.run(work)


def duty(desk: Desk) -> ProveCoverage:
    return ProveCoverage(desk.store, DeskClock(desk), desk.ids)


def run(desk: Desk, watch: ProveCoverage, *, days: int = 0) -> None:
    """Let so many days pass, and the proof of each be made."""
    for _ in range(max(1, days)):
        desk.now += DAY * bool(days) + LOOK_EVERY
        for _ in range(9):
            watch.tick()
            desk.now += BREAK


def told(desk: Desk) -> list[tuple[str, str]]:
    """Return recipient and title of everything told of coverage, in order."""

    def work(tx: Transaction) -> list[tuple[str, str]]:
        found = tx.delivery.claimable(limit=99)
        bulletins = [
            (one, tx.bulletin.get(one.bulletin_id))
            for one in found
            if one.bulletin_id is not None
        ]
        return [
            (one.recipient, bulletin.title)
            for one, bulletin in bulletins
            if bulletin is not None and bulletin.kind is BulletinKind.COVERAGE
        ]

    return desk.store.run(work)


def test_a_gap_is_told_to_the_lead_a_week_ahead_and_once(desk: Desk) -> None:
    desk.apply(STRICT + away("2026-01-17T20:00:00", "2026-01-18T02:00:00"))
    watch = duty(desk)

    run(desk, watch)
    early = told(desk)
    run(desk, watch, days=6)
    ahead = told(desk)
    run(desk, watch, days=10)

    assert early == []
    assert ahead == [("user:lea", "Not covered from Sat 17 Jan 21:00 CET: shop")]
    assert told(desk) == ahead


def test_a_gap_is_told_no_later_than_a_week_ahead_though_a_day_lies_between_proofs(
    desk: Desk,
) -> None:
    # An hour beyond the week when it is looked; a day later it would be too late.
    desk.apply(STRICT + away("2026-01-12T09:00:00", "2026-01-12T12:00:00"))

    run(desk, duty(desk))

    assert [title for _, title in told(desk)] == [
        "Not covered from Mon 12 Jan 10:00 CET: shop"
    ]


def test_a_gap_that_is_mended_while_it_is_proved_is_not_told(desk: Desk) -> None:
    desk.apply(STRICT + away("2026-01-08T20:00:00", "2026-01-09T02:00:00"))
    watch = duty(desk)
    watch.tick()
    desk.apply(STRICT)

    run(desk, watch)

    assert told(desk) == []


def test_a_gap_that_grows_is_told_again(desk: Desk) -> None:
    desk.apply(STRICT + away("2026-01-08T20:00:00", "2026-01-09T02:00:00"))
    watch = duty(desk)
    run(desk, watch)

    desk.apply(STRICT + away("2026-01-08T20:00:00", "2026-01-09T06:00:00"))
    run(desk, watch)
    desk.apply(STRICT + away("2026-01-08T18:00:00", "2026-01-09T06:00:00"))
    run(desk, watch)

    titles = [title for _, title in told(desk)]
    assert titles == [
        "Not covered from Thu 08 Jan 21:00 CET: shop",
        "Not covered from Thu 08 Jan 21:00 CET: shop",
        "Not covered from Thu 08 Jan 19:00 CET: shop",
    ]


def test_a_gap_that_was_mended_and_comes_back_is_told_again(desk: Desk) -> None:
    gap = away("2026-01-08T20:00:00", "2026-01-09T02:00:00")
    watch = duty(desk)
    for text in (STRICT + gap, STRICT, STRICT + gap):
        desk.apply(text)
        run(desk, watch)

    assert len(told(desk)) == 2


EVERY_OTHER_DAY = STRICT.replace("every: 1 week", "every: 1 day").replace(
    "participants: [ana]", "participants: [ana, nobody]"
)


def test_a_gap_of_every_other_day_is_not_told_every_other_day(desk: Desk) -> None:
    """Who is told the same each morning reads no more of it, nor of what is new."""
    desk.apply(EVERY_OTHER_DAY)
    watch = duty(desk)

    run(desk, watch, days=28)
    usual = [title for _, title in told(desk)]
    desk.apply(EVERY_OTHER_DAY + away("2026-02-06T10:00:00", "2026-02-06T12:00:00"))
    run(desk, watch)

    assert len(usual) == 2
    assert len(told(desk)) == 3


def test_one_gap_of_several_that_was_mended_and_comes_back_is_told_again(
    desk: Desk,
) -> None:
    first = away("2026-01-07T20:00:00", "2026-01-08T02:00:00")
    other = away("2026-01-09T20:00:00", "2026-01-10T02:00:00")
    other = other.replace("name: away", "name: again")
    watch = duty(desk)
    for text in (first + other, first, first + other):
        desk.apply(STRICT + text)
        run(desk, watch)

    assert len(told(desk)) == 2


def test_evidence_that_ends_is_told_before_it_does(desk: Desk) -> None:
    desk.apply(f"{ROTA}---\ncoverage: {{evidence_lasts: 30d}}\n")
    watch = duty(desk)

    run(desk, watch, days=21)
    early = told(desk)
    run(desk, watch, days=3)

    assert early == []
    assert told(desk) == [("user:lea", "Not covered from Wed 04 Feb 09:00 CET: shop")]


def test_without_a_lead_the_last_resort_is_told(desk: Desk) -> None:
    text = STRICT.replace(", lead: lea", "").replace("user:lea", "user:ana")
    desk.apply(text + away("2026-01-08T20:00:00", "2026-01-09T02:00:00"))

    run(desk, duty(desk))

    assert [recipient for recipient, _ in told(desk)] == ["user:ana"]


def test_nobody_is_told_while_everything_is_held(desk: Desk) -> None:
    desk.apply(STRICT + away("2026-01-08T20:00:00", "2026-01-09T02:00:00"))
    watch = duty(desk)
    desk.store.run(lambda tx: tx.meta.set(HELD, "restored"))
    run(desk, watch)
    held = told(desk)
    desk.store.run(lambda tx: tx.meta.set(HELD, ""))
    run(desk, watch, days=1)

    assert held == []
    assert len(told(desk)) == 1


def test_an_intended_gap_is_told_to_nobody(desk: Desk) -> None:
    desk.apply(ROTA + away("2026-01-08T20:00:00", "2026-01-09T02:00:00"))

    run(desk, duty(desk), days=3)

    assert told(desk) == []


def test_what_is_unchanged_is_not_proved_again_before_the_next_day(desk: Desk) -> None:
    desk.apply(STRICT)
    watch = duty(desk)

    run(desk, watch)
    desk.now += LOOK_EVERY
    idle = [watch.tick().done for _ in range(9)]
    desk.now += EVERY
    watch.tick()

    assert set(idle) == {0}
    assert watch.tick().done == 1
