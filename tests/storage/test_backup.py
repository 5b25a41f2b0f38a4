"""Backups: from either database into either, whole, verified and held."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conformance.examples import (
    add_page,
    alert,
    attempt,
    delivery,
    entry,
    receipt,
    whole_alert,
)
from tests.conformance.test_access import feed, link, token
from tests.conformance.test_agreement_store import asked, proposed
from tests.conformance.test_bulletin import bulletin
from tests.conformance.test_change import asked_run, reported
from tests.conformance.test_contact import telling, verification
from tests.conformance.test_event import new
from tests.conformance.test_learning import learn_from
from tests.conformance.test_notice import declared, told
from tests.conformance.test_shift_notice import NOTICE
from tests.postgres_server import PostgresServer

from handrail.core.access.grant import Session
from handrail.core.access.role import Role
from handrail.core.alert.receipt import EntryKind, RawBody
from handrail.core.configuration.document import Document
from handrail.core.errors import InvalidError, UnavailableError
from handrail.core.ids import BulletinId, EvidenceId, NodeId, ReceiptId, Slug
from handrail.ports.store import Transaction
from handrail.storage.backup import backup, restore
from handrail.storage.database import ServingStore, open_store
from handrail.storage.tables import TABLES
from handrail.system.clock import SystemClock

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def opened(url: str) -> ServingStore:
    return open_store(url, clock=SystemClock(), node_id=NodeId("here"))


def fill(store: ServingStore) -> None:
    """Put at least one row into every table."""
    page = add_page(store)

    def work(tx: Transaction) -> None:
        team = Document(
            kind="team",
            name=Slug("sre"),
            version=1,
            body='{"title":"SRE","members":[]}',
            order=0,
            revision=1,
            effective_from=tx.now,
            managed_by="file",
        )
        tx.configuration.apply([team], [], by="user:ana")
        about = whole_alert(tx.now)
        tx.alert.add([about])
        owed = delivery(page, tx.now)
        tx.delivery.add([owed])
        tx.delivery.add_attempts([attempt(owed, tx.now)])
        first = receipt(tx.now, entry(EntryKind.OPENED, about))
        tx.receipt.add(first, is_folded=False)
        tx.receipt.add_raw(
            RawBody(
                receipt_id=ReceiptId("r"), content_type="x", error="", body=b"\x00\xff"
            )
        )
        tx.receipt.fold(limit=9)
        tx.receipt.add(
            receipt(tx.now, entry(EntryKind.REPEATED, about)), is_folded=False
        )
        tx.event.append("page:1", [new(tx, "opened")], after=0)
        tx.access.add_token(token(tx.now))
        tx.access.add_link(link(tx.now, tx.now))
        tx.meta.set("key", "value")

    store.run(work)
    private = declared(store, is_private=True, participants=(Slug("ana"),))
    told(store, private)
    learn_from(store, private)

    def respond(tx: Transaction) -> None:
        tx.incident.add_evidence(EvidenceId("e"), b"\x00\xff")
        tx.bulletin.add(bulletin(tx, private.id))
        reported(tx, timedelta(hours=1))
        asked_run(tx)

    store.run(respond)
    store.run(let_in_and_ask)


def let_in_and_ask(tx: Transaction) -> None:
    tx.access.add_session(_session(tx.now))
    tx.access.add_feed(feed(tx.now))
    asked(tx)
    proposed(tx)
    tx.contact.verify(verification(tx.now))
    tx.contact.tell(telling(tx.now))
    tx.shift_notice.take(NOTICE, BulletinId("b"))


def _session(now: datetime) -> Session:
    return Session(
        digest="s", owner=None, role=Role.ADMIN, created_at=now, last_used_at=now
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def source_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/source.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/target/handrail.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url(server.new_database())


def test_a_backup_is_restored_into_either_database_row_by_row(
    source_url: str, target_url: str, tmp_path: Path
) -> None:
    file, again = tmp_path / "a.zip", tmp_path / "b.zip"
    store = opened(source_url)
    fill(store)

    saved = backup(source_url, file, now=NOW)
    store.close()
    restored = restore(file, target_url, now=NOW)

    assert restored == saved
    assert [table.name for table in saved.tables if not table.rows] == []
    assert {table.name for table in saved.tables} == {table.name for table in TABLES}
    copy = opened(target_url)
    held = copy.read(lambda tx: tx.meta.get("held"))
    assert held == "restored 2026-03-01T08:00:00.000Z"
    # Only the hold differs; order within a table is not promised.
    backup(target_url, again, now=NOW)
    copy.close()
    before, after = _rows(file), _rows(again)
    after["meta"].remove('["held", "restored 2026-03-01T08:00:00.000Z"]')
    assert after == before


def test_a_backup_is_of_one_moment_while_the_server_writes(
    source_url: str, tmp_path: Path
) -> None:
    store = opened(source_url)
    store.run(lambda tx: tx.meta.set("a", "1"))

    saved = backup(source_url, tmp_path / "a.zip", now=NOW)
    store.run(lambda tx: tx.meta.set("b", "1"))

    store.close()
    assert saved.rows == 1


def test_a_target_in_use_is_refused(source_url: str, tmp_path: Path) -> None:
    store = opened(source_url)
    store.run(lambda tx: tx.alert.add([alert(tx.now)]))
    backup(source_url, tmp_path / "a.zip", now=NOW)

    expected = UnavailableError if "sqlite" in source_url else InvalidError
    with pytest.raises(expected):
        restore(tmp_path / "a.zip", source_url, now=NOW)
    store.close()
    with pytest.raises(InvalidError, match="not empty"):
        restore(tmp_path / "a.zip", source_url, now=NOW)


def test_a_changed_backup_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    url, target = f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db"
    store = opened(url)
    fill(store)
    store.close()
    backup(url, tmp_path / "a.zip", now=NOW)
    _replace(tmp_path / "a.zip", "meta.jsonl", '["key", "other"]\n')

    with pytest.raises(InvalidError, match="meta does not verify"):
        restore(tmp_path / "a.zip", target, now=NOW)

    assert not (tmp_path / "b.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(content)

    with pytest.raises(InvalidError, match="not a whole Handrail backup"):
        restore(file, f"sqlite:///{tmp_path}/b.db", now=NOW)


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/a.db", tmp_path / "a.zip"
    opened(url).close()
    file.write_text("mine")

    with pytest.raises(InvalidError, match="exists already"):
        backup(url, file, now=NOW)

    assert file.read_text() == "mine"


def test_a_database_that_does_not_exist_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="does not exist"):
        backup(f"sqlite:///{tmp_path}/a.db", tmp_path / "a.zip", now=NOW)


def test_a_backup_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/a.db", tmp_path / "a.zip"
    opened(url).close()

    backup(url, file, now=NOW)

    assert file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.glob("*.part")] == []


def _rows(file: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(file) as archive:
        return {
            table.name: sorted(
                archive.read(f"{table.name}.jsonl").decode().splitlines()
            )
            for table in TABLES
        }


def _replace(file: Path, name: str, content: str) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = content.encode()
    with zipfile.ZipFile(file, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
