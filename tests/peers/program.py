"""Starting and stopping real programs of peers for a test."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require(program: str, package: str) -> str:
    """Return the program's path; its absence is told, and is a failure in CI."""
    found = shutil.which(program)
    if found is None:
        reason = f"{program} is missing: apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextlib.contextmanager
def running(
    command: Sequence[str], *, log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command until the block ends; it is stopped by its own id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def wait_until(claim: Callable[[], bool], *, what: str, seconds: float = 30.0) -> None:
    """Return when the claim holds; fail naming it after that long."""
    give_up_at = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > give_up_at:
            msg = f"{seconds} s passed without: {what}"
            raise AssertionError(msg)
        time.sleep(0.05)


def answers(port: int, path: str) -> bool:
    """Return whether a program on this port answers 200 there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
