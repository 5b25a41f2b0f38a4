"""The form of a backup: one zip, for each table one JSON array a line, and a manifest.

It holds values, not pages of a database file, so that what was saved from SQLite can be
restored into PostgreSQL and the other way round.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from handrail.core.errors import InvalidError

FORMAT = "handrail-backup/1"
_MANIFEST = "manifest.json"
_BYTES = "base64"
_NEWLINE = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedTable:
    """What the archive holds of one table.

    Attributes:
        columns: In the order of each row's values.
        sha256: Hex, over the table's lines.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        schema: The revision of the schema its rows fit.
        made_at: RFC 3339.
        tables: In an order in which they may be inserted.
    """

    schema: str
    made_at: str
    tables: tuple[ArchivedTable, ...]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(table.rows for table in self.tables)


def write_table(
    archive: zipfile.ZipFile,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> ArchivedTable:
    """Write one table's rows and return what was written."""
    digest = hashlib.sha256()
    count = 0
    with archive.open(_file(name), "w", force_zip64=True) as file:
        for row in rows:
            line = json.dumps([_plain(value) for value in row]).encode() + _NEWLINE
            digest.update(line)
            file.write(line)
            count += 1
    return ArchivedTable(
        name=name, columns=tuple(columns), rows=count, sha256=digest.hexdigest()
    )


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write the manifest, last: an archive without one is not whole."""
    said = {"format": FORMAT, **asdict(manifest)}
    archive.writestr(_MANIFEST, json.dumps(said, indent=2))


def read_verified(path: Path) -> Manifest:
    """Return the manifest after checking every row against it.

    Raises:
        InvalidError: The file is no backup, not whole, or was changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            for table in manifest.tables:
                _verify(archive, table, path)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        msg = f"{path} is not a whole Handrail backup: {error}"
        raise InvalidError(msg) from error
    return manifest


def read_table(archive: zipfile.ZipFile, table: ArchivedTable) -> Iterator[list[Any]]:
    """Yield the table's rows."""
    with archive.open(_file(table.name)) as file:
        for line in file:
            yield [_rich(value) for value in json.loads(line)]


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    said = json.loads(archive.read(_MANIFEST))
    if said.pop("format", None) != FORMAT:
        msg = f"{path} is no {FORMAT}; restore it with the version that made it"
        raise InvalidError(msg)
    tables = tuple(
        ArchivedTable(**{**table, "columns": tuple(table["columns"])})
        for table in said.pop("tables")
    )
    return Manifest(tables=tables, **said)


def _verify(archive: zipfile.ZipFile, table: ArchivedTable, path: Path) -> None:
    digest = hashlib.sha256()
    rows = 0
    with archive.open(_file(table.name)) as file:
        for line in file:
            digest.update(line)
            rows += 1
    if digest.hexdigest() != table.sha256 or rows != table.rows:
        msg = f"{path} was changed or damaged: table {table.name} does not verify"
        raise InvalidError(msg)


def _file(table: str) -> str:
    return f"{table}.jsonl"


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    return value


def _rich(value: Any) -> Any:  # noqa: ANN401  a value of some column
    return base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
