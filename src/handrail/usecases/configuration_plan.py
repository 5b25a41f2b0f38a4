"""What an apply would change and what it did, in lines and as data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handrail.core.configuration.audience import targets
from handrail.core.configuration.consequence.compare import (
    HORIZON,
    Renames,
    consequences,
)
from handrail.core.configuration.consequence.consequence import Consequences
from handrail.core.configuration.diff import Change, ChangeKind
from handrail.core.configuration.document import Document
from handrail.core.configuration.node import Json
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence
from handrail.core.coverage.lost_cover import lost_cover
from handrail.core.escalation.policy import TargetKind
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases.contact import evidence

OPEN_PAGES_MAX = 1000
"""Open pages that a plan counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an apply would change.

    Attributes:
        revision: The revision in force that it was compared with.
        unchanged: How many documents stay as they are.
        warnings: Doubts about the configuration that would be in force.
        consequences: What it means for people; empty where nobody asked.
        standing: Those of the warnings that hold already and are not about a change.
        rewritten: Overrides that people made, as they follow what is renamed.
    """

    revision: int
    changes: tuple[Change, ...]
    unchanged: int
    warnings: tuple[Problem, ...]
    is_partial: bool
    consequences: Consequences = field(default_factory=Consequences)
    standing: tuple[Problem, ...] = ()
    rewritten: tuple[Document, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Return changes, what they mean, warnings and a summary as lines of text."""
        found = [line for change in self.changes for line in change.lines()]
        found.extend(self.consequences.lines())
        known = frozenset(self.standing)
        found.extend(one.line() for one in self.warnings if one not in known)
        if known:
            found.append(_still(len(known)))
        return (*found, self.summary())

    def summary(self) -> str:
        """Return the counts in one line."""
        counts = Counter(change.kind for change in self.changes)
        parts = [f"{counts[kind]} {kind}" for kind in ChangeKind if counts[kind]]
        return ", ".join([*parts, f"{self.unchanged} unchanged"])

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or ``--json``."""
        return {
            "revision": self.revision,
            "is_partial": self.is_partial,
            "changes": [change.as_json() for change in self.changes],
            "unchanged": self.unchanged,
            "warnings": [problem.as_json() for problem in self.warnings],
            "warnings_standing": len(self.standing),
            **self.consequences.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did.

    Attributes:
        revision: The revision in force now; the same as before where nothing changed.
    """

    revision: int
    plan: Plan

    @property
    def is_changed(self) -> bool:
        """Whether there is a new revision."""
        return bool(self.plan.changes)

    def lines(self) -> tuple[str, ...]:
        """Return what was done as lines of text."""
        if not self.is_changed:
            return (*self.plan.lines(), f"Nothing to do at revision {self.revision}.")
        return (*self.plan.lines(), f"Applied as revision {self.revision}.")

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or ``--json``."""
        return {
            **self.plan.as_json(),
            "revision": self.revision,
            "is_changed": self.is_changed,
        }


def _still(number: int) -> str:
    what = "1 warning holds" if number == 1 else f"{number} warnings hold"
    return f"{what} as before, not about this: handrail config check FILE"


def renames(changes: Sequence[Change]) -> Renames:
    """Return what only gets another name."""
    return {
        (change.stored.kind, change.stored.name): change.draft.name
        for change in changes
        if change.kind is ChangeKind.RENAMED
        and change.stored is not None
        and change.draft is not None
    }


def open_pages(tx: Transaction) -> Mapping[Slug, int]:
    """Return by schedule how many pages seek somebody and have it in their policy."""
    pages = tx.page.search(active_only=True, limit=OPEN_PAGES_MAX)
    counts: Counter[Slug] = Counter()
    for page in pages:
        if page.is_seeking and page.policy is not None:
            counts.update(
                {
                    target.name
                    for target in targets(page.policy)
                    if target.kind is TargetKind.SCHEDULE
                }
            )
    return counts


def meaning(
    before: Snapshot,
    after: Snapshot,
    known: Evidence,
    *,
    now: datetime,
    renamed: Renames,
    pages: Mapping[Slug, int] | None = None,
) -> Consequences:
    """Return what a change means for people, and for what services ask for."""
    lost = lost_cover(
        before, after, evidence=known, now=now, until=now + HORIZON, renames=renamed
    )
    return consequences(
        before, after, now=now, renames=renamed, open_pages=pages, also=lost
    )


def meaning_here(
    tx: Transaction, after: Snapshot, changes: Sequence[Change]
) -> Consequences:
    """Return what a change of what is in force means, by what is known here."""
    return meaning(
        tx.configuration.snapshot(),
        after,
        evidence(tx),
        now=tx.now,
        renamed=renames(changes),
        pages=open_pages(tx),
    )
