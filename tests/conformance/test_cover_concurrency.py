"""Many people answer at once: one acceptance, and nobody is on call twice."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from tests.rota import Rota

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.cover.agreement import AgreementState, Leg
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.cover.swap import Swap
from handrail.core.errors import ConflictError, DomainError
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import tile_at
from handrail.storage.database import ServingStore
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds
from handrail.usecases import agreement, cover, swap
from handrail.usecases.cover_plea import Plea
from handrail.usecases.desk import Desk

CROWD = tuple(Slug(f"p{n}") for n in range(8))
NOW = SystemClock().now()
TODAY = NOW.date().isoformat()


def rota_text() -> str:
    people = "\n---\n".join(f"user: {{name: {name}}}" for name in ("ana", "bo", *CROWD))
    crowd = ", ".join(CROWD)
    names = ["web", "db"]
    schedules = "\n---\n".join(
        f"schedule: {{name: {name}, time_zone: UTC, rotation: {{participants: [{who}], "
        f'every: 1 day, starts_on: {TODAY}, handoff: "00:00"}}}}'
        for name, who in zip(names, ("ana", "bo"), strict=True)
    )
    team = f"team: {{name: all, members: [{crowd}, ana, bo]}}"
    services = "\n---\n".join(
        f"escalation_policy: {{name: {name}, rules: "
        f"[{{notify: schedule:{name}, escalate_after: 5m}}]}}\n---\n"
        f"service: {{name: {name}, team: all, escalation_policy: {name}}}"
        for name in names
    )
    parts = [people, schedules, team, services, "last_resort: {notify: user:ana}"]
    return "\n---\n".join(parts)


class Crowd(Rota):
    """People who act at the same time."""

    def __init__(self, store: ServingStore) -> None:
        super().__init__(store, rota_text())
        self.random = RandomIds(SystemClock())

    def act(self, verb: Callable[..., Any], *args: Any, by: Slug) -> Any:
        actor = Actor(kind=ActorKind.USER, name=by, role=Role.RESPONDER, user=by)
        return self.store.run(
            lambda tx: verb(Desk(tx=tx, actor=actor, ids=self.random), *args)
        )

    def at_once(
        self, calls: Sequence[tuple[Callable[..., Any], type, str, Slug]]
    ) -> list[Any]:
        """Let everybody act at the same instant; return results and refusals."""
        gate = threading.Barrier(len(calls))

        def one(call: tuple[Callable[..., Any], type, str, Slug]) -> Any:
            verb, kind, name, by = call
            gate.wait(10)
            try:
                return self.act(verb, kind, name, by=by)
            except DomainError as error:
                return error

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))


def tomorrow(hour: int) -> datetime:
    day = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1, hours=hour)


def span(first: int, last: int) -> SpanText:
    return SpanText(starts=tomorrow(first).isoformat(), ends=tomorrow(last).isoformat())


def test_of_many_who_accept_at_once_exactly_one_has_it(store: ServingStore) -> None:
    crowd = Crowd(store)
    plea = Plea(schedule=Slug("web"), span=span(2, 5))
    asked = crowd.act(cover.ask, plea, by=Slug("ana")).request
    assert set(CROWD) <= set(asked.asked)

    answers = crowd.at_once(
        [(agreement.accept, CoverRequest, "COV-1", by) for by in CROWD]
    )

    taken = [one for one in answers if not isinstance(one, Exception)]
    assert len(taken) == 1
    winner = taken[0].covered_by
    assert all(
        isinstance(one, ConflictError) and f"taken by {winner}" in one.message
        for one in answers
        if isinstance(one, Exception)
    )
    snapshot = crowd.snapshot
    schedule = snapshot.schedules[Slug("web")]
    assert [o.user for o in schedule.overrides] == [winner]
    assert tile_at(schedule, tomorrow(3)).users == (winner,)
    kinds = Counter(e.kind for e in crowd.look(lambda tx: tx.event.read("config")))
    assert kinds["override_added"] == 1


def test_nobody_who_accepts_two_at_once_is_on_call_twice(store: ServingStore) -> None:
    crowd = Crowd(store)
    who = CROWD[0]
    for name, asker in (("web", "ana"), ("db", "bo")):
        plea = Plea(schedule=Slug(name), span=span(2, 5), whom=(who,))
        crowd.act(cover.ask, plea, by=Slug(asker))

    answers = crowd.at_once(
        [
            (agreement.accept, CoverRequest, "COV-1", who),
            (agreement.accept, CoverRequest, "COV-2", who),
        ]
    )

    assert sum(isinstance(one, ConflictError) for one in answers) == 1
    on_call = [
        name
        for name, schedule in crowd.snapshot.schedules.items()
        if who in tile_at(schedule, tomorrow(3)).users
    ]
    assert len(on_call) == 1


def test_accepting_and_withdrawing_at_once_is_one_or_the_other(
    store: ServingStore,
) -> None:
    crowd = Crowd(store)
    plea = Plea(schedule=Slug("web"), span=span(2, 5))
    crowd.act(cover.ask, plea, by=Slug("ana"))

    answers = crowd.at_once(
        [
            (agreement.withdraw, CoverRequest, "COV-1", Slug("ana")),
            (agreement.accept, CoverRequest, "COV-1", CROWD[0]),
        ]
    )

    assert sum(isinstance(one, DomainError) for one in answers) == 1
    state = crowd.look(lambda tx: agreement.find(tx, CoverRequest, "COV-1").state)
    overrides = crowd.snapshot.schedules[Slug("web")].overrides
    assert (state == "accepted") == bool(overrides)


def test_the_last_two_who_consent_at_once_make_it_so_once(store: ServingStore) -> None:
    crowd = Crowd(store)
    crowd.apply(_three(rota_text()))
    days = [tomorrow(0) + timedelta(days=n) for n in range(3)]
    names = list(map(Slug, ("p0", "p1", "p2")))
    legs = [
        Leg(
            schedule=Slug("web"),
            starts_at=day,
            ends_at=day + timedelta(days=1),
            gives=names[n],
            takes=names[(n + 1) % 3],
        )
        for n, day in enumerate(days)
    ]
    crowd.act(swap.propose, legs, by=names[0])

    answers = crowd.at_once(
        [(agreement.accept, Swap, "SWAP-1", by) for by in names[1:]]
    )

    assert not [one for one in answers if isinstance(one, Exception)]
    found = crowd.look(lambda tx: agreement.find(tx, Swap, "SWAP-1"))
    assert found.state is AgreementState.DONE
    overrides = crowd.snapshot.schedules[Slug("web")].overrides
    assert [o.user for o in overrides] == [names[1], names[2], names[0]]


def _three(text: str) -> str:
    day = (NOW + timedelta(days=1)).date().isoformat()
    return text.replace("participants: [ana]", "participants: [p0, p1, p2]").replace(
        f"starts_on: {TODAY}", f"starts_on: {day}", 1
    )
