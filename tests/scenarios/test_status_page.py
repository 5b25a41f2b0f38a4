"""The status page does not share the server's fate, nor the server the page's."""

import json
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.handrail_process import ROOT, handrail, serving

from handrail.core.ids import NodeId
from handrail.status.files import PATHS
from handrail.storage.database import open_store
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds
from handrail.usecases import incident
from handrail.usecases.access import OPERATOR
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")
COMPONENTS = """
components:
  - {name: web, title: Website, service: checkout}
  - {name: api, title: API}
"""
WITHIN_SECONDS = 20.0


def declared(data_dir: Path) -> None:
    """Leave a database with one incident in it."""
    data_dir.mkdir()
    clock = SystemClock()
    url = f"sqlite:///{data_dir}/handrail.db"
    store = open_store(url, clock=clock, node_id=NodeId("before"))
    store.run(
        lambda tx: incident.declare(
            Desk(tx=tx, actor=OPERATOR, ids=RandomIds(clock)),
            Declaration(title="Checkout fails"),
        )
    )
    store.close()


def published(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_killed_server_leaves_a_whole_page_and_it_can_be_renewed_without_one(
    tmp_path: Path,
) -> None:
    data, components = tmp_path / "data", tmp_path / "components.yaml"
    components.write_text(COMPONENTS)
    declared(data)
    with serving(data) as server:
        assert handrail(data, "config", "apply", EXAMPLE, str(components)).stdout
        told = handrail(
            data,
            *("notice", "publish", "INC-1", "Some payments fail."),
            *("--stage", "investigating", "--next", "30m"),
            *("--component", "web=partial_outage", "--title", "Payments fail"),
        )
        assert told.returncode == 0, told.stderr
        server.wait_for("open_incidents=1", server.words, seconds=WITHIN_SECONDS)
        shown = handrail(data, "status", "show")
        listed = handrail(data, "notice", "list", "INC-1")
        words = handrail(data, "notice", "suggest", "INC-1", "--stage", "resolved")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()

    left = published(data / "status")
    renewed = handrail(data, "status", "publish", "--to", str(tmp_path / "copy"))

    assert shown.stdout.startswith("Partial System Outage")
    assert "Some payments fail." in listed.stdout
    assert "Website works as usual again." in words.stdout
    assert len(left) == 10
    assert [path for path in left if PATHS.fullmatch(path) is None] == []
    summary = json.loads(left["api/v2/summary.json"])
    assert summary["incidents"][0]["name"] == "Payments fail"
    assert left["index.html"].rstrip().endswith(b"</html>")
    assert b"Payments fail" in left["incidents/1.html"]
    assert ET.fromstring(left["feed.atom"]) is not None
    assert renewed.returncode == 0, renewed.stderr
    assert set(published(tmp_path / "copy")) == set(left)


def test_a_page_that_cannot_be_written_stops_no_paging(tmp_path: Path) -> None:
    data, in_the_way = tmp_path / "data", tmp_path / "status"
    in_the_way.write_text("no folder")
    with serving(data, variables={"HANDRAIL_STATUS_DIR": str(in_the_way)}) as server:
        server.wait_for("status_page_not_written", server.words, seconds=WITHIN_SECONDS)
        assert handrail(data, "config", "apply", EXAMPLE).returncode == 0
        key = handrail(data, "integration", "key", "scripts").stdout.strip()

        sent = handrail(data, "alert", "send", "Disk is full", "--key", key)

        assert sent.returncode == 0, sent.stderr
        server.wait_for("Disk is full", server.pages, seconds=WITHIN_SECONDS)
    assert in_the_way.read_text() == "no folder"


def test_without_a_database_there_is_nothing_to_publish(tmp_path: Path) -> None:
    ran = handrail(tmp_path / "data", "status", "publish", "--to", str(tmp_path / "s"))

    assert ran.returncode == 1
    assert "does not exist" in ran.stderr
    assert not (tmp_path / "s").exists()
