"""A real server process, driven from outside as a sender and a person would."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
START_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class RunningServer:
    """``handrail serve`` on a free loopback port, with its data in ``folder``."""

    folder: Path
    before: Sequence[str] = ()
    module: str = "handrail"
    flags: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes]" = field(init=False)
    url: str = field(init=False, default="")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    @property
    def pages(self) -> Path:
        """What the server printed on its terminal: pages of the terminal channel."""
        return self.folder.parent / f"{self.folder.name}.pages"

    def start(self) -> Self:
        address = self.folder / "server.address"
        address.unlink(missing_ok=True)
        command = [*self.before, sys.executable, "-m", self.module, "serve"]
        command += ["--data-dir", str(self.folder), "--listen", "127.0.0.1:0"]
        with self.log.open("ab") as log, self.pages.open("ab") as pages:
            self.process = subprocess.Popen(
                [*command, *self.flags],
                stdin=subprocess.DEVNULL,
                stdout=pages,
                stderr=log,
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
                    **self.environment,
                },
                start_new_session=True,
            )
        self._await_ready(address)
        return self

    def _await_ready(self, address: Path) -> None:
        give_up_at = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < give_up_at:
            if self.process.poll() is not None:
                break
            if address.exists() and (text := address.read_text().strip()):
                self.url = text if "://" in text else f"http://{text}"
                if self._answers():
                    return
            time.sleep(0.01)
        tail = self.log.read_text(errors="replace")[-3000:]
        msg = f"the server did not start; its log ends:\n{tail}"
        raise AssertionError(msg)

    def _answers(self) -> bool:
        try:
            return self.call("GET", "/health/live").status == 200
        except OSError:
            return False

    @property
    def token(self) -> str:
        return (self.folder / "operator.token").read_text().strip()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
        timeout: float = 20.0,
    ) -> Reply:
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            place.hostname or "127.0.0.1", place.port, timeout=timeout
        )
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(status=answer.status, headers=named, body=answer.read())
        finally:
            connection.close()

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Call the API as the operator; anything but success fails the test."""
        reply = self.call(
            method,
            f"/api/v1{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
        )
        assert 200 <= reply.status < 300, (method, path, reply.status, reply.body)
        return reply.json() if reply.body else None

    def configure(self, text: str) -> None:
        self.api(
            "POST", "/config/apply", {"files": [{"name": "test.yaml", "text": text}]}
        )

    def integration_key(self, name: str) -> str:
        found: str = self.api("POST", f"/integrations/{name}/key")["key"]
        return found

    def signal(self, number: int) -> None:
        """Signal the whole session: a tracer keeps signals from its program."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill it without warning, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop it as an operator would."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
