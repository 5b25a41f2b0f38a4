"""The duty that carries mitigations out: claim, call, record; never called twice.

Each call has a thread and an event loop of its own for its seconds: mitigations are
few, and one that hangs must hold up neither pages nor another mitigation.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from datetime import timedelta
from typing import Protocol

import structlog

from handrail.core import limits
from handrail.core.ids import NodeId
from handrail.core.mitigation.catalogue import Call, without_secrets
from handrail.core.mitigation.mitigation import MitigationOutcome
from handrail.core.mitigation.run import Answered, MitigationRun
from handrail.engine.report import Report
from handrail.ports.http_client import (
    HttpNotSentError,
    HttpRequester,
    HttpUnknownError,
)
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.ports.vault import Vault
from handrail.usecases.mitigation import record_answer, take_due

AT_ONCE = 8
STOP_SECONDS = 2.0
"""Longer than a quick call takes; a slower one is unknown after the restart."""
_SUCCESS = range(200, 300)
_log = structlog.get_logger()


class Client(HttpRequester, Protocol):
    """What makes one call and is closed after it."""

    def close(self) -> Awaitable[None]:
        """Close every connection."""
        ...


class RunMitigations:
    """Claims what is to be called, calls it, and records what came of it."""

    name = "run_mitigations"

    def __init__(
        self,
        *,
        store: Store,
        ids: IdSource,
        node: NodeId,
        http: Callable[[], Client],
        vault: Vault,
        seconds: Callable[[], float],
    ) -> None:
        self._store = store
        self._ids = ids
        self._node = node
        self._http = http
        self._vault = vault
        self._seconds = seconds
        self._calls: set[threading.Thread] = set()
        self._is_stopping = False

    def tick(self) -> Report:
        """Claim and begin what is due; returns before the calls end."""
        self._calls = {call for call in self._calls if call.is_alive()}
        room = AT_ONCE - len(self._calls)
        if room <= 0 or self._is_stopping or not self._store.read(_is_due):
            return Report(done=0)
        since = self._seconds()
        runs = self._store.run(
            lambda tx: take_due(tx, node=self._node, ids=self._ids, limit=room)
        )
        for run in runs:
            call = threading.Thread(
                target=self._carry_out,
                args=(run, since),
                name="handrail-mitigate",
                daemon=True,
            )
            self._calls.add(call)
            call.start()
        return Report(done=len(runs))

    def stop(self) -> None:
        """Claim nothing more, and let a quick call end."""
        self._is_stopping = True
        for call in self._calls:
            call.join(STOP_SECONDS / len(self._calls))

    def _carry_out(self, run: MitigationRun, since: float) -> None:
        waited = timedelta(seconds=self._seconds() - since)
        if waited > limits.MITIGATION_START_MAX:
            _log.warning("mitigation_too_late", run_id=run.id, waited=str(waited))
            return
        try:
            answered = asyncio.run(self._call(run.call))
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            _log.exception("mitigation_failed", run_id=run.id)
            answered = Answered(
                answer=f"Handrail failed: {type(error).__name__}",
                outcome=MitigationOutcome.UNKNOWN,
            )
        self._record(run, answered)

    async def _call(self, call: Call) -> Answered:
        secrets, missing = self._secrets(call)
        if missing:
            words = f"not called: nothing is at {', '.join(missing)}"
            return Answered(answer=words, outcome=MitigationOutcome.FAILED)
        client = self._http()
        try:
            answer = await client.request(
                call.method,
                call.url,
                body=call.body.encode(),
                headers=_headers(call, secrets),
                timeout_seconds=limits.MITIGATION_TIMEOUT.total_seconds(),
            )
        except HttpNotSentError as error:
            words = f"not called: {error.reason}"
            return Answered(answer=words, outcome=MitigationOutcome.FAILED)
        except HttpUnknownError as error:
            words = f"called, but {error.reason}: nobody knows what came of it"
            return Answered(answer=words, outcome=MitigationOutcome.UNKNOWN)
        finally:
            await client.close()
        # Masked before it is cut, so that no part of a secret is left at the end.
        said = without_secrets(answer.body.decode("utf-8", "replace"), secrets)
        said = said.encode()[: limits.MITIGATION_ANSWER_BYTES].decode("utf-8", "ignore")
        is_taken = answer.status in _SUCCESS
        return Answered(
            answer=f"HTTP {answer.status} {said}".strip(),
            outcome=None if is_taken else MitigationOutcome.FAILED,
        )

    def _secrets(self, call: Call) -> tuple[dict[str, str], list[str]]:
        """Return secrets by reference, and the references with nothing behind."""
        found, missing = {}, []
        for reference in call.secrets:
            secret = self._vault.secret(reference)
            if secret is None:
                missing.append(reference)
            else:
                found[reference] = secret.decode("utf-8", "replace")
        return found, missing

    def _record(self, run: MitigationRun, answered: Answered) -> None:
        """Record what came of it; where that fails, the claim's lapse tells of it."""

        def work(tx: Transaction) -> None:
            record_answer(tx, run.id, answered, ids=self._ids)

        try:
            recorded: Future[None] = self._store.submit(work, is_debt=True)
            recorded.result()
        except Exception:  # noqa: BLE001 - nobody else would hear of it
            _log.exception("mitigation_not_recorded", run_id=run.id)


def _headers(call: Call, secrets: Mapping[str, str]) -> dict[str, str]:
    headers = {"Content-Type": "application/json"} if call.body else {}
    for header in call.headers:
        headers[header.name] = secrets[header.secret] if header.secret else header.value
    if call.secret:
        headers["Authorization"] = f"Bearer {secrets[call.secret]}"
    return headers


def _is_due(tx: Transaction) -> bool:
    due_at = tx.mitigation_run.next_due()
    return due_at is not None and due_at <= tx.now
