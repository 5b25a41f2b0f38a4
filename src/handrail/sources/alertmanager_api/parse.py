"""``POST /api/v2/alerts``: what a Prometheus posts to its Alertmanager.

Prometheus posts the same alerts again and again, so there are two readers. The quick
one decodes to fixed types and remembers what a label set came to; whatever it cannot
take goes to the patient one, which reads item by item and keeps all that can be read.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from handrail.core import limits
from handrail.core.alert.condition import Identity, identity, signal
from handrail.core.alert.payload import (
    instant_of,
    known_instant,
    read_json,
    text_map,
    text_of,
    unread_instants,
)
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed

_IDENTITIES_REMEMBERED = 16_384
_IDENTITY_BYTES_MAX = 2048
"""Together at most some tens of megabytes, whatever is sent."""


class _Alert(msgspec.Struct, rename="camel", gc=False):
    labels: msgspec.Raw
    annotations: dict[str, str] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    generator_url: str | None = msgspec.field(default=None, name="generatorURL")


_ALERTS = msgspec.json.Decoder(list[_Alert])
_LABELS = msgspec.json.Decoder(dict[str, str])


def parse(body: bytes, *, received_at: datetime) -> Parsed:  # noqa: ARG001
    """Read an array of alerts.

    An alert without ``endsAt`` expires ``limits.RESOLVE_TIMEOUT_DEFAULT`` after it was
    last posted, as in Alertmanager; one whose ``endsAt`` has passed is resolved.
    """
    quick = _read_quickly(body)
    if quick is not None:
        return Parsed(signals=quick, expires_after=limits.RESOLVE_TIMEOUT_DEFAULT)
    return _read_patiently(body)


def _read_quickly(body: bytes) -> tuple[Signal, ...] | None:
    """Read a body that is right in every part; none where it is not."""
    if b"\\u0000" in body:
        return None
    try:
        alerts = _ALERTS.decode(body)
        if len(alerts) > limits.ALERTS_PER_BODY_MAX:
            return None
        return tuple([_quick_signal(alert) for alert in alerts])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _quick_signal(alert: _Alert) -> Signal:
    raw = bytes(alert.labels)
    who = _identity(raw) if len(raw) <= _IDENTITY_BYTES_MAX else _read_identity(raw)
    return signal(
        who,
        alert.annotations or {},
        action=SignalAction.FIRE,
        starts_at=_in_utc(alert.starts_at),
        ends_at=_in_utc(alert.ends_at),
        url=alert.generator_url or "",
    )


def _in_utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    if instant.tzinfo is None:
        msg = "an instant has no offset"
        raise ValueError(msg)
    if instant.tzinfo is not UTC:
        try:
            instant = instant.astimezone(UTC)
        except OverflowError as error:
            msg = "an instant is out of range"
            raise ValueError(msg) from error
    return known_instant(instant)


def _read_identity(raw: bytes) -> Identity:
    who = identity(_LABELS.decode(raw))
    if not who.labels:
        msg = "no label has a value"
        raise ValueError(msg)
    return who


_identity = lru_cache(maxsize=_IDENTITIES_REMEMBERED)(_read_identity)


def _read_patiently(body: bytes) -> Parsed:
    expires_after = limits.RESOLVE_TIMEOUT_DEFAULT
    try:
        items = read_json(body)
    except ValueError as error:
        return Parsed(unparsed=f"The body {error}")
    if not isinstance(items, list):
        return Parsed(unparsed="The body is not an array of alerts")
    signals: list[Signal] = []
    errors: list[str] = []
    for place, item in enumerate(items[: limits.ALERTS_PER_BODY_MAX], start=1):
        try:
            signals.append(_patient_signal(item))
        except ValueError as error:
            errors.append(f"alert {place}: {error}")
    if len(items) > limits.ALERTS_PER_BODY_MAX:
        errors.append(f"only {limits.ALERTS_PER_BODY_MAX} alerts of one body are read")
    return Parsed(
        signals=tuple(signals), errors=tuple(errors), expires_after=expires_after
    )


def _patient_signal(item: object) -> Signal:
    """Read one alert.

    Raises:
        ValueError: It is no object, or has no label with a value.
    """
    if not isinstance(item, Mapping) or not isinstance(item.get("labels"), Mapping):
        msg = "is no alert with labels"
        raise ValueError(msg)  # noqa: TRY004 - it is the sender's value that is wrong
    who = identity(text_map(item["labels"]))
    if not who.labels:
        msg = "has no label with a value"
        raise ValueError(msg)
    annotations = text_map(item.get("annotations"))
    annotations |= unread_instants(item, "startsAt", "endsAt")
    return signal(
        who,
        annotations,
        action=SignalAction.FIRE,
        starts_at=instant_of(item.get("startsAt")),
        ends_at=instant_of(item.get("endsAt")),
        url=text_of(item.get("generatorURL")),
    )
