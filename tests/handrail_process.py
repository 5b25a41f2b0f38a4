"""The real program as a process, for tests: a server, and commands against it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_SECONDS = 60.0
STOPS_WITHIN_SECONDS = 30.0
FIRST_WORDS = "Handrail "
LAST_WORDS = "  database"


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment, without settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HANDRAIL_")
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "HANDRAIL_DATA_DIR": str(data_dir),
        "XDG_CONFIG_HOME": str(data_dir / "no-profile"),
        "PYTHONUNBUFFERED": "1",
        **variables,
    }


@dataclass(slots=True, kw_only=True)
class ServerProcess:
    """A running ``handrail serve``.

    Attributes:
        words: Lines of standard error so far.
        pages: Lines of standard output so far, where the terminal channel writes.
    """

    process: "subprocess.Popen[str]"
    data_dir: Path
    words: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """Return the server's address."""
        return (self.data_dir / "server.address").read_text(encoding="utf-8").strip()

    def wait_for(self, needle: str, lines: list[str], *, seconds: float) -> str:
        """Return the first line that holds the text, awaiting it."""

        def find() -> str | None:
            return next((line for line in lines if needle in line), None)

        with self.changed:
            arrived = self.changed.wait_for(
                lambda: find() or self.process.poll() is not None, timeout=seconds
            )
            found = find()
        told = "".join(self.words)
        assert found is not None, f"no {needle!r} ({arrived=}); it said:\n{told}"
        return found

    def stop(self) -> int:
        """Stop it as a supervisor would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_WITHIN_SECONDS)


@contextmanager
def serving(
    data_dir: Path, *flags: str, variables: Mapping[str, str] | None = None
) -> Iterator[ServerProcess]:
    """Run a server of this checkout on a free port until the block ends."""
    command = [sys.executable, "-m", "handrail", "serve", "--listen", "127.0.0.1:0"]
    with serving_with(
        [*command, *flags],
        data_dir=data_dir,
        folder=ROOT,
        variables=environment(data_dir, **(variables or {})),
    ) as server:
        yield server


@contextmanager
def serving_with(
    command: Sequence[str],
    *,
    data_dir: Path,
    folder: Path,
    variables: Mapping[str, str],
) -> Iterator[ServerProcess]:
    """Run any ``handrail serve`` in the folder until the block ends."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = ServerProcess(process=process, data_dir=data_dir)
    readers = [
        threading.Thread(target=_read, args=(server, stream, lines))
        for stream, lines in (
            (process.stdout, server.pages),
            (process.stderr, server.words),
        )
    ]
    for reader in readers:
        reader.start()
    try:
        server.wait_for(LAST_WORDS, server.words, seconds=STARTS_WITHIN_SECONDS)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for reader in readers:
            reader.join()


def handrail(
    data_dir: Path,
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    stdin: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run one command as a person without a terminal would."""
    return subprocess.run(
        [sys.executable, "-m", "handrail", *arguments],
        env=environment(data_dir, **(variables or {})),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _read(
    server: ServerProcess, stream: "Iterator[str] | None", lines: list[str]
) -> None:
    assert stream is not None
    for line in stream:
        with server.changed:
            lines.append(line)
            server.changed.notify_all()
    with server.changed:
        server.changed.notify_all()
    stream.close()  # type: ignore[attr-defined]  # a pipe
