import re

import pytest
from tests.configured import SMALL, Desk

from handrail.core.configuration.integration_key import key_digest
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import NotFoundError
from handrail.core.ids import Slug
from handrail.usecases.integration import IssuedKey, issue_key, retire_keys

PROM = Slug("prom")


def issue(desk: Desk, name: Slug = PROM) -> IssuedKey:
    return desk.store.run(lambda tx: issue_key(tx, name, by="user:ana", ids=desk.ids))


def snapshot(desk: Desk) -> Snapshot:
    return desk.store.read(lambda tx: tx.configuration.snapshot())


def test_an_issued_key_opens_its_integration_and_is_nowhere_stored() -> None:
    desk = Desk()
    desk.apply(SMALL)

    issued = issue(desk)

    assert re.fullmatch(r"[0-9a-f]{32}", issued.key)
    found = snapshot(desk).integration_by_key[key_digest(issued.key)]
    assert found.name == PROM
    documents = desk.store.read(lambda tx: tx.configuration.documents())
    assert all(issued.key not in document.body for document in documents)
    events = desk.store.read(lambda tx: tx.event.read("config"))
    assert [event.kind for event in events][-1] == "integration_key_issued"
    assert all(issued.key not in event.payload for event in events)


def test_two_issued_keys_live_while_rotating_and_no_third() -> None:
    desk = Desk()
    desk.apply(SMALL)

    issued = [issue(desk) for _ in range(3)]

    assert [one.live for one in issued] == [1, 2, 2]
    live = snapshot(desk).integration_by_key
    assert [key_digest(one.key) in live for one in issued] == [False, True, True]


def test_retiring_leaves_the_newest_key() -> None:
    desk = Desk()
    desk.apply(SMALL)
    issued = [issue(desk) for _ in range(2)]

    ended = desk.store.run(
        lambda tx: retire_keys(tx, PROM, by="user:ana", ids=desk.ids)
    )

    assert ended == 1
    live = snapshot(desk).integration_by_key
    assert [key_digest(one.key) in live for one in issued] == [False, True]


def test_an_apply_keeps_issued_keys() -> None:
    desk = Desk()
    desk.apply(SMALL)
    issued = issue(desk)

    desk.apply(SMALL.replace("5m", "10m"))

    assert key_digest(issued.key) in snapshot(desk).integration_by_key


def test_issued_keys_follow_a_rename() -> None:
    desk = Desk()
    desk.apply(SMALL)
    issued = issue(desk)

    desk.apply(SMALL.replace("prom,", "prometheus, renamed_from: prom,"))

    found = snapshot(desk).integration_by_key[key_digest(issued.key)]
    assert found.name == "prometheus"


def test_keys_end_with_their_integration_and_do_not_come_back() -> None:
    desk = Desk()
    desk.apply(SMALL)
    issued = issue(desk)
    desk.apply(SMALL.replace("integration: {name: prom, source: generic}\n", ""))

    desk.apply(SMALL)

    assert key_digest(issued.key) not in snapshot(desk).integration_by_key
    assert issue(desk).live == 1


def test_an_unknown_integration_gets_no_key() -> None:
    desk = Desk()
    desk.apply(SMALL)

    with pytest.raises(NotFoundError, match='did you mean "prom"'):
        issue(desk, Slug("pron"))
