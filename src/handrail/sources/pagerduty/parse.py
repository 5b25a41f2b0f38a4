"""PagerDuty's Events API v2: one trigger, acknowledge or resolve in a post."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from handrail.core import limits
from handrail.core.alert import text
from handrail.core.alert.payload import (
    instant_of,
    read_json,
    text_map,
    text_of,
    unread_instants,
)
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed

_ACTIONS = {
    "trigger": SignalAction.FIRE,
    "acknowledge": SignalAction.ACKNOWLEDGE,
    "resolve": SignalAction.RESOLVE,
}
_LABELS = ("severity", "source", "component", "group", "class")
_REQUIRED = ("source",)
_DETAIL_LABEL_CHARS_MAX = 256
_READ = frozenset({"routing_key", "event_action", "dedup_key", "payload", "client_url"})
_READ_PAYLOAD = frozenset({"summary", "timestamp", "custom_details", *_LABELS})


def parse(body: bytes, *, received_at: datetime) -> Parsed:
    """Read one event; what its protocol demands and it lacks is named in the errors.

    The severity may be any word, and it and the summary may be missing: templates of
    senders come out empty when nobody looks, and a page that says little is better than
    one that is refused.
    Alerts do not expire: the sender resolves them, or a person does.
    """
    try:
        event = read_json(body)
    except ValueError as error:
        return Parsed(unparsed=f"The body {error}")
    if not isinstance(event, Mapping):
        return Parsed(unparsed="The body is not an object")
    action = _ACTIONS.get(text_of(event.get("event_action")).strip().lower())
    errors = _faults(event, action)
    if errors or action is None:
        return Parsed(errors=tuple(errors))
    key = text.dedup_key(text_of(event.get("dedup_key")))
    if action is not SignalAction.FIRE:
        return Parsed(signals=(Signal(action=action, dedup_key=key, title=""),))
    signal = _trigger(event, key or _made_key(body, received_at))
    return Parsed(signals=(signal,), describes_anew=True)


def _faults(event: Mapping[str, object], action: SignalAction | None) -> list[str]:
    if action is None:
        return ["event_action must be one of trigger, acknowledge, resolve"]
    if action is not SignalAction.FIRE:
        is_named = bool(text_of(event.get("dedup_key")))
        return [] if is_named else ["dedup_key is required for this event_action"]
    payload = event.get("payload")
    if not isinstance(payload, Mapping):
        return ["payload is required for a trigger and must be an object"]
    return [
        f"payload.{name} is required"
        for name in _REQUIRED
        if not text_of(payload.get(name)).strip()
    ]


def _made_key(body: bytes, received_at: datetime) -> str:
    """Make a key for a trigger that brings none: each such trigger is a new alert."""
    spelled = body + received_at.isoformat().encode()
    return hashlib.blake2b(spelled, digest_size=16).hexdigest()


def _trigger(event: Mapping[str, object], key: str) -> Signal:
    payload = event["payload"]
    assert isinstance(payload, Mapping)
    labels = _detail_labels(payload.get("custom_details"))
    labels |= {name: said for name in _LABELS if (said := text_of(payload.get(name)))}
    bounded, cut = text.bounded_labels(labels)
    annotations = {**_annotations(event, payload), **cut}
    summary = text_of(payload.get("summary"))
    if not summary.strip():
        summary = f"Trigger without a summary from {labels['source']}"
    if len(summary) > limits.TITLE_CHARS_MAX:
        annotations["summary"] = summary
    return Signal(
        action=SignalAction.FIRE,
        dedup_key=key,
        title=text.title(summary),
        labels=bounded,
        annotations=text.with_notes(annotations, text.limit_notes(cut)),
        starts_at=instant_of(payload.get("timestamp")),
        severity_word=labels.get("severity"),
        url=text_of(event.get("client_url")) or _first_link(event.get("links")),
    )


def _detail_labels(details: object) -> dict[str, str]:
    """Return the details that routes may want to match: short, one line, no structure.

    The event's own fields win over a detail of the same name.
    """
    if not isinstance(details, Mapping):
        return {}
    return {
        text_of(name): said
        for name, value in details.items()
        if not isinstance(value, Mapping | list)
        and (said := text_of(value))
        and name
        and len(said) <= _DETAIL_LABEL_CHARS_MAX
        and "\n" not in said
    }


def _annotations(
    event: Mapping[str, object], payload: Mapping[str, object]
) -> dict[str, str]:
    """Return everything that is no field of its own, for people to read."""
    details = payload.get("custom_details")
    said = text_map(details)
    if not isinstance(details, Mapping):
        said = {"details": text_of(details)}
    others = [(name, event[name]) for name in event if name not in _READ]
    others += [(name, payload[name]) for name in payload if name not in _READ_PAYLOAD]
    for name, value in others:
        if value:
            said.setdefault(text_of(name), text_of(value))
    said |= unread_instants(payload, "timestamp")
    return {name: value for name, value in said.items() if value}


def _first_link(links: object) -> str:
    if not isinstance(links, list):
        return ""
    return next(
        (
            text_of(link["href"])
            for link in links
            if isinstance(link, Mapping) and link.get("href")
        ),
        "",
    )
