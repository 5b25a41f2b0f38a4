"""A Prometheus-style condition: identified by labels, explained by annotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handrail.core.alert import text
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.labels import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a label set comes to; the same for every repeat of it.

    Attributes:
        dedup_key: Fingerprint of the whole label set, before anything is cut.
        labels: Within the limits.
        cut: Annotations that hold what was cut, and the note that says so.
    """

    dedup_key: str
    labels: Mapping[str, str]
    cut: Mapping[str, str]


def identity(labels: Mapping[str, str]) -> Identity:
    """Return the identity of a label set; labels with an empty value do not count."""
    present = {name: value for name, value in labels.items() if value and name}
    bounded, cut = text.bounded_labels(present)
    return Identity(
        dedup_key=fingerprint(present),
        labels=bounded,
        cut=text.with_notes(cut, text.limit_notes(cut)),
    )


def signal(
    who: Identity,
    annotations: Mapping[str, str],
    *,
    action: SignalAction,
    starts_at: datetime | None,
    ends_at: datetime | None,
    url: str,
) -> Signal:
    """Return the condition as a signal; annotations that are empty do not count."""
    annotations = {name: said for name, said in annotations.items() if said}
    annotations |= who.cut
    return Signal(
        action=action,
        dedup_key=who.dedup_key,
        title=title(who.labels, annotations),
        labels=who.labels,
        annotations=annotations,
        starts_at=starts_at,
        ends_at=ends_at,
        severity_word=who.labels.get("severity"),
        url=url,
    )


def title(labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    """Name a Prometheus-style condition in one line.

    ``alertname: summary``; without a summary the first line of the description or
    message; without any, the other labels tell which one it is.
    """
    name = labels.get("alertname", "")
    said = ""
    for key in ("summary", "title", "message", "description"):
        said = annotations.get(key, "").strip()
        if said:
            break
    if not said:
        which = ", ".join(
            f"{key}={value}"
            for key, value in sorted(labels.items())
            if key not in ("alertname", "severity")
        )
        said = f"({which})" if which and name else which
        return text.title(f"{name} {said}") or "Alert without a name"
    said = said.splitlines()[0]
    return text.title(said if not name or name in said else f"{name}: {said}")
