"""Cover requests and swaps whose time has run out: closed, and told."""

from handrail.core.cover import cover_request
from handrail.core.cover import swap as swap_rules
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import cover, setback, swap


def expire_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Close those whose time has come; return how many were looked at."""
    requests = tx.cover.due_requests(limit=limit)
    swaps = tx.cover.due_swaps(limit=limit - len(requests)) if limit else []
    setback.each(
        tx,
        requests,
        lambda one: cover.expire(tx, one, ids=ids),
        otherwise=lambda one, _: tx.attempt(lambda: _close_request(tx, one)),
    )
    setback.each(
        tx,
        swaps,
        lambda one: swap.expire(tx, one, ids=ids),
        otherwise=lambda one, _: tx.attempt(lambda: _close_swap(tx, one)),
    )
    return len(requests) + len(swaps)


def _close_request(tx: Transaction, request: CoverRequest) -> None:
    """Close one that could not be told of: it would come again for ever."""
    after = cover_request.expired(request, now=tx.now)
    tx.cover.save_request(after, expected_sequence=request.sequence)


def _close_swap(tx: Transaction, one: Swap) -> None:
    after = swap_rules.expired(one, now=tx.now)
    tx.cover.save_swap(after, expected_sequence=one.sequence)
