"""Metrics for Prometheus: what is open, what is owed, what became of signals."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from handrail.api.deps import GivenDeps
from handrail.core.access.permission import Verb
from handrail.ports.store import Transaction

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PAGES_COUNTED_MAX = 10_000


class _Facts(Collector):
    """One reading of the database, as metric families."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._alerts = tx.alert.count_by_disposition()
        self._entries = tx.receipt.count_entries()
        self._oldest = tx.delivery.oldest_owed()
        pages = tx.page.search(active_only=True, limit=PAGES_COUNTED_MAX)
        self._pages = [str(page.state) for page in pages]

    @override
    def collect(self) -> Iterable[Metric]:
        """Yield the families."""
        yield from self._families()

    def _families(self) -> Iterator[Metric]:
        alerts = GaugeMetricFamily(
            "handrail_alert_count", "Alerts by disposition.", labels=["disposition"]
        )
        for disposition, count in sorted(self._alerts.items()):
            alerts.add_metric([disposition], count)
        yield alerts
        entries = CounterMetricFamily(
            "handrail_signal_accepted", "Signals ever accepted.", labels=["kind"]
        )
        for kind, count in sorted(self._entries.items()):
            entries.add_metric([kind], count)
        yield entries
        pages = GaugeMetricFamily(
            "handrail_page_active_count", "Active pages by state.", labels=["state"]
        )
        for state in sorted(set(self._pages)):
            pages.add_metric([state], self._pages.count(state))
        yield pages
        yield GaugeMetricFamily(
            "handrail_delivery_oldest_overdue_seconds",
            "How late the most overdue delivery is; 0 where none is.",
            value=_lateness(self._oldest, self._now),
        )


def _lateness(oldest: datetime | None, now: datetime) -> float:
    return max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0


@get(
    "/metrics",
    opt={"verb": Verb.METRICS_READ},
    sync_to_thread=True,
    tags=["health"],
    media_type=MEDIA_TYPE,
)
def metrics(deps: GivenDeps) -> Response[str]:
    """Return Prometheus text: facts of the database, then those of the process."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(deps.store.read(_Facts))
    text = generate_latest(registry).decode() + deps.more_metrics()
    return Response(text, media_type=MEDIA_TYPE)


HANDLERS: tuple[HTTPRouteHandler, ...] = (metrics,)
