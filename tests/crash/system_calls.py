"""What a traced server did to its files and sockets, in order.

``strace`` prints every system call of every thread in one total order. A call that is
interrupted by another thread is printed in two parts: a write and an answer count from
their beginning, a sync only from its end, which is the pessimistic reading of each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,write,pwrite64,writev,pwritev,sendto,sendmsg,lseek,fsync,fdatasync,"
    "ftruncate,unlink,close"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate:
    path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Everything written to this file, or every name in this folder, is on disk."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The server began to tell a client that something is accepted."""

    data: bytes


Call = Write | Truncate | Create | Unlink | Sync | Answer

_LINE = re.compile(r"^(\d+) +(.*)$")
_CALL = re.compile(r"^(\w+)\((.*)\) += (.*)$")  # short lines are padded to a column
_FD = re.compile(r"^(\d+)(?:<([^>]*)>)?")
_HEXED = re.compile(r"(?:\\x[0-9a-f]{2})*")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def strace_command(trace: Path) -> list[str]:
    """Return the words that put a command under the trace."""
    return [
        *("strace", "-f", "-qq", "-yy", "-xx", "-s", "8000000"),
        *("-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)),
    ]


def read_calls(trace: Path, folder: Path) -> Iterator[Call]:
    """Yield what happened to files in ``folder``, and every HTTP answer."""
    return _Reader(str(folder.resolve())).read(trace)


class _Reader:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._offsets: dict[int, int] = {}
        self._known: set[str] = set()
        self._begun: dict[str, str] = {}

    def read(self, trace: Path) -> Iterator[Call]:
        with trace.open() as lines:
            for line in lines:
                matched = _LINE.match(line)
                if matched:
                    yield from self._line(matched[1], matched[2].rstrip("\n"))

    def _line(self, thread: str, text: str) -> Iterator[Call]:
        if text.endswith("<unfinished ...>"):
            self._begun[thread] = text.removesuffix("<unfinished ...>").rstrip()
            if not text.startswith(("fsync", "fdatasync", "openat", "lseek")):
                yield from self._call(self._begun.pop(thread) + ") = -2")
            return
        if text.startswith("<... "):
            begun = self._begun.pop(thread, None)
            if begun is not None:
                yield from self._call(begun + text.partition("resumed>")[2])
            return
        yield from self._call(text)

    def _call(self, text: str) -> Iterator[Call]:
        matched = _CALL.match(text)
        if matched is None:
            return
        name, arguments, result = matched.groups()
        handler = getattr(self, f"_{name}", None)
        if handler is not None and not result.startswith("-1"):
            yield from handler(arguments.rstrip(), result)

    def _ours(self, hexed: str | None) -> str | None:
        path = _unhex(hexed or "").decode(errors="replace")
        path = path.removesuffix(" (deleted)")
        return path if path.startswith(self._folder) else None

    def _openat(self, arguments: str, result: str) -> Iterator[Call]:
        fd = _FD.match(result)
        if fd is None:
            return
        self._offsets[int(fd[1])] = 0
        path = self._ours(fd[2])
        if path and "O_CREAT" in arguments and path not in self._known:
            self._known.add(path)
            yield Create(path=path)
        if path and "O_TRUNC" in arguments:
            yield Truncate(path=path, size=0)

    def _lseek(self, arguments: str, result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        if fd is not None and result.strip().isdigit():
            self._offsets[int(fd[1])] = int(result)
        return iter(())

    def _write(self, arguments: str, result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        if fd is None:
            return
        data = _strings(arguments)
        path = self._ours(fd[2])
        if path is None:
            yield from _answer(data)
            return
        number = int(fd[1])
        data = data[: int(result)] if result.strip().isdigit() else data
        offset = self._offsets.get(number, 0)
        self._offsets[number] = offset + len(data)
        yield Write(path=path, offset=offset, data=data)

    def _pwrite64(self, arguments: str, result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        path = self._ours(fd[2]) if fd else None
        if path is not None:
            data = _strings(arguments)
            data = data[: int(result)] if result.strip().isdigit() else data
            offset = int(arguments.rpartition(", ")[2])
            yield Write(path=path, offset=offset, data=data)

    def _writev(self, arguments: str, result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        if fd is not None and self._ours(fd[2]) is None:
            yield from _answer(_strings(arguments))
        else:
            yield from self._write(arguments, result)

    _sendto = _sendmsg = _writev

    def _fsync(self, arguments: str, _result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        path = self._ours(fd[2]) if fd else None
        if path is not None:
            yield Sync(path=path)

    _fdatasync = _fsync

    def _ftruncate(self, arguments: str, _result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        path = self._ours(fd[2]) if fd else None
        if path is not None:
            yield Truncate(path=path, size=int(arguments.rpartition(", ")[2]))

    def _unlink(self, arguments: str, _result: str) -> Iterator[Call]:
        path = _strings(arguments).decode()
        path = str(Path(path).resolve())
        if path.startswith(self._folder):
            self._known.discard(path)
            yield Unlink(path=path)

    def _close(self, arguments: str, _result: str) -> Iterator[Call]:
        fd = _FD.match(arguments)
        if fd is not None:
            self._offsets.pop(int(fd[1]), None)
        return iter(())


def _unhex(text: str) -> bytes:
    # A descriptor's own name is in hexadecimal, the kind around a socket's is not.
    found = _HEXED.fullmatch(text)
    return bytes.fromhex(text.replace("\\x", "")) if found else text.encode()


def _strings(arguments: str) -> bytes:
    return b"".join(_unhex(found) for found in _STRING.findall(arguments))


def _answer(data: bytes) -> Iterator[Call]:
    # The head and the body of an answer may be two writes.
    if data.startswith((b"HTTP/1.1 ", b'{"')):
        yield Answer(data=data)
