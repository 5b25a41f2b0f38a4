"""A server that just started, asked for the first time by many at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.examples import IDS
from tests.world.incident_act import actor_of, configured

from handrail.core.ids import NodeId, Slug
from handrail.ports.store import Transaction
from handrail.storage.database import open_store
from handrail.system.clock import SystemClock
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration, add_task, declare, try_mitigation

ROOT = Path(__file__).parents[2]
STARTS = 5
LOOK = """
import sys
import threading
from datetime import UTC, datetime

from handrail.api.incident_view import detail
from handrail.core.ids import NodeId
from handrail.storage.database import open_store
from handrail.system.clock import SystemClock
from handrail.usecases.incident_record import find, incident_event, stream_of

store = open_store(sys.argv[1], clock=SystemClock(), node_id=NodeId("n"))
LOOKERS = 8
ready = threading.Barrier(LOOKERS)


def look(tx):
    found = find(tx, "INC-1")
    events = [incident_event(entry) for entry in tx.event.read(stream_of(found.id))]
    return found, events


def work():
    ready.wait()
    found, events = store.read(look)
    detail(found, now=datetime.now(UTC), base_url="")
    seen.append((found, events))


seen = []
# Threads change places as often as they can, so that they do meet.
sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=work) for _ in range(LOOKERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
store.close()
assert seen == [seen[0]] * LOOKERS
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with one incident."""
    url = f"sqlite:///{tmp_path}/handrail.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    store = open_store(url, clock=SystemClock(), node_id=NodeId("n"))

    def fill(tx: Transaction) -> None:
        configured().apply(tx)
        desk = Desk(tx=tx, actor=actor_of("ana"), ids=IDS)
        whole = Declaration(title="Down", service=Slug("checkout"))
        name = declare(desk, whole).name
        try_mitigation(desk, name, title="Roll back")
        add_task(desk, name, title="Drain it")

    store.run(fill)
    store.close()
    return url


def test_many_first_lookers_see_the_same_and_end_nothing(url: str) -> None:
    for _ in range(STARTS):
        subprocess.run(
            [sys.executable, "-c", LOOK, url],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": "src"},
        )
