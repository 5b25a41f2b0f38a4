"""Many people at the same incidents at once, on one node's file or on two servers."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conformance.examples import IDS
from tests.conformance.test_concurrency import all_at_once
from tests.world.incident_act import (
    PEOPLE,
    USERS,
    VERBS,
    act,
    actor_of,
    configured,
)
from tests.world.incident_record import (
    every_record,
    faults_of,
    numbering_faults,
    viewing_faults,
)

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.errors import DomainError, LostRaceError, UnavailableError
from handrail.core.ids import NodeId, Slug
from handrail.core.incident.event import Audience
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Ending
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore, open_store
from handrail.system.clock import SystemClock
from handrail.usecases import incident as use
from handrail.usecases import paging
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import find, stream_of
from handrail.usecases.obligation import remind_due

WRITERS = 6
PAIRS = 8
HIT_LEAST = 1
WEIGHTS = {
    "declare": 2, "decline": 1, "hand_over": 12, "mitigated": 8, "publish": 8,
    "reopen": 8, "resolve": 12,
}  # fmt: skip
USUAL_WEIGHT = 4
LATELY = 3
"""How many incidents, the newest, everybody is busy with."""
SOON = timedelta(milliseconds=40)
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
_ALONE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@dataclass(slots=True)
class Site:
    """Servers on one database; ``deadlocks`` are counted when all of them stopped."""

    url: str
    stores: list[ServingStore] = field(default_factory=list)

    @property
    def is_postgres(self) -> bool:
        return self.url.startswith("postgres")

    def run(self, place: int, work: Any) -> Any:
        return self.stores[place % len(self.stores)].run(work)

    def read(self, work: Any) -> Any:
        return self.stores[0].read(work)

    def stop(self) -> None:
        while self.stores:
            self.stores.pop().close()

    def deadlocks(self) -> int:
        """Stop the servers, and ask how often they stood in each other's way."""
        self.stop()
        if not self.is_postgres:
            return 0
        with psycopg.connect(self.url, autocommit=True) as connection:
            # A session's counts are sure to be there only when it has ended.
            while _number(connection, _ALONE) > 1:
                time.sleep(0.01)
            return _number(connection, _DEADLOCKS)


def _number(connection: psycopg.Connection[Any], sql: Any) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """One node on a file, or two on one PostgreSQL; in the end nobody was in a ring."""
    urls = [f"sqlite:///{tmp_path}/handrail.db"]
    if request.param == "postgres":
        urls = [request.getfixturevalue("postgres_url")] * 2
    made = Site(urls[0])
    try:
        for place, url in enumerate(urls):
            node = NodeId(f"n{place}")
            made.stores.append(open_store(url, clock=SystemClock(), node_id=node))
        made.run(0, configured().apply)
        yield made
        assert made.deadlocks() == 0
    finally:
        made.stop()


def actor(who: str, deed: str) -> Actor:
    """Return the person with a token of its own for each deed, to be told apart by."""
    return replace(actor_of(who), kind=ActorKind.TOKEN, name=deed)


def desk(tx: Transaction, who: str = "ana", deed: str = "deed") -> Desk:
    return Desk(tx=tx, actor=actor(who, deed), ids=IDS)


def faults(tx: Transaction) -> list[str]:
    records = every_record(tx)
    found = [what for one in records for what in faults_of(*one)]
    return [
        *found,
        *numbering_faults(records),
        *viewing_faults(tx, records, USERS),
    ]


@dataclass(slots=True)
class Crowd:
    """What the writers did, and what each of them was told of it."""

    site: Site
    until: float
    wrote: dict[str, int] = field(default_factory=dict)
    reached: Counter[str] = field(default_factory=Counter)
    gave_up: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, place: int) -> None:
        if place == WRITERS:
            self.look(place)
            return
        rng = random.Random(place)
        verbs = sorted(VERBS)
        weights = [WEIGHTS.get(verb, USUAL_WEIGHT) for verb in verbs]
        deed = 0
        while time.perf_counter() < self.until:
            deed += 1
            (verb,) = rng.choices(verbs, weights)
            self.act(place, verb, f"{place}-{deed}", rng)

    def look(self, place: int) -> None:
        """Be the engine of one of the servers."""
        while time.perf_counter() < self.until:
            seen = self.site.run(place, lambda tx: remind_due(tx, ids=IDS, limit=25))
            self.site.run(place, lambda tx: paging.advance_due(tx, ids=IDS, limit=25))
            self.reached["engine looked"] += seen
            time.sleep(0.02)

    def act(self, place: int, verb: str, deed: str, rng: random.Random) -> None:
        newest = self.site.read(_count)
        names = [f"INC-{max(1, newest - rng.randrange(LATELY))}" for _ in range(2)]
        doing = act(verb, rng, *names)
        who = self.site.read(lambda tx: _commander(tx, names[0]))
        who = rng.choice((who, who, *PEOPLE))

        def work(tx: Transaction) -> int:
            after = doing.do(desk(tx, who, deed))
            concerned = {after.id, *_ids(tx, names)}
            entries = [e for one in concerned for e in tx.event.read(stream_of(one))]
            return sum(entry.actor == f"token:{deed}" for entry in entries)

        began = time.perf_counter()
        try:
            wrote = self.site.run(place, work)
            how = "done" if wrote else "idle"
        except (UnavailableError, LostRaceError) as error:
            wrote, how = 0, "given up"
            self.gave_up.append(f"{verb}: {error!r}")
        except DomainError:
            wrote, how = 0, "refused"
        with self.lock:
            self.slowest = max(self.slowest, time.perf_counter() - began)
            self.wrote[f"token:{deed}"] = wrote
            self.reached[f"{verb} {how}"] += 1

    def told(self) -> str:
        lines = [f"{len(self.wrote)} commands, the slowest {self.slowest:.2f} s"]
        lines.append(f"{self.reached['engine looked']} incidents reminded of")
        for verb in VERBS:
            counts = (self.reached[f"{verb} {how}"] for how in ("done", "refused"))
            lines.append("{:17}{:6} done{:6} refused".format(verb, *counts))
        return "\n".join(lines)


def _count(tx: Transaction) -> int:
    found = tx.incident.search(
        viewer=viewer_of(actor_of("mia")), responding_only=False, limit=1
    )
    return found[0].number if found else 1


def _commander(tx: Transaction, name: str) -> str:
    try:
        return find(tx, name).commander
    except DomainError:
        return "ana"


def _ids(tx: Transaction, names: list[str]) -> Iterator[str]:
    for name in names:
        incident = tx.incident.by_number(int(name.removeprefix("INC-")))
        if incident is not None:
            yield incident.id


@pytest.mark.campaign
def test_every_command_that_was_accepted_is_there_once(site: Site) -> None:
    for _ in range(LATELY):
        site.run(0, lambda tx: use.declare(desk(tx), Declaration(title="It is down")))
    seconds = float(os.environ.get("HANDRAIL_CROWD_SECONDS", "8"))
    crowd = Crowd(site, time.perf_counter() + seconds)

    all_at_once(crowd.work, times=WRITERS + 1)

    records = site.read(every_record)
    found = Counter(e.actor for _, entries in records for e in entries)
    wrote = {deed: n for deed, n in crowd.wrote.items() if n}
    del found["token:deed"], found["engine"]
    print(f"{len(records)} incidents, {found.total()} entries of people;", crowd.told())
    assert site.read(faults) == []
    assert dict(found) == wrote
    assert crowd.gave_up == []
    done = {verb for verb in VERBS if crowd.reached[f"{verb} done"] >= HIT_LEAST}
    assert {"declare", "hand_over", "merge", "note", "change_severity"} <= done


def declare(site: Site, **facts: Any) -> Incident:
    declared: Incident = site.run(
        0, lambda tx: use.declare(desk(tx), Declaration(title="It is down", **facts))
    )
    return declared


def test_merges_in_both_directions_leave_one_of_the_two(site: Site) -> None:
    pairs = [(declare(site).name, declare(site).name) for _ in range(PAIRS)]
    refused: list[str] = []

    def merge(place: int) -> None:
        for pair in pairs:
            name, into = pair if place % 2 else pair[::-1]
            try:
                site.run(place, lambda tx: use.merge(desk(tx), name, into))  # noqa: B023
            except DomainError as error:
                refused.append(str(error))

    all_at_once(merge, times=4)

    for pair in pairs:
        both = [site.read(lambda tx, name=name: find(tx, name)) for name in pair]
        (gone,) = [one for one in both if one.ending is Ending.MERGED]
        (kept,) = [one for one in both if one.is_responding]
        assert gone.merged_into == kept.id
        assert kept.absorbed == (gone.number,)
    assert len(refused) == PAIRS * 3
    assert site.read(faults) == []


def test_command_taken_by_all_at_once_goes_from_hand_to_hand(site: Site) -> None:
    name = declare(site).name

    def take(place: int) -> None:
        for turn in range(10):
            to = Slug(PEOPLE[(place + turn) % len(PEOPLE)])
            site.run(place, lambda tx: use.hand_over(desk(tx), name, to))  # noqa: B023

    all_at_once(take, times=len(PEOPLE))

    incident, entries = site.read(every_record)[0]
    kinds = Counter(entry.kind for entry in entries)
    assert kinds["command_handed_over"] >= len(PEOPLE)
    assert incident.is_responding
    assert site.read(faults) == []


def test_answers_and_ends_and_raises_of_one_incident_lock_nothing_in_a_ring(
    site: Site,
) -> None:
    """What ends pages and what answers them meet, both wanting page and incident."""
    made = [
        declare(site, severity=Severity.SEV3, service=Slug("checkout"))
        for _ in range(PAIRS)
    ]

    def act_on(place: int) -> None:
        for one in made:
            try:
                site.run(place, lambda tx: _at_once(tx, place, one.name))  # noqa: B023
            except DomainError:
                continue

    all_at_once(act_on, times=4)

    assert site.read(faults) == []


def _at_once(tx: Transaction, place: int, name: str) -> None:
    if place == 0:
        use.change_severity(desk(tx), name, Severity.SEV1)
    elif place == 1:
        use.decline(desk(tx, "ben"), name, reason="a test")
    else:
        for page_id in find(tx, name).pages:
            by = USERS[place]
            paging.acknowledge(tx, page_id, by=by, via="link", actor="a", ids=IDS)


def test_reminders_and_words_at_the_same_time_lose_neither(site: Site) -> None:
    name = declare(site, severity=Severity.SEV2).name
    until = time.perf_counter() + 2

    def act_on(place: int) -> None:
        while time.perf_counter() < until:
            if place == 0:
                site.run(1, lambda tx: remind_due(tx, ids=IDS, limit=5))
                time.sleep(0.01)
                continue
            site.run(
                place,
                lambda tx: use.post_update(
                    desk(tx),
                    name,
                    text="nothing new",
                    audience=Audience.STAKEHOLDERS,
                    next_update_at=tx.now + SOON,
                ),
            )
            time.sleep(0.2)

    all_at_once(act_on, times=3)

    incident, entries = site.read(every_record)[0]
    kinds = Counter(entry.kind for entry in entries)
    assert kinds["obligation_reminded"] > 0
    assert kinds["update_posted"] > 1
    assert incident.sequence == len(entries)
    assert site.read(faults) == []
