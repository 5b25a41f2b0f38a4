"""``make demo`` as a process: it tells the truth, ends well, and leaves nothing."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.handrail_process import ROOT

WITHIN_SECONDS = 120.0
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{64}\b")
_TOUR = re.compile(r"<!-- tour: .*? -->\n```text\n(.*?)```", re.DOTALL)
_SPAN = re.compile(r"\d+(?:\.\d+)? m?s\b")
_LINK = re.compile(r"http://localhost:\d+/\S+")

_DEMO = (sys.executable, "-m", "tools.demo")
_FIVE_LINES = (
    *("bash", "-c", '"$@" | head -n 5; exit ${PIPESTATUS[0]}', "bash"),
    *_DEMO,
)
_REFUSING = """
import sys
from tools.demo.__main__ import main
from tools.demo.mailbox import Mailbox

class Refusing(Mailbox):
    async def handle_DATA(self, *_):
        return "554 5.7.1 this server takes no mail"

sys.exit(main(Refusing()))
"""
_WITHOUT_MAIL = (sys.executable, "-c", _REFUSING)

pytestmark = pytest.mark.timeout(180)


class Demo:
    """A running demo and what it told so far, in one folder for temporary files."""

    def __init__(
        self,
        folder: Path,
        *flags: str,
        program: tuple[str, ...] = _DEMO,
        **variables: str,
    ) -> None:
        self.folder = folder
        kept = {n: v for n, v in os.environ.items() if not n.startswith("HANDRAIL_")}
        self.process = subprocess.Popen(
            [*program, *flags],
            cwd=ROOT,
            env={
                **kept,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "TMPDIR": str(folder),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def told(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str) -> None:
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: words in self.told or self.process.poll() is not None,
                timeout=WITHIN_SECONDS,
            )
        assert words in self.told, f"no {words!r} ({arrived=}):\n{self.told}"

    def ended(self) -> int:
        code = self.process.wait(WITHIN_SECONDS)
        self._reader.join()
        return code

    def server(self) -> int:
        """Return the process id of its server."""
        (found,) = [
            int(place.parent.name)
            for place in self._places()
            if place.with_name("cmdline").read_bytes().split(b"\0")[-2:-1] == [b"serve"]
        ]
        return found

    def remains(self) -> list[str]:
        """Return its processes that still run and its files that are still there."""
        files = [path.name for path in self.folder.rglob("*")]
        return files + [place.parent.name for place in self._places()]

    def _places(self) -> list[Path]:
        mine = f"TMPDIR={self.folder}\0".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                is_mine = mine in place.read_bytes()
            except OSError:
                continue
            if is_mine:
                found.append(place)
        return found

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()
        self.process.stdout.close()


@contextmanager
def demo(
    folder: Path,
    *flags: str,
    program: tuple[str, ...] = _DEMO,
    **variables: str,
) -> Iterator[Demo]:
    begun = Demo(folder, *flags, program=program, **variables)
    try:
        yield begun
    finally:
        if begun.process.poll() is None:
            begun.process.terminate()
        begun.ended()


def worn(text: str) -> str:
    """Return the text without what differs from run to run: numbers, ids, folding."""
    plain = _SPAN.sub("0 s", _ID.sub("ID", text))
    return " ".join(re.sub(r"\d+", "0", plain).split())


def test_it_plays_to_the_end_as_the_readme_tells_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with demo(tmp_path, "--pace", "0", DEMO_ONCE="1") as played:
        code = played.ended()

    assert code == 0, played.told
    assert played.remains() == []
    assert "\x1b" not in played.told
    numbers = [
        int(n) for n in re.findall(r"(?m)^ *(\d+)  \d\d:\d\d:\d\d ", played.told)
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    (tour,) = _TOUR.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    told, place = worn(played.told), 0
    for part in re.split(r"(?m)^ *…$", tour):
        found = told.find(worn(part), place)
        assert found >= place, f"the README tells this, the demo does not:\n{part}"
        place = found + len(worn(part))


def test_it_leaves_the_console_open_until_it_is_interrupted(tmp_path: Path) -> None:
    with demo(tmp_path, "--pace", "0") as played:
        played.wait_for("Ctrl-C ends it")
        link, room, document, page = _LINK.findall(
            played.told.partition("look around")[2]
        )
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        browser.open(link, data=b"").close()
        shown, learned, public = (
            browser.open(place).read().decode() for place in (room, document, page)
        )
        played.process.send_signal(signal.SIGINT)
        code = played.ended()

    assert code == 0, played.told
    assert "INC-1" in shown
    assert "Mia" in shown
    assert learned.startswith("# Postmortem INC-1: Checkout refuses orders")
    assert "All Systems Operational" in public
    assert played.remains() == []


def test_an_interrupt_in_the_middle_leaves_nothing_either(tmp_path: Path) -> None:
    with demo(tmp_path, "--pace", "0") as played:
        played.wait_for("is asleep")
        played.process.send_signal(signal.SIGINT)
        code = played.ended()

    assert code == 130
    assert "nothing is left" in played.told
    assert played.remains() == []


def test_what_does_not_come_about_is_named_and_the_log_is_kept(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path, "--once", "--port", str(port)) as played:
            code = played.ended()

    assert code == 1
    assert "It waited for the server to start." in played.told
    (log,) = played.remains()
    assert log in played.told
    assert f"cannot listen on 127.0.0.1:{port}" in played.told
    assert f"cannot listen on 127.0.0.1:{port}" in (tmp_path / log).read_text()


@pytest.mark.parametrize(
    ("flags", "moment"),
    [
        pytest.param(("--once",), "is asleep", id="while-a-mail-is-awaited"),
        pytest.param(("--once",), "handrail config apply", id="while-people-sign-in"),
        pytest.param((), "Ctrl-C ends it", id="while-the-console-is-open"),
    ],
)
def test_a_server_that_dies_is_named_at_once_and_the_log_is_kept(
    tmp_path: Path, flags: tuple[str, ...], moment: str
) -> None:
    with demo(tmp_path, "--pace", "0", *flags) as played:
        played.wait_for(moment)
        os.kill(played.server(), signal.SIGKILL)
        died = time.monotonic()
        code = played.ended()
        took = time.monotonic() - died

    assert code == 1
    assert "It waited for the server to keep running." in played.told
    assert "It ended by itself, by signal 9 (SIGKILL)." in played.told
    assert "Traceback" not in played.told
    assert took < 10.0
    (log,) = played.remains()
    assert log in played.told


def test_a_mail_server_that_refuses_is_named_with_its_words(tmp_path: Path) -> None:
    with demo(tmp_path, "--once", program=_WITHOUT_MAIL) as played:
        code = played.ended()

    assert code == 1
    assert "an e-mail to ana@shop.example about 'sign in'" in played.told
    assert "answered 554 (content): 5.7.1 this server takes no mail" in played.told
    assert "Traceback" not in played.told
    (log,) = played.remains()
    assert log in played.told


def test_a_reader_that_goes_away_ends_it_without_a_trace(tmp_path: Path) -> None:
    with demo(tmp_path, "--once", "--pace", "0", program=_FIVE_LINES) as played:
        code = played.ended()

    assert code == 1
    assert played.told.endswith("The stage\n")
    assert "Traceback" not in played.told
    assert played.remains() == []
