"""Configuration documents: immutable, versioned, named by kind and slug."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one configured thing.

    Attributes:
        kind: ``user``, ``team``, ``service``, ``route``, ``schedule``, ``override``,
            ``escalation_policy``, ``severity_matrix``, ``last_resort``,
            ``integration``, ``channel``, ``mitigation`` or ``integration_key`` (a key
            that was issued on demand; only its digest is stored).
        name: The slug; singletons are named after their kind.
        version: 1 at first, one more with each change.
        body: Canonical JSON text of the validated content.
        order: Rank within its kind, with gaps; the order of routes and overrides.
        revision: The revision that stored it.
        effective_from: From when it holds.
        managed_by: ``file`` or ``console``.
        renamed_from: The slug it had before, or none.
        is_removed: This version ends the document.
    """

    kind: str
    name: Slug
    version: int
    body: str
    order: int
    revision: int
    effective_from: datetime
    managed_by: str
    renamed_from: Slug | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One apply."""

    number: int
    applied_at: datetime
    by: str
    changes: int
