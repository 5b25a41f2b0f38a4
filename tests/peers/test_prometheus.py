"""A real Prometheus uses Handrail as its Alertmanager; real mail wakes real people."""

import contextlib
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.peers.mailbox import ack_link, plain_text
from tests.peers.monitored_shop import Shop
from tests.peers.paged_shop import ANA, BEN, ESCALATE_SECONDS, PagedShop, paged_shop
from tests.peers.program import wait_until
from tests.peers.watching_prometheus import prometheus, require_prometheus

ACK_PAGE_BYTES_MAX = 3 * 1024
UNKNOWN_KEY = "0" * 32
pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
Watch = Callable[[str], contextlib.AbstractContextManager["subprocess.Popen[bytes]"]]


@dataclass(frozen=True, slots=True)
class Scene:
    paged: PagedShop
    shop: Shop
    watch: Watch

    @property
    def key(self) -> str:
        return self.paged.keys["prometheus"]

    def second_mail(self) -> EmailMessage:
        return self.paged.mailbox.wait_for(BEN, seconds=ESCALATE_SECONDS + 15)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Start the shop, the mail server and Handrail; ``watch`` starts a Prometheus.

    It takes the line of Prometheus's configuration that brings the key.
    """
    require_prometheus()
    with (
        Shop() as shop,
        paged_shop(tmp_path, {"prometheus": "alertmanager_api"}) as paged,
    ):
        yield Scene(
            paged,
            shop,
            lambda access: prometheus(
                tmp_path, access, handrail=paged.authority, shop=shop.port
            ),
        )


def test_from_a_firing_rule_to_an_acknowledged_page(scene: Scene) -> None:
    paged = scene.paged
    scene.shop.errors = 1.0
    with scene.watch(f"path_prefix: /i/{scene.key}"):
        first = paged.mailbox.wait_for(ANA)

        assert str(first["Subject"]) == (
            "[SEV1] ShopErrors: Customers of the shop see errors (shop)"
        )
        assert "Without an answer, Ben is told at" in plain_text(first)
        assert re.search(r"Opened \S+ \S+ CES?T\b", plain_text(first))

        link = ack_link(scene.second_mail())
        shown = paged.open_link(link)

        assert shown.status == 200
        assert len(shown.body) <= ACK_PAGE_BYTES_MAX
        assert b"ShopErrors" in shown.body
        assert b"If nobody answers, Ana is told at" in shown.body
        assert paged.page()["state"] == "open", "looking acknowledged the page"

        taken = paged.press(link, "acknowledge")

        assert taken.status == 200
        assert len(taken.body) <= ACK_PAGE_BYTES_MAX
        assert paged.page()["state"] == "acknowledged"
        assert paged.page()["acknowledged_by"] == "ben"
        assert paged.alert()["state"] == "firing"
        assert "acknowledged" in paged.command("page", "list")
        assert "ShopErrors" in paged.command("alert", "list")

        repeats = paged.alert()["repeats"]
        wait_until(
            lambda: paged.alert()["repeats"] >= repeats + 2,
            what="Prometheus repeats itself",
        )
        scene.shop.errors = 0.0
        wait_until(
            lambda: paged.alert()["state"] == "resolved",
            what="the alert resolves when the target recovers",
        )

    assert paged.page()["state"] == "resolved"
    assert len(paged.mailbox.messages) == 2, "repeats of Prometheus paged again"
    explained = paged.command("explain", paged.alert()["id"])
    assert "acknowledged by ben via link" in explained


def test_a_silent_prometheus_leaves_a_stale_alert_and_a_living_page(
    scene: Scene,
) -> None:
    paged = scene.paged
    scene.shop.errors = 1.0
    with scene.watch(f"path_prefix: /i/{scene.key}") as prometheus:
        paged.mailbox.wait_for(ANA)
        prometheus.kill()
        prometheus.wait()

    wait_until(
        lambda: paged.alert()["state"] == "expired",
        what="the alert expires when its Prometheus is gone",
    )
    second = scene.second_mail()

    assert paged.page()["state"] == "open"
    assert "fell silent" in plain_text(second)
    assert b"The sender fell silent" in paged.open_link(ack_link(second)).body
    assert "(stale)" in paged.command("page", "list")
    assert "(stale)" in paged.command("alert", "list")
    assert "fell silent" in paged.command("page", "show", paged.page()["id"])


def test_a_killed_server_neither_loses_an_alert_nor_pages_twice(scene: Scene) -> None:
    paged = scene.paged
    scene.shop.errors = 1.0
    with scene.watch(f"authorization: {{credentials: {scene.key}}}"):
        paged.mailbox.wait_for(ANA)
        paged.await_recorded(ANA)
        paged.handrail.kill()
        scene.shop.errors = 2.0
        paged.handrail.start()
        paged.await_alerts(2)
        # The downtime may have outlasted what Prometheus promised: then the first
        # alert was stale for a moment, and its repeat revives it.
        wait_until(
            lambda: {alert["state"] for alert in paged.alerts()} == {"firing"},
            what="both alerts fire",
        )
        wait_until(
            lambda: len(paged.mailbox.to(BEN)) == 2, what="both pages reach the second"
        )

    told = Counter(
        (str(mail["To"]), str(mail["Subject"]).split()[1].rstrip(":"))
        for mail in paged.mailbox.messages
    )
    assert len(paged.pages()) == 2
    assert told == {
        (ANA, "ShopErrors"): 1,
        (ANA, "ShopDown"): 1,
        (BEN, "ShopErrors"): 1,
        (BEN, "ShopDown"): 1,
    }


def test_a_wrong_key_is_told_to_prometheus_and_opens_nothing(
    scene: Scene, tmp_path: Path
) -> None:
    scene.shop.errors = 1.0

    with scene.watch(f"path_prefix: /i/{UNKNOWN_KEY}"):
        log = tmp_path / "prometheus.log"
        wait_until(
            lambda: "401 Unauthorized" in log.read_text(),
            what="Prometheus logs that it is refused",
        )

    assert scene.paged.alerts() == []
    assert scene.paged.mailbox.messages == []
