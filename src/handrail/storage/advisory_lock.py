"""PostgreSQL's advisory locks: on what has no row, by a number made of its name."""

import hashlib
from collections.abc import Collection

from handrail.storage.scope import Scope

_IN_ORDER = (
    "(SELECT key FROM unnest(?::bigint[]) AS wanted(key) ORDER BY key OFFSET 0) AS one"
)
_WAIT = f"SELECT pg_advisory_xact_lock(key) FROM {_IN_ORDER}"  # noqa: S608
_TRY = f"SELECT pg_try_advisory_xact_lock(key) FROM {_IN_ORDER}"  # noqa: S608


def key_of(name: str) -> int:
    """Return the lock that stands for what is called so."""
    digest = hashlib.blake2b(f"handrail {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def hold(scope: Scope, keys: Collection[int]) -> None:
    """Hold the locks to the end of the transaction, taken in the order of numbers."""
    scope.fetch(_WAIT, (list(keys),))


def try_to_hold(scope: Scope, keys: Collection[int]) -> bool:
    """Do so with those that are free; return whether all are."""
    return all(row[0] for row in scope.fetch(_TRY, (list(keys),)))
