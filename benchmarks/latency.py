"""How long an idle server takes from a signal to handing the message over.

One signal at a time, timed from just before it is posted until the message has arrived
whole at a sink in this process. Alertmanager is told to wait for nothing
(``group_wait: 0s``, one group an alert) and sends its own webhook to the same sink.
"""

import http.client
import json
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import configuration
from benchmarks.peer import Peer, UnmeasurableError, alertmanager, handrail
from benchmarks.ratio import Ratio, quantile
from benchmarks.sink import Arrivals, http_sink, mail_sink

SLOTS = 50
"""Nobody gets more than six messages a minute: beyond that they are bundled."""
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 20.0


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Send signals in turn to both, by webhook, and to Handrail by e-mail as well."""
    samples = 60 if is_quick else 250
    with ExitStack() as stack:
        url, posts = stack.enter_context(http_sink())
        port, mails = stack.enter_context(mail_sink())
        by_hook = stack.enter_context(
            handrail(
                configuration.many_handrail("webhook", url + "/{slot}", slots=SLOTS)
            )
        )
        by_mail = stack.enter_context(
            handrail(
                configuration.many_handrail(
                    "email", "u{slot}@example.org", slots=SLOTS
                ),
                *("--smtp-host", "127.0.0.1", "--smtp-port", str(port)),
                *("--smtp-tls", "none"),
            )
        )
        told = configuration.hooked_alertmanager(f"{url}/alertmanager")
        theirs = stack.enter_context(alertmanager(told))
        took: dict[str, list[float]] = {"webhook": [], "e-mail": [], "alertmanager": []}
        for number in range(-5, samples):
            for name, peer, arrivals in (
                ("alertmanager", theirs, posts),
                ("webhook", by_hook, posts),
                ("e-mail", by_mail, mails),
            ):
                seconds = _sample(
                    peer, arrivals, f"{name}-{number + 5}-end", number % SLOTS
                )
                if number >= 0:
                    took[name].append(seconds * 1000)
                time.sleep(PAUSE_SECONDS)
    return _report(took)


def _sample(peer: Peer, arrivals: Arrivals, name: str, slot: int) -> float:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    alert = {
        "labels": {"alertname": name, "slot": str(slot)},
        "endsAt": ends_at.isoformat(),
    }
    body = json.dumps([alert]).encode()
    start = len(arrivals.bodies)
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    connection.request(
        "POST", peer.alerts_path(), body, {"content-type": "application/json"}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    arrived = arrivals.wait_for(name.encode(), seconds=PATIENCE_SECONDS, start=start)
    if answer.status != 200 or arrived == float("inf"):
        msg = f"{peer.name} answered {answer.status} and sent nothing about {name}"
        raise UnmeasurableError(msg)
    return arrived - began


def _report(took: dict[str, list[float]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    theirs = took["alertmanager"]
    for name, values in took.items():
        p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
        ratio = Ratio(ours=tuple(values), theirs=tuple(theirs))
        line = f"{name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, n={len(values)}"
        if name != "alertmanager":
            line += f"; ratio of medians {p50 / quantile(theirs, 0.5):.2f}, of p99"
            line += f" {p99 / quantile(theirs, 0.99):.2f}"
        print(line, flush=True)
        found[name] = {"p50_ms": p50, "p99_ms": p99, "pairs": ratio.as_json()}
    return found
