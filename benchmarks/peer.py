"""The two programs under measurement, started on loopback with fresh data."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
READY_WITHIN_SECONDS = 60.0
PROBE_SECONDS = 0.002
INTEGRATION = "bench"


class UnmeasurableError(Exception):
    """Something that the measurement needs is not here; the text names it."""


@dataclass(slots=True, kw_only=True)
class Peer:
    """A running program that takes Alertmanager's API v2.

    Attributes:
        name: ``handrail`` or ``alertmanager``.
        prefix: What stands before ``/api/v2``.
        began: When the process was started, on ``time.perf_counter``.
        ready_seconds: From the start of the process until it said that it is ready.
        token: For Handrail's own API.
    """

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    prefix: str = ""
    token: str = ""
    began: float = 0.0
    ready_seconds: float = 0.0
    folder: Path = field(default_factory=Path)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def alerts_path(self) -> str:
        return f"{self.prefix}/api/v2/alerts"

    def get(self, path: str, *, seconds: float = 120.0) -> bytes:
        return self._call("GET", path, None, seconds).read()

    def post(self, path: str, value: object) -> "Answer":
        return self._call("POST", path, json.dumps(value).encode(), 60.0)

    def _call(
        self, method: str, path: str, body: bytes | None, seconds: float
    ) -> "Answer":
        headers = {"content-type": "application/json"}
        if self.token and not path.startswith("/i/"):
            headers["authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(
            self.url(path), data=body, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return Answer(headers=dict(answer.headers), body=answer.read())

    def metrics(self) -> dict[str, float]:
        """Return Handrail's figures by their name with labels."""
        found: dict[str, float] = {}
        for line in self.get("/metrics").decode().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name] = float(value)
        return found

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_kib(self) -> tuple[int, int]:
        """Return the resident and the proportional set size."""
        found = {"Rss:": 0, "Pss:": 0}
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        for line in rollup.splitlines():
            words = line.split()
            if words[0] in found:
                found[words[0]] = int(words[1])
        return found["Rss:"], found["Pss:"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    headers: Mapping[str, str]
    body: bytes

    def read(self) -> bytes:
        return self.body

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next(v for n, v in self.headers.items() if n.lower() == wanted)

    def member(self, name: str) -> str:
        """Return one member of the JSON object that is the body."""
        return str(json.loads(self.body)[name])


@contextmanager
def handrail(
    configuration: str = "", *flags: str, database_url: str = ""
) -> Iterator[Peer]:
    """Serve Handrail on fresh data, with the configuration in force, a key issued."""
    with (
        new_folder() as folder,
        handrail_on(folder, *flags, database_url=database_url) as peer,
    ):
        if configuration:
            configure(peer, configuration)
        yield peer


@contextmanager
def handrail_on(
    folder: Path,
    *flags: str,
    database_url: str = "",
    variables: Mapping[str, str] | None = None,
) -> Iterator[Peer]:
    """Serve Handrail on the data of the folder, which stay."""
    command = [sys.executable, "-m", "handrail", "serve", "--listen", "127.0.0.1:0"]
    command += ["--data-dir", str(folder), "--outgoing-allow", "127.0.0.0/8", *flags]
    if database_url:
        command += ["--database-url", database_url]
    address = folder / "server.address"
    address.unlink(missing_ok=True)
    began = time.perf_counter()
    told = {**environment(folder), **(variables or {})}
    with _running(command, folder, told) as process:
        _wait(lambda: bool(address.exists() and address.read_text().strip()), process)
        port = int(address.read_text().strip().rpartition(":")[2])
        _wait(lambda: _answers(port, "/health/ready"), process)
        yield Peer(
            name="handrail",
            process=process,
            port=port,
            began=began,
            ready_seconds=time.perf_counter() - began,
            token=(folder / "operator.token").read_text().strip(),
            folder=folder,
        )


def configure(peer: Peer, configuration: str) -> None:
    """Put the configuration in force and issue the key that is posted by."""
    files = {"files": [{"name": "bench.yaml", "text": configuration}]}
    peer.post("/api/v1/config/apply", files)
    issued = peer.post(f"/api/v1/integrations/{INTEGRATION}/key", {})
    peer.prefix = f"/i/{issued.member('key')}"


@contextmanager
def new_folder() -> Iterator[Path]:
    """Make a folder that goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alertmanager(configuration: str) -> Iterator[Peer]:
    """Serve Alertmanager, without a cluster."""
    if ALERTMANAGER is None:
        msg = "Alertmanager is not installed: apt-get install prometheus-alertmanager"
        raise UnmeasurableError(msg)
    with new_folder() as folder:
        (folder / "am.yml").write_text(configuration)
        port = _free_port()
        command = [
            ALERTMANAGER,
            f"--config.file={folder / 'am.yml'}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
        began = time.perf_counter()
        with _running(command, folder, dict(os.environ)) as process:
            _wait(lambda: _answers(port, "/-/ready"), process)
            yield Peer(
                name="alertmanager",
                process=process,
                port=port,
                began=began,
                ready_seconds=time.perf_counter() - began,
                folder=folder,
            )


def environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without settings of whoever runs it.

    Compiled modules are kept, as they are of any program that was installed.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HANDRAIL_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "HANDRAIL_DATA_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "no-profile"),
    }


@contextmanager
def _running(
    command: list[str], folder: Path, variables: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(holds: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    until = time.perf_counter() + READY_WITHIN_SECONDS
    while not holds():
        if process.poll() is not None or time.perf_counter() > until:
            msg = "a server under measurement did not start"
            raise UnmeasurableError(msg)
        time.sleep(PROBE_SECONDS)


def _answers(port: int, path: str) -> bool:
    try:
        address = f"http://127.0.0.1:{port}{path}"
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
