"""The server with a planted defect: it answers a sender before the commit."""

from handrail.api.ingest.endpoint import SignalEndpoint
from handrail.core.alert.receipt import Receipt
from handrail.usecases.admission import accept
from handrail.usecases.submission import Submission


def plant() -> None:
    """Plant it in this process."""
    SignalEndpoint._commit = _commit  # type: ignore[method-assign,assignment]  # planted


async def _commit(endpoint: SignalEndpoint, submission: Submission) -> Receipt:
    from handrail.api.ingest import endpoint as module

    ids = endpoint._deps.ids
    work = getattr(module, "accept", accept)
    endpoint._deps.store.submit(lambda tx: work(tx, submission, ids=ids))
    return Receipt(
        id=submission.receipt_id,
        integration=submission.integration.name,
        received_at=endpoint._deps.clock.now(),
        entries=(),
    )
