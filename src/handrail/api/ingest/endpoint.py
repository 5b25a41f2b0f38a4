"""Taking signals: read, admit, and answer only after the commit."""

import asyncio
from dataclasses import replace

import structlog
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from handrail.api.ingest.admission_queue import AdmissionQueue
from handrail.api.ingest.answer import (
    Answer,
    send_answer,
    with_headers,
)
from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.dialect import Dialect, Refusal
from handrail.api.ingest.key_ring import KeyRing
from handrail.api.ingest.request import Body, header, hops, key_in_head, read_body
from handrail.core import limits
from handrail.core.alert.receipt import Receipt
from handrail.core.configuration.integration_key import key_digest
from handrail.core.errors import DomainError, OverloadedError
from handrail.core.ids import ReceiptId
from handrail.ports.source import Parsed
from handrail.usecases.submission import Submission

_log = structlog.get_logger()
_RETRY_AFTER_SECONDS = 2
_HOPS_LABEL = "handrail_hops"
_UNAUTHORIZED = 401
_BYTES_READ_AT_ONCE = 128 * 1024
"""Larger bodies are read beside the event loop, which has others to answer."""


class SignalEndpoint:
    """One dialect's endpoint, as an ASGI application for POST."""

    def __init__(
        self, dialect: Dialect, deps: IngestDeps, keys: KeyRing, queue: AdmissionQueue
    ) -> None:
        self._dialect = dialect
        self._deps = deps
        self._keys = keys
        self._queue = queue
        self._parse = deps.sources[dialect.source]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a sender that went away gets none."""
        assert scope["type"] == ScopeType.HTTP
        try:
            answer = await self._answer(scope, receive)
        except OverloadedError as error:
            self._deps.on_refused()
            answer = with_headers(
                self._dialect.refused(Refusal.OVERLOADED),
                retry_after=str(error.retry_after_seconds),
            )
        except DomainError as error:
            _log.warning("signal_not_stored", code=error.code, reason=error.message)
            answer = self._try_again()
        except Exception:  # noqa: BLE001 - the edge: a defect is logged and answered
            _log.exception("signal_not_stored", source=self._dialect.source)
            answer = self._try_again()
        if answer is not None:
            await send_answer(send, answer)

    def _try_again(self) -> Answer:
        return with_headers(
            self._dialect.refused(Refusal.UNAVAILABLE),
            retry_after=str(_RETRY_AFTER_SECONDS),
        )

    async def _answer(self, scope: HTTPScope, receive: Receive) -> Answer | None:
        passed = hops(scope)
        if passed > limits.HOPS_MAX:
            _log.warning("signal_loops", source=self._dialect.source, hops=passed)
            return self._dialect.refused(Refusal.LOOP)
        key = key_in_head(scope)
        integration = None if key is None else await self._keys.find(key)
        is_keyed_by_body = key is None and self._dialect.is_keyed_by_body
        if integration is None and not is_keyed_by_body:
            return self._unknown(key)
        body = await read_body(scope, receive, bytes_max=self._dialect.body_bytes_max)
        if body is None:
            return None
        if is_keyed_by_body:
            key = self._dialect.key_in_body(body.data)
            integration = None if key is None else await self._keys.find(key)
        if integration is None:
            return self._unknown(key)
        submission = Submission(
            integration=integration,
            parsed=await self._read(body, passed),
            receipt_id=ReceiptId(self._deps.ids.new_id()),
            body=body.data,
            body_is_whole=body.is_whole,
            content_type=header(scope, b"content-type").decode("latin-1"),
            answers_errors=self._dialect.answers_errors and body.is_whole,
        )
        receipt = await self._admit(submission)
        return self._accepted(receipt, submission)

    def _unknown(self, key: bytes | None) -> Answer:
        digest = key_digest(key)[:12] if key else "none"
        _log.warning("signal_refused", source=self._dialect.source, digest=digest)
        answer = self._dialect.refused(Refusal.UNKNOWN_KEY)
        if answer.status == _UNAUTHORIZED:
            answer = with_headers(answer, www_authenticate="Bearer")
        return answer

    async def _read(self, body: Body, passed: int) -> Parsed:
        """Read the body; a defect in its reader must not cost a page."""
        if not body.is_whole:
            size = self._dialect.body_bytes_max
            return Parsed(unparsed=f"The body is larger than {size} bytes")
        if body.fault is not None:
            return Parsed(unparsed=body.fault)
        try:
            if len(body.data) > _BYTES_READ_AT_ONCE:
                parsed = await asyncio.to_thread(self._parse_now, body.data)
            else:
                parsed = self._parse_now(body.data)
        except Exception:  # noqa: BLE001 - its body is kept and made an alert
            _log.exception("source_failed", source=self._dialect.source)
            return Parsed(unparsed="The reader failed; this is a defect of Handrail")
        return _with_hops(parsed, passed) if passed else parsed

    def _parse_now(self, data: bytes) -> Parsed:
        return self._parse(data, received_at=self._deps.clock.now())

    async def _admit(self, submission: Submission) -> Receipt:
        """Commit the request; if its signals cannot be, then its body as it came.

        Raises:
            OverloadedError: The queue is full.
            UnavailableError: The database cannot be written.
        """
        try:
            return await self._queue.admit(submission)
        except DomainError:
            raise
        except Exception:  # noqa: BLE001 - its body is kept and made an alert
            _log.exception("admission_failed", source=self._dialect.source)
            why = "Its signals could not be stored; this is a defect of Handrail"
            return await self._queue.admit(
                replace(submission, parsed=Parsed(unparsed=why), answers_errors=False)
            )

    def _accepted(self, receipt: Receipt, submission: Submission) -> Answer:
        if submission.body_is_whole:
            answer = self._dialect.accepted(receipt, submission.parsed)
        else:
            answer = self._dialect.refused(Refusal.TOO_LARGE)
            answer = with_headers(answer, connection="close")
        return with_headers(answer, handrail_receipt=receipt.id)


def _with_hops(parsed: Parsed, passed: int) -> Parsed:
    """Keep the number of hops as a label; what is sent on counts from there."""
    return replace(
        parsed,
        signals=tuple(
            replace(signal, labels={**signal.labels, _HOPS_LABEL: str(passed)})
            for signal in parsed.signals
        ),
    )
