"""A real Chromium before a real server."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from tests.api.site import Site, site
from typing_extensions import override

from handrail.core.ids import Slug
from handrail.usecases import paging

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a browser. Not for the session: its loop would run on under other tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed, so no browser test was run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class _Server(uvicorn.Server):
    """Says on which port it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()
        self.port = 0

    @override
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.is_up.set()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Site]:
    """An installation on a port of this machine, with pages in every state."""
    with site(tmp_path, base_url="http://127.0.0.1:0") as home:
        config = uvicorn.Config(
            home.app.asgi, port=0, log_level="error", lifespan="off"
        )
        server = _Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        assert server.is_up.wait(timeout=10)
        try:
            yield replace(home, base_url=f"http://127.0.0.1:{server.port}")
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@pytest.fixture
def busy(served: Site) -> Site:
    served.signal("Checkout API returns 500 for 12 % of carts in the EU", team="shop")
    served.signal("Search is slow", severity="error", cluster="eu-1")
    page = served.page()
    served.store.run(
        lambda tx: paging.acknowledge(
            tx, page.id, by=Slug("ben"), via="web", actor="user:ben", ids=served.ids
        )
    )
    served.signal("Disk of db-7 is 91 % full", severity="warning")
    return served
