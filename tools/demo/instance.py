"""A throw-away Handrail: the real server as a process, in a folder of its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.demo.exchange import Answer, ask, post_json
from tools.demo.waiting import MissedError, await_found

ROOT = Path(__file__).parents[2]
SENDER = "handrail@shop.example"
_STARTS_WITHIN_SECONDS = 60.0
_STOPS_WITHIN_SECONDS = 20.0
_COMMAND_WITHIN_SECONDS = 30.0
_EXIT_SHOWS_WITHIN_SECONDS = 1.0
_SHOWN_LINES_MAX = 6
_START = "the server to start"
_WARNED = re.compile(r"\[(?:warning|error|critical)\s*\]")
HANDRAIL = (sys.executable, "-m", "handrail")


def _environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without anybody's settings of Handrail."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
        "XDG_CONFIG_HOME": str(folder / "no-profile"),
        **more,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    data: str
    words: str


class Instance:
    """A server that lives as long as the block.

    Attributes:
        log: What it says, on both of its outputs.
        url: Where people reach it.
    """

    def __init__(
        self, folder: Path, *, port: int, smtp_port: int, secrets: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.url = ""
        self._variables = {
            "HANDRAIL_LISTEN": f"127.0.0.1:{port}",
            "HANDRAIL_DATA_DIR": str(self.data),
            "HANDRAIL_SMTP_HOST": "127.0.0.1",
            "HANDRAIL_SMTP_PORT": str(smtp_port),
            "HANDRAIL_SMTP_TLS": "none",
            "HANDRAIL_SMTP_SENDER": SENDER,
            # Links and mitigations go to loopback here; by default that is refused.
            "HANDRAIL_OUTGOING_ALLOW": "127.0.0.0/8",
            **secrets,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*HANDRAIL, "serve"],
                cwd=self.folder,
                env=_environment(self.folder, self._variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the demo, which then stops the server in order.
                start_new_session=True,
            )
        try:
            own = await_found(
                self._address,
                what=_START,
                seconds=_STARTS_WITHIN_SECONDS,
            )
            self.url = own.replace("127.0.0.1", "localhost")
            ask("GET", f"{self.url}/health/ready")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def check(self) -> None:
        """Do nothing while the server runs.

        Raises:
            MissedError: It does not any more.
        """
        assert self._process is not None
        code = self._process.poll()
        if code is not None:
            how = f"It ended by itself, {_manner(code)}."
            awaited = "the server to keep running"
            raise MissedError(awaited, detail=f"{how}\n{self._last_words()}".strip())

    def explain(self, missed: MissedError) -> MissedError:
        """Return the reason behind what was missed: the server's end, or its warnings.

        What was missed is often noticed a moment before the process is gone.
        """
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_EXIT_SHOWS_WITHIN_SECONDS)
        try:
            self.check()
        except MissedError as ended:
            return ended
        warned = [line for line in self._lines() if _WARNED.search(line)]
        said = warned[-_SHOWN_LINES_MAX:]
        more = ["The server's last warnings:", *said] if said else []
        return MissedError(missed.awaited, detail="\n".join([missed.detail, *more]))

    @property
    def operator_token(self) -> str:
        """Return what lets this machine's account act as the operator."""
        return (self.data / "operator.token").read_text(encoding="utf-8").strip()

    def get(self, path: str) -> Any:  # noqa: ANN401  (JSON)
        """Read something by the API, as the operator."""
        bearer = {"Authorization": f"Bearer {self.operator_token}"}
        return ask("GET", f"{self.url}/api/v1{path}", headers=bearer).json

    def post(self, path: str, said: object, *, token: str) -> Answer:
        """Post something to the API with a token."""
        bearer = {"Authorization": f"Bearer {token}"}
        return post_json(f"{self.url}/api/v1{path}", said, bearer)

    def command(
        self, *arguments: str, token: str | None = None, is_refusal: bool = False
    ) -> Said:
        """Run ``handrail``: with a token as its holder, else as the operator here.

        Args:
            arguments: After ``handrail``.
            token: Of the person who types it.
            is_refusal: A refusal is what is expected.

        Raises:
            MissedError: It was refused, or it was not although it should.
        """
        who = {"HANDRAIL_URL": self.url, "HANDRAIL_TOKEN": token} if token else {}
        ran = subprocess.run(
            [*HANDRAIL, *arguments],
            cwd=self.folder,
            env=_environment(self.folder, who or {"HANDRAIL_DATA_DIR": str(self.data)}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_WITHIN_SECONDS,
            check=False,
        )
        said = Said(code=ran.returncode, data=ran.stdout, words=ran.stderr)
        if (said.code != 0) is not is_refusal:
            wanted = "be refused" if is_refusal else "succeed"
            awaited = f"`{spelled(arguments)}` to {wanted}"
            raise MissedError(
                awaited, detail=f"It ended with {said.code}. {said.words}"
            )
        return said

    def _address(self) -> str | None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise MissedError(_START, detail=self._last_words())
        place = self.data / "server.address"
        if not place.exists():
            return None
        return place.read_text(encoding="utf-8").strip() or None

    def _lines(self) -> list[str]:
        words = self.log.read_text(encoding="utf-8", errors="replace")
        return [line for line in words.splitlines() if line.strip()]

    def _last_words(self) -> str:
        return "\n".join(self._lines()[-_SHOWN_LINES_MAX:])

    def _stop(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _manner(code: int) -> str:
    """Return how a process ended, from its exit code."""
    if code < 0:
        return f"by signal {-code} ({signal.Signals(-code).name})"
    return f"with exit code {code}"


def spelled(arguments: tuple[str, ...]) -> str:
    """Return the command as somebody types it."""
    return shlex.join(("handrail", *arguments))
