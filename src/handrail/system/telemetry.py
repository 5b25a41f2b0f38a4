"""What one process measures of itself, as Prometheus text.

What the database knows (alerts, pages, what is owed) is read from it when asked, by
the API; here is only what a process alone can see. Names are
``handrail_<concept>_<what>_<unit>``.
"""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

_SEND_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAG_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0)


class Telemetry:
    """Counters and histograms of one process; made once, handed to who measures."""

    def __init__(self, *, version: str) -> None:
        self._registry = CollectorRegistry()
        self._attempts = Counter(
            "handrail_delivery_attempts",
            "Attempts at deliveries, by channel and outcome.",
            ["channel", "outcome"],
            registry=self._registry,
        )
        self._sends = Histogram(
            "handrail_delivery_send_seconds",
            "How long a provider took to answer an attempt.",
            ["channel"],
            buckets=_SEND_BUCKETS,
            registry=self._registry,
        )
        self._lag = Histogram(
            "handrail_duty_lag_seconds",
            "How late a duty ran after it was due.",
            ["duty"],
            buckets=_LAG_BUCKETS,
            registry=self._registry,
        )
        self._overloads = Counter(
            "handrail_admission_refused_requests",
            "Requests put off with 503 or 429 because too many waited.",
            registry=self._registry,
        )
        self._queue = Gauge(
            "handrail_admission_queue_requests",
            "Requests that wait to be stored.",
            registry=self._registry,
        )
        build = Gauge(
            "handrail_build_info",
            "Always 1; the version is its label.",
            ["version"],
            registry=self._registry,
        )
        build.labels(version).set(1)

    def attempt_ended(self, channel: str, outcome: str, seconds: float) -> None:
        """Count one attempt at a delivery and how long it took."""
        self._attempts.labels(channel, outcome).inc()
        self._sends.labels(channel).observe(seconds)

    def duty_ran(self, duty: str, lag_seconds: float) -> None:
        """Note how late a duty ran; a duty that is early is on time."""
        self._lag.labels(duty).observe(max(0.0, lag_seconds))

    def admission_refused(self) -> None:
        """Count one request refused for overload."""
        self._overloads.inc()

    def watch_queue(self, depth: Callable[[], float]) -> None:
        """Ask for the depth of the admission queue whenever metrics are read."""
        self._queue.set_function(depth)

    def text(self) -> str:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self._registry).decode()
