"""A few people, two schedules, and whoever acts on them: for covers and overrides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tests.configured import CountingIds, ScriptedVault, checked

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import tile_at
from handrail.ports.store import Transaction
from handrail.storage.sqlite import SqliteStore
from handrail.usecases import configuration
from handrail.usecases.configuration_plan import Applied
from handrail.usecases.desk import Desk

T = TypeVar("T")
ANA, BEN, CLEO, DAN, LEA = map(Slug, ("ana", "ben", "cleo", "dan", "lea"))
MONDAY = datetime(2026, 1, 12, 8, tzinfo=UTC)
"""Ana's week on the web schedule begins, at nine in Berlin."""

PEOPLE = "\n---\n".join(
    f"user: {{name: {name}, role: {role}, contact_methods: "
    f"[{{name: mail, kind: email, address: {name}@example.org}}]}}"
    for name, role in (
        ("ana", "responder"),
        ("ben", "responder"),
        ("cleo", "responder"),
        ("dan", "responder"),
        ("lea", "responder"),
        ("root", "admin"),
    )
)
SCHEDULES = """
schedule:
  name: web
  time_zone: Europe/Berlin
  rotation:
    participants: [ana, ben, cleo]
    every: 1 week
    starts_on: 2026-01-12
    handoff: "09:00"
---
schedule:
  name: db
  time_zone: UTC
  rotation:
    participants: [dan, cleo]
    every: 1 day
    starts_on: 2026-01-12
    handoff: "08:00"
---
team: {name: shop, members: [ana, ben, cleo], lead: lea}
---
escalation_policy:
  name: web
  rules: [{notify: schedule:web, escalate_after: 5m}]
---
escalation_policy:
  name: db
  rules: [{notify: schedule:db, escalate_after: 5m}]
---
service: {name: shop, team: shop, escalation_policy: web}
---
service: {name: database, escalation_policy: db}
---
last_resort: {notify: user:root}
"""
ROTA = f"{PEOPLE}\n---\n{SCHEDULES}"


class Rota:
    """An installation on a store, and people who act in it."""

    def __init__(self, store: Any = None, text: str = ROTA) -> None:
        self.now = MONDAY
        self.store = store or SqliteStore.in_memory(now=lambda: self.now)
        self.ids = CountingIds()
        self.apply(text)

    def apply(self, text: str) -> Applied:
        files = checked(text, vault=ScriptedVault())
        done: Applied = self.store.run(
            lambda tx: configuration.apply(tx, files, by="user:root", ids=self.ids)
        )
        return done

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def do(self, verb: Callable[..., T], *args: Any, by: Slug, **words: Any) -> T:
        role = Role.ADMIN if by == "root" else Role.RESPONDER
        actor = Actor(kind=ActorKind.USER, name=by, role=role, user=by)

        def work(tx: Transaction) -> T:
            return verb(Desk(tx=tx, actor=actor, ids=self.ids), *args, **words)

        done: T = self.store.run(work)
        return done

    def look(self, work: Callable[[Transaction], T]) -> T:
        seen: T = self.store.read(work)
        return seen

    @property
    def snapshot(self) -> Snapshot:
        return self.look(lambda tx: tx.configuration.snapshot())

    def on_call(self, schedule: str = "web", **later: float) -> tuple[Slug, ...]:
        at = self.now + timedelta(**later)
        return tile_at(self.snapshot.schedules[Slug(schedule)], at).users

    def told(self) -> list[tuple[str, str]]:
        """Return recipients and titles of everything told so far, oldest first."""

        def titles(tx: Transaction) -> list[tuple[str, str]]:
            found = []
            for owed in tx.delivery.owed(limit=1000):
                assert owed.bulletin_id is not None
                bulletin = tx.bulletin.get(owed.bulletin_id)
                assert bulletin is not None
                found.append((owed.recipient.removeprefix("user:"), bulletin.title))
            return found

        return self.look(titles)
