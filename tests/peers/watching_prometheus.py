"""A real Prometheus that scrapes the shop and tells Handrail what fires."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.peers.program import answers, free_port, require, running, wait_until

PROMETHEUS = """
global: {{scrape_interval: 250ms, scrape_timeout: 200ms, evaluation_interval: 250ms}}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - {access}
      static_configs: [{{targets: ["{handrail}"]}}]
scrape_configs:
  - job_name: shop
    static_configs: [{{targets: ["127.0.0.1:{shop}"]}}]
"""
RULES = """
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: shop_errors > 0.5
        labels: {severity: critical, service: shop}
        annotations: {summary: "Customers of the shop see errors"}
      - alert: ShopDown
        expr: shop_errors > 1.5
        labels: {severity: critical, service: shop}
"""


def require_prometheus() -> str:
    """Return where Prometheus is; its absence is told, and is a failure in CI."""
    return require("prometheus", "prometheus")


@contextlib.contextmanager
def prometheus(
    folder: Path, access: str, *, handrail: str, shop: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run it until the block ends.

    Args:
        folder: Where its files are kept.
        access: The line of its configuration that brings the key.
        handrail: Host and port of Handrail.
        shop: The port of the shop.
    """
    config = folder / "prometheus.yml"
    (folder / "rules.yml").write_text(RULES)
    config.write_text(PROMETHEUS.format(access=access, handrail=handrail, shop=shop))
    port = free_port()
    command = [require_prometheus(), f"--config.file={config}"]
    command += [f"--storage.tsdb.path={folder / 'tsdb'}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--rules.alert.resend-delay=500ms", "--log.level=warn"]
    with running(command, log=folder / "prometheus.log") as process:
        wait_until(lambda: answers(port, "/-/ready"), what="Prometheus is ready")
        yield process
