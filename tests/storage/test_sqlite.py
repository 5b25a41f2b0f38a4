"""What only the SQLite store promises: one writer, one commit for many, one process."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.conformance.examples import alert, entry, receipt
from tests.conformance.test_receipt import accept

from handrail.core.alert.receipt import EntryKind
from handrail.core.errors import InvalidError, OverloadedError, UnavailableError
from handrail.core.ids import NodeId
from handrail.ports.store import Transaction
from handrail.storage.database import open_store, sqlite_path
from handrail.storage.sqlite import SqliteStore
from handrail.storage.sqlite_driver import (
    DRIVER,
    WAL_SAFE_FROM,
    is_wal_safe,
    sqlite_version,
)
from handrail.system.clock import SystemClock

CLOCK = SystemClock()
MEBIBYTE = 1024 * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "handrail.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(path, now=CLOCK.now)) as opened:
        yield opened


def test_acknowledged_work_is_synced_to_disk(store: SqliteStore) -> None:
    assert _pragma(store, "synchronous") == 2
    assert _pragma(store, "journal_mode") == "wal"
    assert _pragma(store, "foreign_keys") == 1


def test_less_durable_settings_can_be_asked_for_by_harnesses(path: Path) -> None:
    with closing(SqliteStore.open(path, now=CLOCK.now, synchronous="NORMAL")) as store:
        assert _pragma(store, "synchronous") == 1


def test_the_library_in_use_is_told() -> None:
    version = tuple(int(part) for part in sqlite_version().split("."))

    assert is_wal_safe() == (version >= WAL_SAFE_FROM)


def test_the_files_are_readable_by_their_owner_only(
    store: SqliteStore, path: Path
) -> None:
    store.run(lambda tx: tx.meta.set("a", "1"))

    assert path.parent.stat().st_mode & 0o077 == 0
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_many_submitted_transactions_share_commits(store: SqliteStore) -> None:
    commits: list[int] = []
    store.on_commit(lambda: commits.append(1))
    go = threading.Event()
    first = store.submit(lambda _: go.wait())

    futures = [
        store.submit(lambda tx: tx.meta.set("a", str(tx.now))) for _ in range(100)
    ]
    go.set()
    assert first.result()
    for future in futures:
        future.result()
    store.run(lambda _: None)

    assert len(commits) == 1


def test_a_full_queue_is_refused(path: Path) -> None:
    with closing(SqliteStore.open(path, now=CLOCK.now, queue_max=2)) as store:
        go, begun = threading.Event(), threading.Event()

        def stuck(_: Transaction) -> None:
            begun.set()
            go.wait()

        futures = [store.submit(stuck)]
        begun.wait()
        futures += [store.submit(lambda _: None) for _ in range(2)]
        with pytest.raises(OverloadedError):
            store.submit(lambda _: None)
        assert store.queue_depth == 2
        go.set()
        assert [future.result() for future in futures] == [None] * 3


def test_no_future_is_done_before_its_commit(store: SqliteStore, path: Path) -> None:
    future = store.submit(lambda tx: tx.meta.set("a", "1"))
    seen: list[object] = []
    future.add_done_callback(lambda _: seen.append(_outside(path)))

    future.result()
    store.run(lambda _: None)

    assert seen == [[("a", "1")]]


def test_a_second_server_on_the_same_data_is_refused(
    store: SqliteStore, path: Path
) -> None:
    with pytest.raises(UnavailableError, match="in use by another"):
        SqliteStore.open(path, now=CLOCK.now)

    code = (
        "import sys; from pathlib import Path\n"
        "from handrail.storage.sqlite import SqliteStore\n"
        "from handrail.system.clock import SystemClock\n"
        "SqliteStore.open(Path(sys.argv[1]), now=SystemClock().now)\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "src"},
    )
    assert other.returncode != 0
    assert "in use by another" in other.stderr
    assert store.run(lambda _: 1) == 1


def test_closing_gives_the_data_back(path: Path) -> None:
    for _ in range(2):
        SqliteStore.open(path, now=CLOCK.now).close()


def test_a_closed_database_is_one_file(path: Path) -> None:
    store = SqliteStore.open(path, now=CLOCK.now)
    store.run(lambda tx: tx.alert.add([alert(CLOCK.now())]))
    store.read(lambda tx: tx.alert.next_expiry())
    store.close()

    found = sorted(file.name for file in path.parent.iterdir())

    assert found == ["handrail.db", "handrail.db.lock"]


def test_journaled_repeats_survive_a_restart_and_fold_exactly(path: Path) -> None:
    store = SqliteStore.open(path, now=CLOCK.now)
    about = alert(CLOCK.now())
    store.run(lambda tx: tx.alert.add([about]))
    repeats = [entry(EntryKind.REPEATED, about)] * 3
    for _ in range(10):
        store.submit(lambda tx: accept(tx, receipt(tx.now, *repeats))).result()
    store.close()

    with closing(SqliteStore.open(path, now=CLOCK.now)) as again:
        assert again.read(lambda tx: tx.receipt.has_unfolded())
        assert again.run(lambda tx: tx.receipt.fold(limit=4)) == 4
        assert again.run(lambda tx: tx.receipt.fold(limit=99)) == 6
        found = again.read(lambda tx: tx.alert.get(about.id))
        counts = again.read(lambda tx: tx.receipt.count_entries())

    assert found is not None
    assert found.repeats == 30
    assert counts == {"repeated": 30}


def test_another_program_that_holds_the_lock_makes_it_unavailable_for_now(
    store: SqliteStore, path: Path
) -> None:
    store._driver_connection.execute("PRAGMA busy_timeout = 50").close()
    with closing(DRIVER.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="locked by another"):
            store.run(lambda tx: tx.meta.set("a", "1"))
        other.execute("ROLLBACK")

    store.run(lambda tx: tx.meta.set("a", "2"))
    assert store.failure is None


def test_a_full_disk_refuses_the_group_and_heals(store: SqliteStore) -> None:
    pages = _pragma(store, "page_count")
    _pragma(store, f"max_page_count = {pages}")
    big = "x" * MEBIBYTE

    with pytest.raises(UnavailableError, match="disk is full"):
        store.run(lambda tx: tx.meta.set("a", big))
    assert store.read(lambda tx: tx.meta.get("a")) is None

    _pragma(store, "max_page_count = 1000000")
    store.run(lambda tx: tx.meta.set("a", big))
    assert store.failure is None


def test_a_damaged_file_closes_the_store_for_good(
    store: SqliteStore, path: Path
) -> None:
    store.run(lambda tx: tx.meta.set("a", "x" * MEBIBYTE))
    _pragma(store, "wal_checkpoint(TRUNCATE)")
    _pragma(store, "shrink_memory")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    with pytest.raises(UnavailableError):
        store.run(lambda tx: tx.alert.add([alert(tx.now)]))
    with pytest.raises(UnavailableError, match="failed and is closed"):
        store.run(lambda _: None)
    with pytest.raises(UnavailableError, match="failed and is closed"):
        store.submit(lambda _: None).result()
    assert store.failure is not None


def test_work_inside_work_is_a_bug() -> None:
    with (
        closing(SqliteStore.in_memory(now=CLOCK.now)) as store,
        pytest.raises(AssertionError, match="nested"),
    ):
        store.run(lambda _: store.run(lambda _: None))


def test_in_memory_the_clock_and_the_living_are_the_tests_own() -> None:
    now = CLOCK.now()
    alive = {NodeId("a")}
    with closing(
        SqliteStore.in_memory(now=lambda: now, is_alive=alive.__contains__)
    ) as store:
        assert store.run(lambda tx: tx.now) == now
        assert store.dead_nodes([NodeId("a"), NodeId("b")]) == ["b"]


def test_urls_name_relative_and_absolute_files() -> None:
    assert sqlite_path("sqlite:///data/x.db") == Path("data/x.db")
    assert sqlite_path("sqlite:////srv/x.db") == Path("/srv/x.db")
    assert sqlite_path("postgresql://localhost/x") is None
    for wrong in ("sqlite://", "sqlite:///", "sqlite://host/x"):
        with pytest.raises(InvalidError, match="sqlite:///data"):
            sqlite_path(wrong)


def test_other_databases_are_refused_with_the_form_to_write() -> None:
    with pytest.raises(InvalidError, match="postgresql://user@host"):
        open_store("mysql://localhost/x", clock=CLOCK, node_id=NodeId("a"))


def _pragma(store: SqliteStore, pragma: str) -> object:
    row = store._driver_connection.execute(f"PRAGMA {pragma}").fetchone()
    return None if row is None else row[0]


def _outside(path: Path) -> object:
    """Look at the file through a connection of its own.

    With the same library: a second one in a process would undo the first one's locks.
    """
    with closing(DRIVER.connect(f"file:{path}?mode=ro", uri=True)) as other:
        return other.execute("SELECT key, value FROM meta").fetchall()
