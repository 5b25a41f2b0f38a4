"""The server with a planted defect: a database that does not sync every commit."""

from pathlib import Path
from typing import Any

from handrail.cli.main import main
from handrail.storage.sqlite import SqliteStore

_honest = SqliteStore.open.__func__  # type: ignore[attr-defined]  # a classmethod's function


def _lazy(cls: type[SqliteStore], path: Path, **options: Any) -> SqliteStore:
    store: SqliteStore = _honest(cls, path, **{**options, "synchronous": "NORMAL"})
    return store


SqliteStore.open = classmethod(_lazy)  # type: ignore[assignment,method-assign,arg-type]  # planted
main()
