"""The load generator in C: compiled from where it is shared, run, its figures read."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.peer import ROOT, Peer, UnmeasurableError

SOURCE = ROOT / "../shared/tools/lg.c"


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What the generator saw; latencies in milliseconds.

    Attributes:
        aps: Accepted alerts per second.
        nextid: One more than the last alert's number.
    """

    reqs: int
    ok: int
    bad: int
    alerts: int
    wall: float
    aps: float
    p50: float
    p99: float
    max: float
    cli_cpu: float
    nextid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is posted.

    Attributes:
        kind: ``new`` or ``repeated``.
        rate: Requests per second whatever the answers do; 0 is as fast as answered.
        population: How many alerts are repeated.
    """

    batch: int
    kind: str
    connections: int
    seconds: float
    rate: float = 0.0
    population: int = 5000

    @property
    def name(self) -> str:
        how = f"{self.rate:g}/s" if self.rate else f"{self.connections} connections"
        return f"{self.batch} {self.kind}, {how}"


class Generator:
    """A compiled generator."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def run(self, peer: Peer, shape: Shape) -> Load:
        """Post for the seconds of the shape."""
        mode = "new" if shape.kind == "new" else "rep"
        return self._run(
            peer,
            *("-m", mode, "-b", str(shape.batch), "-c", str(shape.connections)),
            *("-d", str(shape.seconds), "-K", str(shape.population)),
            *(("-r", str(shape.rate)) if shape.rate else ()),
        )

    def prime(self, peer: Peer, shape: Shape) -> Load:
        """Post every alert of the population once, so that all later are repeats."""
        requests = -(-shape.population // 100)
        return self._run(
            peer, "-m", "rep", "-b", "100", "-c", "4", "-d", "60",
            "-K", str(shape.population), "-n", str(requests),
        )  # fmt: skip

    def _run(self, peer: Peer, *options: str) -> Load:
        command = [str(self._program), "-p", str(peer.port), "-P", peer.alerts_path()]
        done = subprocess.run(
            [*command, *options], capture_output=True, check=False, timeout=300
        )
        if done.returncode:
            msg = f"the load generator failed: {done.stderr.decode()[-400:]}"
            raise UnmeasurableError(msg)
        return msgspec.json.decode(done.stdout, type=Load)


@contextmanager
def compiled() -> Iterator[Generator]:
    """Compile the generator into a folder of its own."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not SOURCE.exists() or compiler is None:
        missing = "a C compiler" if compiler is None else "../shared/tools/lg.c"
        msg = f"NOT MEASURED: {missing} is not here"
        raise UnmeasurableError(msg)
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
        program = Path(folder) / "generator"
        command = [compiler, "-O2", "-w", "-o", str(program), str(SOURCE.resolve())]
        subprocess.run(command, check=True)
        yield Generator(program)
