"""A disk that may lose power: what was not synced may be there, torn, or gone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crash.system_calls import (
    Answer,
    Call,
    Create,
    Sync,
    Truncate,
    Unlink,
    Write,
)

SECTOR = 512


@dataclass(slots=True)
class _File:
    synced: bytes = b""
    unsynced: list[Write | Truncate] = field(default_factory=list)


class Disk:
    """Applies calls in order; ``after_power_cut`` says what a cut could leave."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._new_names: set[str] = set()
        self._lost_names: dict[str, _File] = {}

    def apply(self, call: Call) -> None:
        match call:
            case Create(path=path):
                self._files.setdefault(path, _File())
                self._new_names.add(path)
            case Write(path=path) | Truncate(path=path):
                self._files.setdefault(path, _File()).unsynced.append(call)
            case Sync(path=path):
                self._sync(path)
            case Unlink(path=path):
                gone = self._files.pop(path, None)
                self._new_names.discard(path)
                if gone is not None:
                    self._lost_names[path] = gone
            case Answer():
                pass

    def _sync(self, path: str) -> None:
        if path in self._files:
            file = self._files[path]
            file.synced = _applied(file.synced, file.unsynced)
            file.unsynced = []
            return
        inside = {n for n in self._new_names if str(Path(n).parent) == path}
        self._new_names -= inside
        gone = [n for n in self._lost_names if str(Path(n).parent) == path]
        for name in gone:
            del self._lost_names[name]

    def after_power_cut(self, random: Random) -> dict[str, bytes]:
        """Return the files' contents as one possible cut leaves them.

        Each unsynced write is kept, dropped or torn at sector borders on its own, as
        drives with caches do; a new or removed name may not have reached its folder.
        """
        left = {}
        for path, file in self._files.items():
            if path in self._new_names and random.random() < 0.5:
                continue
            left[path] = _torn(file, random)
        for path, file in self._lost_names.items():
            if path not in left and random.random() < 0.5:
                left[path] = _torn(file, random)
        return left

    def unsynced_writes(self, names: Collection[str]) -> int:
        """Return how many writes to files of these names a cut may undo."""
        return sum(
            len(file.unsynced)
            for path, file in self._files.items()
            if Path(path).name in names
        )


def _applied(content: bytes, changes: list[Write | Truncate]) -> bytes:
    if not changes:
        return content
    data = bytearray(content)
    for change in changes:
        _change(data, change)
    return bytes(data)


def _change(data: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        data.extend(bytes(max(change.size - len(data), 0)))
        del data[change.size :]
        return
    data.extend(bytes(max(change.offset - len(data), 0)))
    data[change.offset : change.offset + len(change.data)] = change.data


def _torn(file: _File, random: Random) -> bytes:
    # Three kinds of drive: one that kept everything, one that kept a prefix in order,
    # one that kept what it liked.
    kind = random.randrange(4)
    if kind == 0:
        return file.synced
    data = bytearray(file.synced)
    prefix = random.randrange(len(file.unsynced) + 1)
    for place, change in enumerate(file.unsynced):
        if kind == 1 and place >= prefix:
            break
        if kind >= 2 and random.random() < 0.4:
            continue
        if kind == 3 and isinstance(change, Write) and random.random() < 0.5:
            _tear(data, change, random)
        else:
            _change(data, change)
    return bytes(data)


def _tear(data: bytearray, write: Write, random: Random) -> None:
    for start in range(0, len(write.data), SECTOR):
        if random.random() < 0.5:
            piece = write.data[start : start + SECTOR]
            _change(
                data, Write(path=write.path, offset=write.offset + start, data=piece)
            )
