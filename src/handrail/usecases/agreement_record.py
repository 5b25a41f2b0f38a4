"""Entries of cover requests and swaps in the record; one stream each."""

from collections.abc import Mapping

from handrail.core.audit.event import NewEvent
from handrail.core.configuration.draft import canonical
from handrail.core.configuration.node import Json
from handrail.core.errors import NotFoundError
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction


def record(
    tx: Transaction,
    stream: str,
    kind: str,
    payload: Mapping[str, Json],
    *,
    actor: str,
    ids: IdSource,
) -> None:
    """Append what happened, in the same transaction.

    Args:
        tx: The transaction.
        stream: ``cover:<id>`` or ``swap:<id>``.
        kind: Past participle, such as ``cover_accepted``.
        payload: What happened.
        actor: ``user:ana``, or ``engine`` where time did it.
        ids: For the salt.
    """
    event = NewEvent(
        kind=kind,
        occurred_at=tx.now,
        actor=actor,
        payload=canonical(payload),
        salt=ids.new_secret(),
    )
    tx.event.append(stream, [event], after=tx.event.last(stream))


def number_of(name: str, prefix: str) -> int:
    """Return the number of what people call ``COV-7``, ``cov-7`` or ``7``.

    Raises:
        NotFoundError: It is spelled otherwise.
    """
    spelled = name.strip().upper().removeprefix(f"{prefix}-")
    is_number = spelled.isascii() and spelled.isdigit()
    if not is_number or len(spelled) >= 10:  # noqa: PLR2004 - what an integer column holds
        msg = f"{name!r} names nothing; write it like {prefix}-7"
        raise NotFoundError(msg)
    return int(spelled)
