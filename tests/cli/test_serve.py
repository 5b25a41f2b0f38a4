"""Starting and stopping the real server."""

import json
import socket
import stat
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.handrail_process import ROOT, handrail, serving
from tests.postgres_server import PostgresServer

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")
STOPS_WITHIN_SECONDS = 2.0


def test_it_is_ready_when_it_says_where_it_listens(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        place = urlsplit(server.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=5)
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()

    assert answer.status == 200
    assert told["database_writable"] is True
    assert told["synchronous_standby"] is None, "SQLite has none to ask for"
    assert "nobody is told by e-mail" in "".join(server.words)


def test_it_stops_within_two_seconds_with_open_connections(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        place = urlsplit(server.url)
        address = (place.hostname or "", place.port or 0)
        half_sent = socket.create_connection(address)
        half_sent.sendall(b"POST /api/v1/signals HTTP/1.1\r\nHost: x\r\n")
        kept_alive = HTTPConnection(*address, timeout=5)
        kept_alive.request("GET", "/health/live")
        kept_alive.getresponse().read()
        began = time.perf_counter()
        code = server.stop()
        took = time.perf_counter() - began
        half_sent.close()
        kept_alive.close()

    words = "".join(server.words)
    assert code == 0
    assert took < STOPS_WITHIN_SECONDS
    assert "Traceback" not in words
    assert "Stopped." in words
    assert not (tmp_path / "server.address").exists()


def test_a_link_to_sign_in_is_printed_while_nobody_did(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        link = server.wait_for("/sign-in/", server.words, seconds=5).strip()
        place = urlsplit(server.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=5)
        origin = f"http://localhost:{place.port}"
        headers = {"Host": f"localhost:{place.port}", "Origin": origin}
        path = urlsplit(link).path
        connection.request("GET", path, headers=headers)
        shown = connection.getresponse()
        shown.read()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, headers=headers | form)
        taken = connection.getresponse()
        taken.read()
        connection.close()
    with serving(tmp_path) as again:
        words = "".join(again.words)

    assert shown.status == 200
    assert taken.status in {200, 303}
    assert taken.getheader("set-cookie")
    assert "/sign-in/" not in words


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        second = handrail(tmp_path, "serve", "--listen", "127.0.0.1:0")

    assert second.returncode == 1
    assert "another server is running" in second.stderr
    assert "--data-dir" in second.stderr


def test_a_taken_port_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = handrail(tmp_path / "new", "serve", "--listen", f"127.0.0.1:{port}")

    assert ran.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ran.stderr
    assert not (tmp_path / "new").exists()


def test_another_secret_key_is_refused_until_accepted(tmp_path: Path) -> None:
    other = {"HANDRAIL_SECRET_KEY": "another key of more than enough characters"}
    with serving(tmp_path):
        pass

    refused = handrail(tmp_path, "serve", "--listen", "127.0.0.1:0", variables=other)
    with serving(tmp_path, "--accept-new-key", variables=other) as accepted:
        assert accepted.stop() == 0
    with serving(tmp_path, variables=other) as settled:
        assert settled.stop() == 0

    assert refused.returncode == 1
    assert "--accept-new-key" in refused.stderr


def test_nobody_else_can_read_what_it_keeps(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    with serving(folder):
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in folder.iterdir()
            # The status page's folder is for everybody, if an operator opens the way.
            if path.name != "status"
        }

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"operator.token", "secret.key", "handrail.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_the_operators_token_outlives_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path):
        first = (tmp_path / "operator.token").read_text()
    with serving(tmp_path) as server:
        second = (tmp_path / "operator.token").read_text()
        listed = handrail(server.data_dir, "page", "list")

    assert first == second
    assert listed.returncode == 0


def test_a_misspelled_setting_is_pointed_out(tmp_path: Path) -> None:
    with serving(tmp_path, variables={"HANDRAIL_SMTP_HOTS": "mail"}) as server:
        told = server.wait_for("HANDRAIL_SMTP_HOTS", server.words, seconds=5)

    assert "HANDRAIL_SMTP_HOST is" in told


def test_a_backup_of_a_running_server_is_restored_held_and_released(
    tmp_path: Path,
) -> None:
    file, old, new = tmp_path / "all.backup", tmp_path / "old", tmp_path / "new"
    with serving(old) as server:
        handrail(old, "config", "apply", EXAMPLE)
        key = handrail(old, "integration", "key", "scripts").stdout.strip()
        saved = handrail(old, "backup", str(file))
        early = handrail(new, "held", variables={"HANDRAIL_URL": server.url})
    restored = handrail(new, "restore", str(file))
    again = handrail(new, "restore", str(file))
    with serving(new, "--accept-new-key") as server:
        sent = handrail(
            new, "alert", "send", "It broke", "--key", key, "--severity", "critical"
        )
        server_is_held = _held_with(new, count=1)
        told_while_held = list(server.pages)
        released = handrail(new, "held", "release", "--yes")
        server.wait_for("It broke", server.pages, seconds=20)
        over = handrail(new, "held", "release", "--yes")

    assert saved.returncode == restored.returncode == 0, saved.stderr + restored.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert early.returncode == 4
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert sent.returncode == released.returncode == 0
    assert server_is_held
    assert told_while_held == []
    assert over.returncode == 8


def _held_with(data_dir: Path, *, count: int) -> bool:
    """Ask until the engine has turned the signal into that many deliveries."""
    for _ in range(50):
        ran = handrail(data_dir, "held", "show", "--json")
        state = json.loads(ran.stdout)
        if state["count"] >= count:
            return bool(state["is_held"])
    return False


@pytest.mark.postgres
def test_two_servers_on_one_postgresql_share_everything(
    tmp_path: Path, postgres_url: str
) -> None:
    one, two, third = tmp_path / "one", tmp_path / "two", tmp_path / "third"
    key = "one key for every process of the installation"
    both = {"HANDRAIL_DATABASE_URL": postgres_url, "HANDRAIL_SECRET_KEY": key}
    other = both | {"HANDRAIL_SECRET_KEY": key.swapcase()}
    with serving(one, variables=both) as first, serving(two, variables=both) as second:
        applied = handrail(one, "config", "apply", EXAMPLE)
        secret = handrail(two, "integration", "key", "scripts").stdout.strip()
        sent = handrail(one, "alert", "send", "It broke", "-q", "--key", secret)
        refused = handrail(third, "serve", "--listen", "127.0.0.1:0", variables=other)
        told = handrail(two, "explain", sent.stdout.strip())
        stopped = first.stop()
        still_served = handrail(two, "alert", "list", "--json")
        codes = (stopped, second.stop())

    assert applied.returncode == 0, applied.stderr
    assert told.returncode == 0, told.stderr
    assert "It broke" in told.stdout
    assert "It broke" in still_served.stdout
    assert refused.returncode == 1
    assert "another secret key" in refused.stderr
    assert codes == (0, 0)


@pytest.mark.postgres
def test_an_installation_moves_from_sqlite_to_postgresql(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    file, old, new = tmp_path / "all.backup", tmp_path / "old", tmp_path / "new"
    url = postgres_server.url(postgres_server.new_database())
    there = {"HANDRAIL_DATABASE_URL": url}
    with serving(old):
        handrail(old, "config", "apply", EXAMPLE)
        saved = handrail(old, "backup", str(file))
    new.mkdir(mode=0o700)
    (old / "secret.key").rename(new / "secret.key")
    moved = handrail(new, "restore", str(file), variables=there)
    with serving(new, variables=there):
        again = handrail(new, "config", "apply", EXAMPLE, "--json")
        held = handrail(new, "held", "show", "--json")

    assert saved.returncode == moved.returncode == 0, moved.stderr
    assert json.loads(again.stdout)["is_changed"] is False
    assert json.loads(held.stdout)["is_held"] is True
