"""Handrail's own simple JSON: one object or a list of them. ``doc.md`` describes it."""

from collections.abc import Mapping
from datetime import datetime

from handrail.core import limits
from handrail.core.alert import text
from handrail.core.alert.payload import instant_of, read_json, text_map, text_of
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.labels import fingerprint
from handrail.ports.source import Parsed

_ACTIONS = {
    "": SignalAction.FIRE,
    "fire": SignalAction.FIRE,
    "firing": SignalAction.FIRE,
    "trigger": SignalAction.FIRE,
    "acknowledge": SignalAction.ACKNOWLEDGE,
    "acknowledged": SignalAction.ACKNOWLEDGE,
    "resolve": SignalAction.RESOLVE,
    "resolved": SignalAction.RESOLVE,
}
_READ = frozenset(
    {
        "title",
        "dedup_key",
        "action",
        "status",
        "labels",
        "severity",
        "service",
        "url",
        "details",
    }
)


def parse(body: bytes, *, received_at: datetime) -> Parsed:  # noqa: ARG001
    """Read one signal or a list of them; each needs a title.

    Alerts do not expire: the sender resolves them, or a person does.
    """
    try:
        value = read_json(body)
    except ValueError as error:
        return Parsed(unparsed=f"The body {error}")
    items = value if isinstance(value, list) else [value]
    if not items:
        return Parsed(unparsed="The body is an empty list")
    signals: list[Signal] = []
    errors: list[str] = []
    for place, item in enumerate(items[: limits.ALERTS_PER_BODY_MAX], start=1):
        try:
            signals.append(_signal(item))
        except ValueError as error:
            errors.append(f"Signal {place}: {error}")
    if len(items) > limits.ALERTS_PER_BODY_MAX:
        errors.append(f"Only {limits.ALERTS_PER_BODY_MAX} signals of one body are read")
    if not signals:
        return Parsed(
            unparsed="No signal in the body could be read", errors=tuple(errors)
        )
    return Parsed(signals=tuple(signals), errors=tuple(errors), describes_anew=True)


def _signal(item: object) -> Signal:
    """Read one signal.

    Raises:
        ValueError: It is no object, lacks a title, or its action is unknown.
    """
    if not isinstance(item, Mapping):
        msg = 'is not an object; write {"title": "…"}'
        raise ValueError(msg)  # noqa: TRY004 - it is the sender's value that is wrong
    action = _action(text_of(item.get("action") or item.get("status")))
    key = text_of(item.get("dedup_key"))
    title = text.title(text_of(item.get("title")))
    if not title and (action is SignalAction.FIRE or not key):
        msg = "title is missing"
        raise ValueError(msg)
    labels = _labels(item)
    bounded, cut = text.bounded_labels(labels)
    annotations = _annotations(item)
    if len(text_of(item.get("title"))) > limits.TITLE_CHARS_MAX:
        annotations["title"] = text_of(item.get("title"))
    return Signal(
        action=action,
        dedup_key=text.dedup_key(key) if key else fingerprint({**labels, "": title}),
        title=title,
        labels=bounded,
        annotations=text.with_notes({**annotations, **cut}, text.limit_notes(cut)),
        starts_at=instant_of(item.get("starts_at")),
        severity_word=labels.get("severity"),
        url=text_of(item.get("url")),
    )


def _action(word: str) -> SignalAction:
    action = _ACTIONS.get(word.strip().lower())
    if action is None:
        shown = text.cut(word, 40)
        msg = f"action {shown!r} is unknown; use fire, acknowledge or resolve"
        raise ValueError(msg)
    return action


def _labels(item: Mapping[str, object]) -> dict[str, str]:
    labels = text_map(item.get("labels"))
    for name in ("severity", "service"):
        if item.get(name) is not None:
            labels[name] = text_of(item[name])
    return {name: value for name, value in labels.items() if name and value}


def _annotations(item: Mapping[str, object]) -> dict[str, str]:
    """Return everything that is no field of its own, for people to read."""
    details = item.get("details")
    annotations = (
        text_map(details)
        if isinstance(details, Mapping)
        else {"details": text_of(details)}
    )
    for name, value in item.items():
        if name not in _READ:
            annotations.setdefault(text_of(name), text_of(value))
    labels = item.get("labels")
    if labels is not None and not isinstance(labels, Mapping):
        annotations.setdefault("labels", text_of(labels))
    return {name: said for name, said in annotations.items() if said}
