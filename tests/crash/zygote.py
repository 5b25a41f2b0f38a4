"""A process that has imported the server and forks one for each life.

Importing takes a second, and two hundred lives must not take minutes. It forks while
it has one thread only, and it never opens a database itself.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from tests.crash import gap
from tests.crash.running_server import ROOT


@dataclass(slots=True)
class Zygote:
    """The harness's side: starts lives and waits for their end.

    Attributes:
        defect: A test module that plants a defect before it serves, or "".
    """

    log: Path
    defect: str = ""
    _process: "subprocess.Popen[str]" = field(init=False)

    def __enter__(self) -> Self:
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.zygote", self.defect],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                text=True,
                env={**os.environ, "PYTHONPATH": path},
            )
        assert self._answer() == "ready", self.log.read_text()[-3000:]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, log: Path
    ) -> int:
        """Start ``handrail`` with these arguments; return its process id."""
        order = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "log": str(log),
        }
        return int(self._ask(order))

    def wait(self, process: int) -> int:
        """Wait for the end of a life; return its status, negative for a signal."""
        return int(self._ask({"wait": process}))

    def _ask(self, order: object) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@dataclass(slots=True)
class ColdStart:
    """Starts each life as a supervisor would: a new process that imports everything."""

    _living: "dict[int, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, log: Path
    ) -> int:
        """Start ``handrail`` with these arguments; return its process id."""
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        with log.open("ab") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.gap", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, **environment},
            )
        self._living[process.pid] = process
        return process.pid

    def wait(self, process: int) -> int:
        """Wait for the end of a life; return its status, negative for a signal."""
        return self._living.pop(process).wait(timeout=60)


def main() -> None:
    """Import everything, then fork at every order."""
    for name in ("handrail.cli.main", "handrail.cli.serve", "uvloop", "httptools"):
        import_module(name)
    import_module("uvicorn.protocols.http.httptools_impl")
    import_module("uvicorn.lifespan.on")
    if sys.argv[1]:
        import_module(sys.argv[1]).plant()
    _say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            _say(str(os.waitstatus_to_exitcode(status)))
            continue
        threads = list(Path("/proc/self/task").iterdir())
        assert len(threads) == 1, "threads do not survive a fork"
        child = os.fork()
        if child == 0:
            _live(order)
        _say(str(child))


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def _live(order: Mapping[str, Any]) -> None:
    from handrail.cli.main import main as handrail

    status = 1
    try:
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR)
        for target, source in ((0, nothing), (1, nothing), (2, log)):
            os.dup2(source, target)
        sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - for the child's life
        os.environ.update(order["environment"])
        sys.argv = ["handrail", *order["arguments"]]
        gap.install()
        handrail()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001 - told in the log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
