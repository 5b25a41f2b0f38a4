"""How each kind of sender is answered. ``docs/sources.md`` has the same as a table."""

from enum import Enum, unique
from typing import Protocol

from handrail.api.ingest.answer import Answer
from handrail.core.alert.receipt import Receipt
from handrail.ports.source import Parsed


@unique
class Refusal(Enum):
    """Why nothing was accepted; the sentence is for the sender's log."""

    UNKNOWN_KEY = "no integration has this key; look at the integration's address"
    TOO_LARGE = "the body is larger than this source may send"
    OVERLOADED = "too many requests are waiting to be stored; send again"
    UNAVAILABLE = "the signal could not be stored; send again"
    LOOP = "the signal has passed through Handrail too often; this is a loop"
    METHOD = "this method is not understood here"


class Dialect(Protocol):
    """One kind of sender's manners."""

    @property
    def source(self) -> str:
        """Name the reader of its bodies."""
        ...

    @property
    def body_bytes_max(self) -> int:
        """Bound its bodies."""
        ...

    @property
    def answers_errors(self) -> bool:
        """Tell whether its protocol promises to name what could not be read."""
        ...

    @property
    def is_keyed_by_body(self) -> bool:
        """Tell whether the key may be in the body where the request's head has none."""
        ...

    def key_in_body(self, body: bytes) -> bytes | None:
        """Return the integration key that the body carries, or none."""
        ...

    def accepted(self, receipt: Receipt, parsed: Parsed) -> Answer:
        """Answer a request that was committed, whole or in part."""
        ...

    def refused(self, refusal: Refusal) -> Answer:
        """Answer a request of which nothing was accepted."""
        ...
