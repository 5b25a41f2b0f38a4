"""From the resolution to something changed, by the command line, on a real server."""

import json
import stat
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.handrail_process import ROOT, ServerProcess, handrail, serving
from typing_extensions import override

EXAMPLE = (ROOT / "examples" / "handrail.yaml").read_text(encoding="utf-8")
WITHIN_SECONDS = 30.0
TAKEN = {"reference": "OPS-1", "link": "https://t.example.org/OPS-1"}


class TeamTracker:
    """The team's tracker, on loopback: busy at first, then it opens tickets."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.has_opened = threading.Event()
        tracker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                tracker.keys.append(self.headers["webhook-id"])
                tracker.bodies.append(json.loads(body))
                is_busy = len(tracker.keys) == 1
                self.send_response(503 if is_busy else 201)
                self.end_headers()
                if not is_busy:
                    self.wfile.write(json.dumps(TAKEN).encode())
                    tracker.has_opened.set()

            @override
            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def tracker() -> Iterator[TeamTracker]:
    made = TeamTracker()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def server(tmp_path: Path, tracker: TeamTracker) -> Iterator[ServerProcess]:
    plan = tmp_path / "handrail.yaml"
    place = f"kind: webhook\n  url: {tracker.url}"
    plan.write_text(EXAMPLE.replace("kind: none", place, 1), encoding="utf-8")
    variables = {"HANDRAIL_OUTGOING_ALLOW": "127.0.0.0/8"}
    with serving(tmp_path / "data", variables=variables) as running:
        applied = handrail(running.data_dir, "config", "apply", str(plan))
        assert applied.returncode == 0, applied.stderr
        yield running


def data(server: ServerProcess, *arguments: str) -> Any:
    ran = handrail(server.data_dir, *arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def resolved(server: ServerProcess) -> None:
    data(server, "declare", "Checkout is down", "--severity", "sev2")
    tried = data(server, "mitigation", "tried", "INC-1", "Rolled back")
    data(server, "mitigation", "judge", tried["mitigations"][0]["id"], "worked")
    data(server, "incident", "resolve", "quiet", "--despite-obligations")


def sheet(folder: Path, name: str, *sections: tuple[str, str]) -> str:
    path = folder / name
    text = "\n\n".join(f"## {heading}\n\n{words}" for heading, words in sections)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_whole_learning(server: ServerProcess, tmp_path: Path) -> None:
    resolved(server)
    pm = ("postmortem",)
    early = handrail(server.data_dir, *pm, "publish", "INC-1")
    written = sheet(
        tmp_path,
        "mine.md",
        ("Summary", "Nobody could pay."),
        ("Impact: users", "1200 people."),
        ("What went well", "The rollback."),
        ("What went poorly", "Customers told us."),
    )
    data(server, *pm, "edit", "INC-1", "--file", written)
    blaming = data(
        server, *pm, "factor", "add", "INC-1", "Operator error", "--kind", "process"
    )
    data(server, "action", "add", "INC-1", "Add a dry run", "--owner", "ben")
    data(server, *pm, "submit", "INC-1")
    blamed = handrail(server.data_dir, *pm, "publish", "INC-1")
    answer = ("--made-possible", "no dry run", "--would-have-caught", "a dry run")
    data(server, *pm, "factor", "change", "INC-1", "f1", *answer)
    plan = ("--category", "prevention", "--due", "2026-12-31")
    data(server, "action", "change", "ACT-1", *plan)
    published = data(server, *pm, "publish", "INC-1")
    document = handrail(server.data_dir, *pm, "show", "INC-1", "--markdown")
    opened = data(server, "action", "list")["items"]
    done = data(server, "action", "done", "ACT-1", "--result", "it refused the typo")
    over = data(server, "incident", "show", "INC-1")
    verified = handrail(server.data_dir, "audit", "verify")

    assert early.returncode == 1
    assert "Summary is not written" in early.stderr
    assert [one["id"] for one in blaming["factors"]] == ["f1"]
    assert "what made it possible, and what would have caught it?" in blamed.stderr
    assert (
        "ACT-1 (Add a dry run) has not yet a due date and a category" in blamed.stderr
    )
    assert published["state"] == "published"
    assert document.stdout.startswith("# Postmortem INC-1: Checkout is down\n")
    assert [item["name"] for item in opened] == ["ACT-1"]
    assert done["state"] == "done"
    assert over["stage"] == "closed"
    assert verified.returncode == 0


def test_what_somebody_else_wrote_meanwhile_is_not_lost_and_neither_is_yours(
    server: ServerProcess, tmp_path: Path
) -> None:
    resolved(server)
    theirs = sheet(tmp_path, "theirs.md", ("Summary", "Nobody could pay."))
    editor = tmp_path / "editor.sh"
    # While this editor is open, somebody else writes the same section.
    editor.write_text(
        "#!/bin/sh\n"
        f'"$PYTHON" -m handrail postmortem edit INC-1 --file {theirs} || exit 1\n'
        'sed -i "s/^## Summary$/## Summary\\nMine./" "$1"\n'
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    variables = {"EDITOR": str(editor), "PYTHON": sys.executable}
    kept = Path.cwd() / "INC-1-postmortem.md"
    try:
        ran = handrail(
            server.data_dir, "postmortem", "edit", "INC-1", variables=variables
        )
        text = kept.read_text(encoding="utf-8") if kept.exists() else ""
    finally:
        kept.unlink(missing_ok=True)

    shown = data(server, "postmortem", "show", "INC-1")
    assert ran.returncode == 5, ran.stderr
    assert "operator changed summary" in ran.stderr
    assert "kept in INC-1-postmortem.md" in ran.stderr
    assert "Mine." in text
    assert shown["sections"][0]["text"] == "Nobody could pay."


def test_what_never_pages_becomes_one_ticket_in_the_tracker(
    server: ServerProcess, tracker: TeamTracker
) -> None:
    key = data(server, "integration", "key", "scripts")["key"]
    send = ("alert", "send", "Disk 70 % full", "--key", key, "--severity", "info")

    data(server, *send)
    data(server, *send, "--resolve")
    data(server, *send)
    assert tracker.has_opened.wait(WITHIN_SECONDS)
    listed = data(server, "ticket", "list", "--all")["items"]

    assert len(set(tracker.keys)) == 1
    assert tracker.bodies[0]["data"]["title"] == "Disk 70 % full"
    assert [one["origin"] for one in listed] == ["alert"]
    assert handrail(server.data_dir, "ticket", "retry", "none").returncode == 3
