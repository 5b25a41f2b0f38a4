"""The page that must open in a cellar: acknowledging over a second-generation net."""

import time

import pytest
from playwright.sync_api import Browser
from tests.api.site import Site

from handrail.core.paging.page import PageState

pytestmark = pytest.mark.browser

ROUND_TRIP_MILLISECONDS = 300
BYTES_PER_SECOND = 35_000 / 8
USABLE_WITHIN_SECONDS = 3.0
"""What was measured is about a third of it, so a slow machine does not fail this."""


def test_the_ack_page_is_usable_over_a_slow_network(
    chromium: Browser, busy: Site
) -> None:
    found = busy.store.read(lambda tx: tx.page.search(active_only=False, limit=5))[-1]
    context = chromium.new_context(base_url=busy.base_url)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MILLISECONDS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )

    began = time.perf_counter()
    page.goto(busy.link(found.id), wait_until="commit")
    button = page.get_by_role("button", name="I have it")
    button.wait_for(state="visible")
    took = time.perf_counter() - began
    button.click()
    page.get_by_text("It is yours").wait_for()
    context.close()

    assert took >= ROUND_TRIP_MILLISECONDS / 1000, "the network was not slow"
    assert took < USABLE_WITHIN_SECONDS
    assert busy.reread(found.id).state is PageState.ACKNOWLEDGED
