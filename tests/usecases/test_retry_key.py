"""A declaration sent again under its key."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.world.clock import VirtualClock
from tests.world.configuration import payments
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.errors import ConflictError
from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration, declare

Declare = Any


@pytest.fixture
def declared() -> Iterator[Declare]:
    clock = VirtualClock()
    ids = SeededIds(1, clock)
    store = fresh_store(now=clock.now, is_alive=lambda _: True)
    store.run(payments().apply)

    def work(title: str, key: str, user: str = "ana") -> Incident:
        name = Slug(user)
        actor = Actor(kind=ActorKind.USER, name=name, role=Role.RESPONDER, user=name)
        return store.run(
            lambda tx: declare(
                Desk(tx=tx, actor=actor, ids=ids),
                Declaration(title=title, retry_key=key),
            )
        )

    yield work
    store.close()


def test_the_same_declaration_sent_again_is_the_same_incident(
    declared: Declare,
) -> None:
    first = declared("Checkout is down", "k1")

    again = declared(" Checkout is down ", "k1")

    assert again == first


def test_a_key_is_its_actors_own(declared: Declare) -> None:
    first, other = declared("It broke", "k1"), declared("It broke", "k1", "ben")

    assert (first.number, other.number) == (1, 2)


def test_a_key_that_named_something_else_is_refused(declared: Declare) -> None:
    declared("Checkout is down", "k1")

    with pytest.raises(ConflictError, match="declared INC-1"):
        declared("Search is down", "k1")


def test_without_a_key_every_declaration_is_one(declared: Declare) -> None:
    first, second = declared("It broke", ""), declared("It broke", "")

    assert (first.number, second.number) == (1, 2)
