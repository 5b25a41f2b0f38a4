"""The dialects that are spoken here."""

import re
from typing import Final

import msgspec
from typing_extensions import override

from handrail.api.ingest.answer import Answer, json_answer
from handrail.api.ingest.dialect import Dialect, Refusal
from handrail.core import limits
from handrail.core.alert.receipt import Receipt
from handrail.ports.source import Parsed

_STATUS: Final = {
    Refusal.UNKNOWN_KEY: 401,
    Refusal.TOO_LARGE: 413,
    Refusal.OVERLOADED: 503,
    Refusal.UNAVAILABLE: 503,
    Refusal.LOOP: 508,
    Refusal.METHOD: 405,
}


class AlertmanagerApi(Dialect):
    """Alertmanager's API v2: empty answers, errors as a bare JSON string.

    Prometheus drops a batch that is not answered 2xx and sends the state anew with its
    next one, so 503 loses nothing while the condition lasts.
    """

    source = "alertmanager_api"
    body_bytes_max = limits.SIGNAL_BODY_BYTES_MAX
    answers_errors = True
    is_keyed_by_body = False

    @override
    def key_in_body(self, body: bytes) -> bytes | None:
        return None

    @override
    def accepted(self, receipt: Receipt, parsed: Parsed) -> Answer:
        if parsed.complaint:
            return json_answer(400, parsed.complaint)
        return Answer(status=200)

    @override
    def refused(self, refusal: Refusal) -> Answer:
        return json_answer(_STATUS[refusal], refusal.value)


class AlertmanagerWebhook(Dialect):
    """Alertmanager's webhook receiver: it retries 5xx; any 4xx is lost for good.

    So whatever has a valid key is taken, and overload is 503, never 429.
    """

    source = "alertmanager_webhook"
    body_bytes_max = limits.SIGNAL_BODY_BYTES_MAX
    answers_errors = False
    is_keyed_by_body = False

    @override
    def key_in_body(self, body: bytes) -> bytes | None:
        return None

    @override
    def accepted(self, receipt: Receipt, parsed: Parsed) -> Answer:
        return json_answer(200, {"receipt": receipt.id})

    @override
    def refused(self, refusal: Refusal) -> Answer:
        return json_answer(_STATUS[refusal], {"error": refusal.value})


class PagerDuty(Dialect):
    """PagerDuty's Events API v2: the key is in the body, errors are listed.

    Its clients retry 429 as well as 5xx, and know 429 as "not now".
    """

    source = "pagerduty"
    body_bytes_max = limits.PAGERDUTY_BODY_BYTES_MAX
    answers_errors = True
    is_keyed_by_body = True

    @override
    def key_in_body(self, body: bytes) -> bytes | None:
        try:
            key = _KEYED.decode(body).routing_key
        except (msgspec.DecodeError, ValueError, RecursionError):
            # The rest may be broken; whose it is can still be told.
            match = _SPELLED_KEY.search(body)
            return match.group(1) if match is not None else None
        return key.encode() if key else None

    @override
    def accepted(self, receipt: Receipt, parsed: Parsed) -> Answer:
        if parsed.unparsed:
            return _pagerduty(400, "Unrecognized object", [parsed.unparsed])
        if parsed.errors:
            return _pagerduty(400, "invalid event", list(parsed.errors))
        said = {
            "status": "success",
            "message": "Event processed",
            "dedup_key": parsed.signals[0].dedup_key,
        }
        return json_answer(202, said)

    @override
    def refused(self, refusal: Refusal) -> Answer:
        match refusal:
            case Refusal.UNKNOWN_KEY:
                return _pagerduty(
                    400, "invalid event", [f"routing_key: {refusal.value}"]
                )
            case Refusal.OVERLOADED:
                return _pagerduty(429, "throttle exceeded", [refusal.value])
            case _:
                return _pagerduty(_STATUS[refusal], "not accepted", [refusal.value])


class Generic(Dialect):
    """Handrail's own JSON: errors of the edge are RFC 9457 problem details."""

    source = "generic"
    body_bytes_max = limits.SIGNAL_BODY_BYTES_MAX
    answers_errors = False
    is_keyed_by_body = False

    @override
    def key_in_body(self, body: bytes) -> bytes | None:
        return None

    @override
    def accepted(self, receipt: Receipt, parsed: Parsed) -> Answer:
        said = {
            "receipt": receipt.id,
            "dedup_keys": [signal.dedup_key for signal in parsed.signals],
            "errors": [*([parsed.unparsed] if parsed.unparsed else ()), *parsed.errors],
        }
        return json_answer(202, said)

    @override
    def refused(self, refusal: Refusal) -> Answer:
        status = _STATUS[refusal]
        problem = {
            "type": f"urn:handrail:problem:{refusal.name.lower()}",
            "title": refusal.name.replace("_", " ").capitalize(),
            "status": status,
            "detail": refusal.value,
        }
        return json_answer(status, problem, media_type="application/problem+json")


class _Keyed(msgspec.Struct):
    routing_key: str = ""


_KEYED = msgspec.json.Decoder(_Keyed)
_SPELLED_KEY = re.compile(rb'"routing_key"\s*:\s*"([^"\\]{1,255})"')


def _pagerduty(status: int, word: str, errors: list[str]) -> Answer:
    said = {"status": word, "message": "Event object is invalid", "errors": errors}
    if status != 400:  # noqa: PLR2004 - only 400 speaks of the event itself
        said["message"] = errors[0]
    return json_answer(status, said)
