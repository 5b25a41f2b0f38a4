"""Acknowledging never waits for what others look up, however long that takes."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.api.site import Answer, Site, exchange

from handrail.core.ids import PageId
from handrail.core.paging.page import PageState

THREADS = 2
SECONDS = 10.0
FORM = {"content-type": "application/x-www-form-urlencoded"}
Ask = Callable[[Site, str], tuple[str, str, Mapping[str, str], bytes]]


def by_link(home: Site, page_id: str) -> tuple[str, str, Mapping[str, str], bytes]:
    return "POST", home.link(PageId(page_id)), FORM, b"do=acknowledge"


def by_api(home: Site, page_id: str) -> tuple[str, str, Mapping[str, str], bytes]:
    headers = {"content-type": "application/json", **home.as_("ana")}
    path = f"/api/v1/pages/{page_id}/acknowledge"
    return "POST", path, headers, json.dumps({"via": "cli"}).encode()


def by_console(home: Site, page_id: str) -> tuple[str, str, Mapping[str, str], bytes]:
    headers = {**FORM, "sec-fetch-site": "same-origin", **home.browser("ana")}
    return "POST", f"/pages/{page_id}/acknowledge", headers, b"back=now"


@pytest.mark.parametrize("ask", [by_link, by_api, by_console])
def test_a_page_is_taken_while_every_other_thread_is_stuck(
    home: Site, ask: Ask
) -> None:
    home.signal()
    page = home.page()
    method, path, headers, body = ask(home, page.id)
    stuck = threading.Event()

    async def meanwhile() -> Answer:
        pool = ThreadPoolExecutor(THREADS)
        asyncio.get_running_loop().set_default_executor(pool)
        for _ in range(THREADS):
            pool.submit(stuck.wait)
        try:
            asked = exchange(home, method, path, dict(headers), body)
            return await asyncio.wait_for(asked, SECONDS)
        finally:
            stuck.set()

    answer = asyncio.run(meanwhile())

    assert answer.status in {200, 303}
    assert home.reread(page.id).state is PageState.ACKNOWLEDGED
