"""A signal: what a sender posts, after its wire format was understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique


@unique
class SignalAction(StrEnum):
    """What the sender says of the condition."""

    FIRE = "fire"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One condition as its sender tells it.

    Attributes:
        action: Fire, acknowledge or resolve.
        dedup_key: Names the condition within its integration, at most 255 characters.
        title: One line; may be cut to the limit.
        labels: For routing.
        annotations: For people: description, runbook, details as text.
        starts_at: When the condition began, as the sender says, or none.
        ends_at: When it expires unless repeated (fire), or when it ended (resolve).
        severity_word: The sender's own word, or none.
        url: Where the sender shows it, or "".
        unparsed: The body could not be read; this stands for it.
    """

    action: SignalAction
    dedup_key: str
    title: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    severity_word: str | None = None
    url: str = ""
    unparsed: bool = False
