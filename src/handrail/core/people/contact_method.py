"""An address a person can be reached at."""

from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.ids import Slug


@unique
class ChannelKind(StrEnum):
    """How a message travels; each kind is a folder under ``channels``."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMethod:
    """One way to reach one person, or a named channel of the organisation.

    Attributes:
        name: Unique within its owner.
        kind: How the message travels.
        address: An e-mail address, a URL, or a label for the terminal.
        secret: Reference to a signing secret (``env:NAME`` or ``file:PATH``), or "".
    """

    name: Slug
    kind: ChannelKind
    address: str
    secret: str = ""
