from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.api.site import CONFIGURATION, Site, site

from handrail.core import limits
from handrail.core.access.actor import ActorKind
from handrail.core.access.role import Role
from handrail.core.audit.event import broken_link
from handrail.core.errors import UnauthenticatedError
from handrail.core.ids import Slug
from handrail.usecases import access, token
from handrail.usecases.access import OPERATOR
from handrail.usecases.credential import digest


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def _enter(home: Site, who: str = "ana") -> str:
    return home.cookie(who)


def _recognised(home: Site, cookie: str) -> access.Recognised | None:
    return home.store.read(lambda tx: access.recognise_session(tx, cookie))


def test_a_setup_link_signs_the_operator_in_as_admin(home: Site) -> None:
    secret = home.store.run(lambda tx: access.setup_link(tx, ids=home.ids))

    opened = home.store.run(lambda tx: access.take_link(tx, secret, ids=home.ids))

    assert opened.actor == OPERATOR


def test_a_link_works_once(home: Site) -> None:
    secret = home.store.run(lambda tx: access.setup_link(tx, ids=home.ids))
    home.store.run(lambda tx: access.take_link(tx, secret, ids=home.ids))

    with pytest.raises(UnauthenticatedError, match="used already"):
        home.store.run(lambda tx: access.take_link(tx, secret, ids=home.ids))


def test_a_link_ends_with_its_life(home: Site) -> None:
    secret = home.store.run(lambda tx: access.setup_link(tx, ids=home.ids))
    home.clock.move(limits.SETUP_LINK_LIFE)

    with pytest.raises(UnauthenticatedError):
        home.store.run(lambda tx: access.take_link(tx, secret, ids=home.ids))


def test_an_unknown_address_gets_no_link(home: Site) -> None:
    found = home.store.run(
        lambda tx: access.sign_in_link(tx, email="eve@example.org", ids=home.ids)
    )

    assert found is None


def test_a_known_address_gets_one_whatever_its_case(home: Site) -> None:
    found = home.store.run(
        lambda tx: access.sign_in_link(tx, email=" Ben@Example.org ", ids=home.ids)
    )

    assert found is not None
    assert found[0].name == "ben"


def test_a_session_ends_when_idle(home: Site) -> None:
    cookie = _enter(home)
    home.clock.move(limits.SESSION_IDLE)

    assert _recognised(home, cookie) is None


def test_a_used_session_goes_on_but_not_for_ever(home: Site) -> None:
    cookie = _enter(home)
    step = limits.SESSION_IDLE / 2

    days = timedelta(0)
    while _recognised(home, cookie) is not None:
        home.store.run(lambda tx: access.note_use(tx, cookie))
        home.clock.move(step)
        days += step

    assert limits.SESSION_LIFE <= days < limits.SESSION_LIFE + step


def test_an_ended_session_lets_nobody_in(home: Site) -> None:
    cookie = _enter(home)

    home.store.run(lambda tx: access.end_session(tx, cookie, ids=home.ids))

    assert _recognised(home, cookie) is None


def test_who_leaves_the_configuration_is_out_at_once(home: Site) -> None:
    cookie = _enter(home, "cleo")
    without = CONFIGURATION.replace("name: cleo", "name: dora")
    home.configure(without.replace("user:cleo", "user:dora"))

    assert _recognised(home, cookie) is None


def test_a_changed_role_holds_at_once(home: Site) -> None:
    cookie = _enter(home, "ben")
    home.configure(CONFIGURATION.replace("role: responder", "role: observer"))

    found = _recognised(home, cookie)

    assert found is not None
    assert found.actor.role is Role.OBSERVER


def test_a_token_never_exceeds_its_owner(home: Site) -> None:
    header = home.as_("ana")["authorization"].removeprefix("Bearer ")
    home.configure(CONFIGURATION.replace("role: admin", "role: observer"))

    found = home.store.read(lambda tx: access.recognise_token(tx, header))

    assert found.actor.role is Role.OBSERVER
    assert found.actor.kind is ActorKind.TOKEN
    assert found.actor.user == "ana"


def test_an_expired_token_is_refused(home: Site) -> None:
    issued = home.store.run(
        lambda tx: token.create_token(
            tx,
            "ci",
            role=Role.OBSERVER,
            actor=OPERATOR,
            ids=home.ids,
            expires_at=tx.now + timedelta(hours=1),
        )
    )
    home.clock.move(timedelta(hours=1))

    with pytest.raises(UnauthenticatedError, match="expired"):
        home.store.read(lambda tx: access.recognise_token(tx, issued.secret))


def test_a_new_local_token_ends_the_earlier_one(home: Site) -> None:
    first = home.store.run(
        lambda tx: access.operator_token(tx, place="here", ids=home.ids)
    )
    second = home.store.run(
        lambda tx: access.operator_token(tx, place="here", ids=home.ids)
    )

    found = home.store.read(lambda tx: access.recognise_token(tx, second))

    assert found.actor.role is Role.ADMIN
    with pytest.raises(UnauthenticatedError):
        home.store.read(lambda tx: access.recognise_token(tx, first))


def test_use_is_noted_only_now_and_then(home: Site) -> None:
    cookie = _enter(home)
    fresh = _recognised(home, cookie)
    home.clock.move(access.USE_NOTED_EVERY)

    stale = _recognised(home, cookie)

    assert fresh is not None
    assert not fresh.is_use_stale
    assert stale is not None
    assert stale.is_use_stale


def test_everything_that_lets_somebody_in_is_recorded(home: Site) -> None:
    cookie = _enter(home, "ana")
    home.store.run(lambda tx: access.end_session(tx, cookie, ids=home.ids))

    events = home.store.read(lambda tx: tx.event.read("access"))

    assert [event.kind for event in events[-2:]] == ["session_opened", "session_ended"]
    assert {event.actor for event in events[-2:]} == {"user:ana"}
    assert broken_link(events) is None


def test_no_secret_is_stored(home: Site) -> None:
    cookie = _enter(home, "ana")
    link = home.store.run(lambda tx: access.setup_link(tx, ids=home.ids))
    local = home.store.run(
        lambda tx: access.operator_token(tx, place="here", ids=home.ids)
    )

    kept = home.store.read(
        lambda tx: repr(
            [
                tx.event.read("access"),
                tx.access.tokens(),
                tx.access.session(digest(cookie)),
                tx.meta.all(),
            ]
        )
    )

    assert not any(secret in kept for secret in (cookie, link, local))


def test_a_link_for_an_unknown_user_is_refused(home: Site) -> None:
    answer = home.post("/api/v1/users/eve/link", who="operator")

    assert answer.status == 404


def test_the_owner_of_a_link_is_who_it_was_made_for(home: Site) -> None:
    secret = home.store.run(
        lambda tx: access.link_for(tx, Slug("ben"), actor=OPERATOR, ids=home.ids)
    )

    opened = home.store.run(lambda tx: access.take_link(tx, secret, ids=home.ids))

    assert (opened.actor.user, opened.actor.role) == ("ben", Role.RESPONDER)
