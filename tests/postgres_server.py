"""A real PostgreSQL server of our own, for tests: started once, stopped at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

MISSING = "PostgreSQL server binaries not found: apt-get install postgresql"
_USER = "postgres"
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
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = str(self._home / "log")
        self._call("pg_ctl", "start", "-w", "-l", log, "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; ``immediate`` is a crash."""
        self._call("pg_ctl", "stop", "-w", "-m", mode)

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
        user = pwd.getpwnam(_USER).pw_uid if os.geteuid() == 0 else None
        done = subprocess.run(
            [self._binaries / program, "-D", self._data, *arguments],
            cwd=self._home,
            user=user,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
