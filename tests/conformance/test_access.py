"""Tokens, sessions, links and calendar feeds, whatever the database."""

from dataclasses import replace
from datetime import datetime

import pytest
from tests.conformance.examples import HOUR, SECOND

from handrail.core.access.grant import (
    ApiToken,
    CalendarFeed,
    FeedSubject,
    OneTimeLink,
    Session,
)
from handrail.core.access.role import Role
from handrail.core.errors import ConflictError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore


def token(now: datetime, name: str = "a") -> ApiToken:
    return ApiToken(
        id=name,
        name=f"for {name}",
        digest=f"digest {name}",
        role=Role.RESPONDER,
        owner=Slug("ana"),
        created_at=now,
    )


def link(now: datetime, expires_at: datetime) -> OneTimeLink:
    return OneTimeLink(
        digest="d", owner=None, role=Role.ADMIN, created_at=now, expires_at=expires_at
    )


def test_a_token_is_found_by_its_digest_and_changed(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    made = token(now)
    used = replace(made, expires_at=now, last_used_at=now, revoked_at=now)
    store.run(lambda tx: tx.access.add_token(made))
    assert store.read(lambda tx: tx.access.token("digest a")) == made

    store.run(lambda tx: tx.access.save_token(used))

    assert store.read(lambda tx: tx.access.token("digest a")) == used
    assert store.read(lambda tx: tx.access.token("a")) is None


def test_tokens_come_newest_first(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    old, new = token(now, "b"), token(now + SECOND, "a")
    store.run(lambda tx: tx.access.add_token(old))
    store.run(lambda tx: tx.access.add_token(new))

    assert store.read(lambda tx: tx.access.tokens()) == [new, old]


def test_one_digest_names_one_token(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    store.run(lambda tx: tx.access.add_token(token(now)))

    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.access.add_token(replace(token(now), id="b")))


def test_a_session_is_found_changed_and_counted(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    made = Session(
        digest="s", owner=Slug("ana"), role=Role.ADMIN, created_at=now, last_used_at=now
    )
    ended = replace(made, last_used_at=now + SECOND, ended_at=now + HOUR)
    assert store.read(lambda tx: tx.access.count_sessions()) == 0
    store.run(lambda tx: tx.access.add_session(made))
    assert store.read(lambda tx: tx.access.session("s")) == made

    store.run(lambda tx: tx.access.save_session(ended))

    assert store.read(lambda tx: tx.access.session("s")) == ended
    assert store.read(lambda tx: tx.access.session("t")) is None
    assert store.read(lambda tx: tx.access.count_sessions()) == 1


def test_a_link_works_once(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    made = link(now, now + HOUR)
    store.run(lambda tx: tx.access.add_link(made))

    assert store.run(lambda tx: tx.access.take_link("unknown")) is None
    assert store.run(lambda tx: tx.access.take_link("d")) == made
    assert store.run(lambda tx: tx.access.take_link("d")) is None


def test_an_expired_link_does_not_work(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    store.run(lambda tx: tx.access.add_link(link(now - HOUR, now)))

    assert store.run(lambda tx: tx.access.take_link("d")) is None


def feed(now: datetime, name: str = "a") -> CalendarFeed:
    return CalendarFeed(
        id=name,
        digest=f"digest {name}",
        subject=FeedSubject.SCHEDULE,
        name=Slug("primary"),
        owner=None,
        created_at=now,
        token="t",
    )


def test_a_calendar_feed_is_found_by_its_digest_and_changed(
    store: ServingStore,
) -> None:
    now = store.read(lambda tx: tx.now)
    made = feed(now)
    used = replace(made, owner=Slug("ana"), last_used_at=now, revoked_at=now)
    store.run(lambda tx: tx.access.add_feed(made))
    assert store.read(lambda tx: tx.access.feed("digest a")) == made

    store.run(lambda tx: tx.access.save_feed(used))

    assert store.read(lambda tx: tx.access.feed("digest a")) == used
    assert store.read(lambda tx: tx.access.feed("a")) is None


def test_calendar_feeds_come_newest_first(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    old, new = feed(now, "b"), feed(now + SECOND, "a")
    store.run(lambda tx: tx.access.add_feed(old))
    store.run(lambda tx: tx.access.add_feed(new))

    assert store.read(lambda tx: tx.access.feeds()) == [new, old]


def test_the_sessions_and_links_of_one_person_end(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)

    def fill(tx: Transaction) -> None:
        for name in ("ana", "ben"):
            theirs = replace(link(now, now + HOUR), digest=name, owner=Slug(name))
            tx.access.add_link(theirs)
            tx.access.add_session(
                Session(
                    digest=name,
                    owner=Slug(name),
                    role=Role.ADMIN,
                    created_at=now,
                    last_used_at=now,
                )
            )

    store.run(fill)

    store.run(lambda tx: tx.access.end_sign_ins(Slug("ana")))

    def ended(name: str) -> bool:
        found = store.read(lambda tx: tx.access.session(name))
        assert found is not None
        return found.ended_at is not None

    assert (ended("ana"), ended("ben")) == (True, False)
    assert store.run(lambda tx: tx.access.take_link("ana")) is None
    assert store.run(lambda tx: tx.access.take_link("ben")) is not None
