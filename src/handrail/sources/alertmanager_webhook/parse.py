"""Alertmanager's webhook receiver: one group of alerts in a post, version 4.

Tolerates what comes close: Grafana's version 1, Mimir's, and custom payloads that keep
the ``alerts`` list.
"""

from collections.abc import Mapping
from datetime import datetime

from handrail.core import limits
from handrail.core.alert.condition import identity, signal
from handrail.core.alert.payload import (
    instant_of,
    read_json,
    text_map,
    text_of,
    unread_instants,
)
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed

_GROUP_FACTS = {
    "externalURL": "alertmanager",
    "receiver": "receiver",
    "groupKey": "group_key",
}
"""What is said once of the group and is kept with each of its alerts."""


def parse(body: bytes, *, received_at: datetime) -> Parsed:  # noqa: ARG001
    """Read one group.

    Firing alerts do not expire: Alertmanager repeats them only after its
    ``repeat_interval``, which this source cannot know, and tells when they resolve.
    Their ``endsAt`` (Go's zero time, as a rule) is therefore not looked at.
    """
    try:
        value = read_json(body)
    except ValueError as error:
        return Parsed(unparsed=f"The body {error}")
    if not isinstance(value, Mapping) or not isinstance(value.get("alerts"), list):
        return Parsed(unparsed='The body has no list "alerts"')
    items = value["alerts"]
    if not items:
        return Parsed(unparsed='The list "alerts" is empty')
    shared = _shared(value)
    signals: list[Signal] = []
    errors: list[str] = []
    for place, item in enumerate(items[: limits.ALERTS_PER_BODY_MAX], start=1):
        try:
            signals.append(_signal(item, shared, group=value))
        except ValueError as error:
            errors.append(f"Alert {place}: {error}")
    if len(items) > limits.ALERTS_PER_BODY_MAX:
        errors.append(f"Only {limits.ALERTS_PER_BODY_MAX} alerts of one body are read")
    if not signals:
        return Parsed(unparsed="No alert could be read", errors=tuple(errors))
    return Parsed(signals=tuple(signals), errors=tuple(errors), describes_anew=True)


def _shared(group: Mapping[str, object]) -> dict[str, str]:
    """Return what is said of the group as annotations for each of its alerts."""
    shared = {
        ours: text_of(group[theirs])
        for theirs, ours in _GROUP_FACTS.items()
        if group.get(theirs)
    }
    truncated = group.get("truncatedAlerts")
    if isinstance(truncated, int) and truncated > 0:
        shared["truncated_alerts"] = (
            f"Alertmanager left {truncated} more alerts of this group out of its post"
            " (max_alerts)."
        )
    return shared


def _signal(
    item: object, shared: Mapping[str, str], *, group: Mapping[str, object]
) -> Signal:
    """Read one alert.

    Raises:
        ValueError: It is no object, or nothing in it tells which condition it is.
    """
    if not isinstance(item, Mapping):
        msg = "is not an object"
        raise ValueError(msg)  # noqa: TRY004 - it is the sender's value that is wrong
    labels = text_map(item.get("labels")) or text_map(group.get("commonLabels"))
    if not any(labels.values()) and item.get("fingerprint"):
        labels = {"fingerprint": text_of(item["fingerprint"])}
    who = identity(labels)
    if not who.labels:
        msg = "has no labels"
        raise ValueError(msg)
    is_resolved = _status(item, group) == "resolved"
    return signal(
        who,
        {
            **shared,
            **text_map(item.get("annotations")),
            **unread_instants(item, "startsAt", "endsAt"),
        },
        action=SignalAction.RESOLVE if is_resolved else SignalAction.FIRE,
        starts_at=instant_of(item.get("startsAt")),
        ends_at=instant_of(item.get("endsAt")) if is_resolved else None,
        url=text_of(item.get("generatorURL")),
    )


def _status(item: Mapping[str, object], group: Mapping[str, object]) -> str:
    """Return the alert's own status, else its group's; anything unknown fires."""
    return text_of(item.get("status") or group.get("status")).strip().lower()
