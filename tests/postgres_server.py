"""A real PostgreSQL server of our own, for tests: started once, stopped at the end."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

MISSING = "PostgreSQL server binaries not found: apt-get install postgresql"
_USER = "postgres"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
_START_SECONDS = 60
_STOPS = {"immediate": signal.SIGQUIT, "fast": signal.SIGINT}
_PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_retrieve_retry_interval": "500ms",
    "log_min_messages": "fatal",
}


def binaries() -> Path | None:
    """Return the folder of the newest server binaries, or none."""
    folders = [Path(p).parent for p in (shutil.which("postgres"),) if p]
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(packaged, key=lambda p: int(p.parent.name), reverse=True)
    return next((f.resolve() for f in folders if (f / "initdb").exists()), None)


class PostgresServer:
    """A cluster in a temporary folder, on a loopback port."""

    def __init__(self, folder: Path) -> None:
        self._binaries = folder
        self._home = Path(tempfile.mkdtemp(prefix="hr-pg-"))
        self._data = self._home / "data"
        self.port = _free_port()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self._home, _USER)
        self._call("initdb", "-A", "trust", "-U", _USER, "-E", "UTF8", "--no-locale")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._home)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = _SETTINGS | {
            "port": str(self.port),
            "unix_socket_directories": str(self._home),
        }
        options = [
            part for name in settings for part in ("-c", f"{name}={settings[name]}")
        ]
        with (self._home / "log").open("ab") as log:
            # As a child that dies with us: a run that is killed leaves no server.
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *options],
                cwd=self._home,
                user=_user(),
                env=_ENVIRONMENT,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  one system call
            )
        self._wait_until_it_answers()

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; ``immediate`` is a crash, ``fast`` an orderly end."""
        assert self._process is not None, "never started"
        self._process.send_signal(_STOPS[mode])
        self._process.wait()

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None, "never started"
        pause = threading.Event()
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                log = (self._home / "log").read_text()
                assert self._process.poll() is None, log
                assert time.monotonic() < end, log
                pause.wait(0.05)
            else:
                return

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database and return its name."""
        self._count += 1
        name = f"test_{self._count}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def execute(self, sql: str, *, url: str = "") -> None:
        """Run one statement as the superuser, outside a transaction."""
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            connection.execute(sql)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, "-D", self._data, *arguments],
            cwd=self._home,
            user=_user(),
            env=_ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}"


def _user() -> int | None:
    """Return whom the server runs as: it refuses to be root."""
    return pwd.getpwnam(_USER).pw_uid if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
