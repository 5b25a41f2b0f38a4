"""What ``amtool`` and dashboards ask of an Alertmanager, by its API v2.

The key of an integration shows that integration's alerts and nothing else.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from handrail.api.ingest.answer import Answer, json_answer, send_answer, with_headers
from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.key_ring import KeyRing
from handrail.api.ingest.request import key_in_head
from handrail.core.alert.alert import Alert, Disposition
from handrail.core.configuration.snapshot import Integration
from handrail.core.errors import DomainError
from handrail.core.instants import format_rfc3339
from handrail.core.routing.matcher import Matcher, parse_matchers
from handrail.core.routing.regular_expression import compile_pattern

_NOT_SET = "0001-01-01T00:00:00.000Z"
"""Go's zero time: the alert does not expire."""
_RECEIVER = "handrail"
NO_SILENCES = (
    "Handrail keeps no silences yet, so nothing was silenced. To stop a page, "
    "acknowledge it (handrail ack PAGE); to keep alerts from paging, silence them in "
    "an Alertmanager that sends to Handrail, or change the route or the severity "
    "matrix in the configuration."
)

Query = Mapping[str, Sequence[str]]
View = Callable[[IngestDeps, Integration, Query], object]


class StateEndpoint:
    """One request of Alertmanager's API v2, as an ASGI application.

    ``status`` is that of what the view shows; the body of a request is not looked at.
    """

    def __init__(
        self, view: View, deps: IngestDeps, keys: KeyRing, *, status: int = 200
    ) -> None:
        self._view = view
        self._status = status
        self._deps = deps
        self._keys = keys

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer one request."""
        assert scope["type"] == ScopeType.HTTP
        await send_answer(send, await self._answer(scope))

    async def _answer(self, scope: HTTPScope) -> Answer:
        try:
            key = key_in_head(scope)
            integration = None if key is None else await self._keys.find(key)
            if integration is None:
                refused = json_answer(401, "no integration has this key")
                return with_headers(refused, www_authenticate="Bearer")
            query = parse_qs(scope["query_string"].decode("utf-8", "replace"))
            shown = await asyncio.to_thread(self._view, self._deps, integration, query)
        except DomainError as error:
            return with_headers(json_answer(503, error.message), retry_after="2")
        except ValueError as error:
            return json_answer(400, f"bad matcher format: {error}")
        return json_answer(self._status, shown)


def alerts(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """List firing alerts.

    Raises:
        ValueError: A filter cannot be read.
    """
    wanted = _matchers(query)
    found = deps.store.read(lambda tx: tx.alert.firing(integration.name))
    return [
        _shown(alert)
        for alert in found
        if all(matcher.matches(alert.labels) for matcher in wanted)
        and _is_asked_for(alert, query)
    ]


def groups(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """List firing alerts as one group: grouping is a route's affair here."""
    listed = alerts(deps, integration, query)
    receiver = {"name": _RECEIVER}
    return [{"labels": {}, "receiver": receiver, "alerts": listed}] if listed else []


def silences(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """List silences, of which Handrail has none of its own yet."""
    del deps, integration, query
    return []


def no_silence(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """Say that a silence was not added, in the bare string that ``amtool`` shows."""
    del deps, integration, query
    return NO_SILENCES


def receivers(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """List receivers: there is one, Handrail."""
    del deps, integration, query
    return [{"name": _RECEIVER}]


def status(deps: IngestDeps, integration: Integration, query: Query) -> object:
    """Say what answers here, without a version of Alertmanager.

    ``amtool`` warns unless major and minor version are its own, and goes on in silence
    where ``versionInfo`` is absent. This is no Alertmanager of any version.
    """
    del query
    route = f"route: {{receiver: {_RECEIVER}}}\nreceivers: [{{name: {_RECEIVER}}}]\n"
    about = f"# Handrail {deps.version}, integration {integration.name}\n"
    return {
        "cluster": {"status": "disabled", "peers": []},
        "config": {"original": about + route},
        "uptime": format_rfc3339(deps.clock.now()),
    }


def _matchers(query: Query) -> list[Matcher]:
    return [
        matcher for text in query.get("filter", ()) for matcher in parse_matchers(text)
    ]


def _is_asked_for(alert: Alert, query: Query) -> bool:
    """Return whether the query wants alerts in this state and for this receiver."""
    state = _state(alert)
    if state == "suppressed" and _says_no(query, "silenced"):
        return False
    if state != "suppressed" and _says_no(query, "active"):
        return False
    return all(
        compile_pattern(pattern).matches(_RECEIVER)
        for pattern in query.get("receiver", ())
    )


def _says_no(query: Query, name: str) -> bool:
    return query.get(name, ("true",))[-1].lower() in {"false", "0", "f"}


def _state(alert: Alert) -> str:
    return "suppressed" if alert.disposition is Disposition.MUTED else "active"


def _shown(alert: Alert) -> object:
    ends_at = alert.expire_due_at
    return {
        "annotations": alert.annotations,
        "endsAt": _NOT_SET if ends_at is None else format_rfc3339(ends_at),
        "fingerprint": alert.dedup_key,
        "receivers": [{"name": _RECEIVER}],
        "startsAt": format_rfc3339(alert.starts_at),
        "status": {
            "inhibitedBy": [],
            "mutedBy": [],
            "silencedBy": [],
            "state": _state(alert),
        },
        "updatedAt": format_rfc3339(alert.last_seen_at),
        "generatorURL": alert.url,
        "labels": alert.labels,
    }
