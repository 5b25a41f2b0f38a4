"""The server with a planted defect: it answers a sender before the commit."""

import asyncio

from handrail.api.ingest.admission_queue import AdmissionQueue
from handrail.core.alert.receipt import Receipt
from handrail.core.instants import EPOCH
from handrail.usecases.submission import Submission

_honest = AdmissionQueue.admit
_running: set["asyncio.Task[Receipt]"] = set()


def plant() -> None:
    """Plant it in this process."""
    AdmissionQueue.admit = _admit  # type: ignore[method-assign,assignment]  # planted


async def _admit(queue: AdmissionQueue, submission: Submission) -> Receipt:
    _running.add(asyncio.ensure_future(_honest(queue, submission)))
    return Receipt(
        id=submission.receipt_id,
        integration=submission.integration.name,
        received_at=EPOCH,
        entries=(),
    )
