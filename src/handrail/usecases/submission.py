"""One request from a sender, on its way into the database."""

from dataclasses import dataclass

from handrail.core import limits
from handrail.core.alert import text
from handrail.core.alert.receipt import RawBody
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.configuration.snapshot import Integration
from handrail.core.ids import ReceiptId
from handrail.ports.source import Parsed

_DESCRIPTION = (
    "A sender with a valid key posted something that could not be read. It may have"
    " been an alert. Look at the body, then mend the sender."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One request from a sender whose key is known.

    Attributes:
        receipt_id: Made before the transaction, so that a retry keeps it.
        body: As it came, decompressed where that was possible.
        body_is_whole: It was within the limit; else this is its beginning.
        answers_errors: The sender's protocol tells it of what could not be read, so no
            alert needs to stand for it; the body is kept all the same.
    """

    integration: Integration
    parsed: Parsed
    receipt_id: ReceiptId
    body: bytes
    content_type: str
    body_is_whole: bool = True
    answers_errors: bool = False

    def signals(self) -> tuple[Signal, ...]:
        """Return the request's signals, with one for what could not be read."""
        if self.answers_errors or not self.parsed.complaint:
            return self.parsed.signals
        return (*self.parsed.signals, self._stand_in())

    def _stand_in(self) -> Signal:
        name = self.integration.name
        key, what = text.unparsed_key(self.body), "Partly unparsed payload"
        if not self.body_is_whole:
            key, what = "unparsed:oversized", "Oversized payload"
        elif self.parsed.unparsed:
            what = "Unparsed payload"
        return Signal(
            action=SignalAction.FIRE,
            dedup_key=key,
            title=f"{what} from {name}",
            labels={"alertname": "UnparsedPayload", "integration": name},
            annotations={
                "description": _DESCRIPTION,
                "error": text.storable(self.parsed.complaint),
                "receipt": self.receipt_id,
                "body": _excerpt(self.body),
            },
            unparsed=True,
        )

    def raw_body(self) -> RawBody:
        """Return the body to keep, with what could not be read in it."""
        body = self.body
        error = text.storable(self.parsed.complaint)
        if len(body) > limits.RAW_BODY_BYTES_KEPT_MAX:
            error += f" (the beginning of {len(body)} bytes is kept)"
        return RawBody(
            receipt_id=self.receipt_id,
            content_type=text.cut(text.storable(self.content_type), 255),
            error=text.cut(error, 4096),
            body=body[: limits.RAW_BODY_BYTES_KEPT_MAX],
        )


def _excerpt(body: bytes) -> str:
    return text.storable(text.cut(body[:4096].decode(errors="replace"), 2048))
