"""A sender's text, made fit to store and to show without losing any of it."""

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import chain

from handrail.core import limits

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_VARYING = re.compile(rb"[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*")
_ELLIPSIS = "…"
NOTES = "handrail_notes"
"""The annotation in which Handrail says what it changed about a signal."""
BEYOND_LIMIT = "labels_beyond_limit"
"""The annotation that holds the labels which were too many, as JSON text."""


def storable(text: str) -> str:
    """Replace what a database refuses, NUL and lone surrogates, by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning with an ellipsis, in ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS


def title(text: str) -> str:
    """Return the text as one storable line within ``limits.TITLE_CHARS_MAX``."""
    return cut(" ".join(storable(text).split()), limits.TITLE_CHARS_MAX)


def dedup_key(key: str) -> str:
    """Return the storable key; one over the limit becomes its SHA-256 in hex."""
    key = storable(key)
    if len(key) <= limits.DEDUP_KEY_CHARS_MAX:
        return key
    return hashlib.sha256(key.encode()).hexdigest()


def unparsed_key(body: bytes) -> str:
    """Return the dedup key of a body that could not be read.

    Bodies that differ only in numbers (times, counters, hexadecimal ids) are the same
    trouble repeated; any other difference may be another fault and is another alert.
    """
    shape = _VARYING.sub(b"#", body)
    return "unparsed:" + hashlib.sha256(shape).hexdigest()[:32]


def bounded_labels(labels: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return labels within the limits, and annotations that hold what was cut.

    A value that is too long is cut in the label and whole in the annotation
    ``label:<name>``; labels that are too many are whole in ``BEYOND_LIMIT``. Which
    ones stay is decided by name, so that it is the same each time, except that
    ``alertname``, ``severity`` and ``service`` always stay.
    """
    longest = max(map(len, chain(labels, labels.values())), default=0)
    if (
        len(labels) <= limits.LABELS_PER_ALERT_MAX
        and longest <= limits.LABEL_VALUE_CHARS_MAX
    ):
        return dict(labels), {}
    first = ("alertname", "severity", "service")
    names = sorted(labels, key=lambda name: (name not in first, name))
    kept = names[: limits.LABELS_PER_ALERT_MAX]
    rest = {name: labels[name] for name in names[limits.LABELS_PER_ALERT_MAX :]}
    annotations: dict[str, str] = {}
    bounded: dict[str, str] = {}
    for name in kept:
        short = cut(name, limits.LABEL_VALUE_CHARS_MAX)
        bounded[short] = cut(labels[name], limits.LABEL_VALUE_CHARS_MAX)
        if short != name or bounded[short] != labels[name]:
            annotations[f"label:{name}"] = labels[name]
    if rest:
        annotations[BEYOND_LIMIT] = json.dumps(rest, ensure_ascii=False)
    return bounded, annotations


def limit_notes(annotations: Mapping[str, str]) -> tuple[str, ...]:
    """Say in sentences what ``bounded_labels`` put into these annotations."""
    notes = [
        f"Label {cut(name.removeprefix('label:'), 64)} was over"
        f" {limits.LABEL_VALUE_CHARS_MAX} characters and was cut; it is whole in the"
        f" annotation {cut(name, 64)}."
        for name in annotations
        if name.startswith("label:")
    ]
    if BEYOND_LIMIT in annotations:
        notes.append(
            f"More than {limits.LABELS_PER_ALERT_MAX} labels were sent; the others"
            f" are in the annotation {BEYOND_LIMIT}."
        )
    return tuple(notes)


def with_notes(
    annotations: Mapping[str, str], notes: tuple[str, ...]
) -> dict[str, str]:
    """Return the annotations with the notes added to those already there."""
    if not notes:
        return dict(annotations)
    earlier = annotations.get(NOTES, "")
    lines = ([earlier] if earlier else []) + list(notes)
    return {**annotations, NOTES: "\n".join(lines)}
