"""An incident by the command line alone, against one real server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.handrail_process import (
    ROOT,
    ServerProcess,
    environment,
    handrail,
    serving,
)
from typing_extensions import override

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")
WITHIN_SECONDS = 30.0


class Target:
    """The system that a mitigation asks, on loopback."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.called = threading.Event()
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bearer = self.headers.get("Authorization", "")
                target.asked.append((self.path, bearer, body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"rolled back, as s3cret said")
                target.called.set()

            @override
            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/roll-back"


@pytest.fixture
def target() -> Iterator[Target]:
    made = Target()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def server(tmp_path: Path, target: Target) -> Iterator[ServerProcess]:
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(
        "mitigation:\n"
        "  name: roll-back\n"
        "  title: Roll checkout back\n"
        "  kind: roll_back\n"
        "  description: Brings the last version back\n"
        "  confirm: checkout-eu\n"
        "  http:\n"
        f"    url: {target.url}\n"
        "    secret: env:ROLL_BACK_TOKEN\n"
        """    body: '{"why": "${incident} by ${by}"}'\n"""
    )
    variables = {
        "ROLL_BACK_TOKEN": "s3cret",
        "HANDRAIL_OUTGOING_ALLOW": "127.0.0.0/8",
    }
    with serving(tmp_path / "data", variables=variables) as running:
        applied = handrail(running.data_dir, "config", "apply", EXAMPLE, str(catalogue))
        assert applied.returncode == 0, applied.stderr
        yield running


def data(server: ServerProcess, *arguments: str) -> Any:
    ran = handrail(server.data_dir, *arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_whole_response(server: ServerProcess) -> None:
    nothing = handrail(server.data_dir, "incident", "show")
    data(server, "change", "report", "Checkout 4.2", "--version", "4.2")
    data(server, "declare", "Checkout is down", "--severity", "sev2")
    data(server, "incident", "note", "5xx on carts", "--at", "1s ago")
    data(server, "incident", "role", "inc-1", "operations", "ana")
    data(server, "incident", "update", "we are on it", "--next", "30m")
    task = data(server, "incident", "task", "add", "Drain the pool", "--to", "ana")
    data(server, "incident", "task", "done", task["tasks"][0]["id"])
    tried = data(server, "mitigation", "tried", "INC-1", "Rolled back", "--by", "ana")
    tried_id = tried["mitigations"][0]["id"]
    judged = data(server, "mitigation", "judge", tried_id, "worked")
    owed = handrail(server.data_dir, "incident", "resolve")
    shown = handrail(server.data_dir, "incident", "show")
    resolved = data(server, "incident", "resolve", "quiet", "--despite-obligations")
    verified = handrail(server.data_dir, "audit", "verify", "INC-1")
    told = handrail(server.data_dir, "incident", "timeline", "INC-1")

    assert (nothing.returncode, "incident list --all" in nothing.stderr) == (8, True)
    assert judged["stage"] == "resolve"
    assert (owed.returncode, "still owed" in owed.stderr) == (5, True)
    assert "suspect  Checkout 4.2" in shown.stdout
    assert resolved["ending"] == "resolved"
    assert verified.returncode == 0, verified.stderr
    assert len(verified.stdout.strip()) == 64
    assert "5xx on carts" in told.stdout


def test_evidence_is_kept_from_a_file(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "graph ü.png"
    file.write_bytes(b"png")
    data(server, "declare", "It broke")

    kept = data(server, "incident", "evidence", str(file), "--note", "5xx")

    only = kept["evidence"][0]
    assert (only["name"], only["media_type"]) == ("graph ü.png", "image/png")
    copy = tmp_path / "copy.png"
    fetch = ("incident", "fetch", only["id"], "--to", str(copy))
    data(server, *fetch)
    again = handrail(server.data_dir, *fetch)
    assert copy.read_bytes() == b"png"
    assert (again.returncode, "there already" in again.stderr) == (2, True)


def test_facts_are_put_right(server: ServerProcess) -> None:
    data(server, "declare", "It broke")

    amended = data(
        server,
        *("incident", "amend", "--title", "Carts fail", "--detected-by", "customer"),
        *("--impact-since", "20m ago"),
    )
    nothing = handrail(server.data_dir, "incident", "amend")

    assert (amended["title"], amended["detected_by"]) == ("Carts fail", "customer")
    assert amended["impact_started_at"] is not None
    assert (nothing.returncode, "nothing to put right" in nothing.stderr) == (2, True)


def test_several_incidents_are_listed_and_none_is_touched(
    server: ServerProcess,
) -> None:
    data(server, "declare", "One")
    data(server, "declare", "Another")

    ran = handrail(server.data_dir, "incident", "note", "which?")
    named = handrail(server.data_dir, "incident", "note", "INC-2", "this")

    assert ran.returncode == 2
    assert "INC-1" in ran.stderr
    assert "INC-2" in ran.stderr
    assert named.returncode == 0


def test_a_mitigation_is_shown_confirmed_called_once_and_recorded(
    server: ServerProcess, target: Target
) -> None:
    data(server, "declare", "Checkout is down")

    planned = handrail(server.data_dir, "mitigation", "run", "roll-back", "--dry-run")
    unsaid = handrail(server.data_dir, "mitigation", "run", "roll-back", "INC-1")
    called_before = list(target.asked)
    run = handrail(
        server.data_dir, "mitigation", "run", "roll-back", "--confirm", "checkout-eu"
    )
    assert target.called.wait(WITHIN_SECONDS)
    answer = _watched(server, "mitigation_carried_out")

    assert "Bearer ••• (env:ROLL_BACK_TOKEN)" in planned.stdout
    assert '{"why":"INC-1 by operator"}' in planned.stdout
    assert unsaid.returncode == 1
    assert "type checkout-eu" in unsaid.stderr
    assert called_before == []
    assert run.returncode == 0, run.stderr
    assert target.asked == [
        ("/roll-back", "Bearer s3cret", b'{"why":"INC-1 by operator"}')
    ]
    assert "HTTP 200 rolled back, as ••• said" in answer["what"]


def test_the_server_stops_at_once_although_somebody_watches(
    server: ServerProcess,
) -> None:
    data(server, "declare", "It broke")
    with subprocess.Popen(
        [sys.executable, "-m", "handrail", "incident", "watch", "--json"],
        env=environment(server.data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        first = json.loads(watching.stdout.readline())

        stopped = server.stop()

        _, told = watching.communicate(timeout=WITHIN_SECONDS)

    assert first["kind"] == "incident_declared"
    assert stopped == 0
    assert not any("Traceback" in line for line in server.words)
    assert watching.returncode == 1
    assert "Traceback" not in told


def _watched(server: ServerProcess, kind: str) -> Any:
    """Watch the one incident until an entry of this kind came."""
    with subprocess.Popen(
        [sys.executable, "-m", "handrail", "incident", "watch", "--json"],
        env=environment(server.data_dir),
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        found = None
        for line in watching.stdout:
            entry = json.loads(line)
            if entry["kind"] == kind:
                found = entry
                break
        watching.terminate()
    assert found is not None
    return found
