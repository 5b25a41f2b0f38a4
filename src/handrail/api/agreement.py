"""What the routes of cover requests and of swaps have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Annotated, Generic, TypeVar

from litestar.params import QueryParameter

from handrail.api.deps import Deps
from handrail.core.access.actor import Actor
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover.agreement import Agreement
from handrail.ports.store import Transaction
from handrail.usecases import agreement
from handrail.usecases.desk import Desk

A = TypeVar("A", bound=Agreement)
V = TypeVar("V")


@unique
class AgreementChoice(StrEnum):
    """Which of the list are wanted."""

    OPEN = "open"
    ALL = "all"


Choice = Annotated[
    AgreementChoice,
    QueryParameter(name="state", description="Those still open, or all."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements(Generic[A, V]):
    """One kind of agreement, as ``view`` has it on the wire."""

    kind: type[A]
    view: "Callable[[A, Snapshot, str], V]"

    def newest(self, deps: Deps, which: AgreementChoice, limit: int) -> list[V]:
        """Return those that are open, or all, newest first."""
        open_only = which is AgreementChoice.OPEN

        def look(tx: Transaction) -> list[V]:
            snapshot = tx.configuration.snapshot()
            found = tx.agreement.newest(self.kind, open_only=open_only, limit=limit)
            return [self.view(one, snapshot, deps.base_url) for one in found]

        return deps.store.read(look)

    def one(self, deps: Deps, name: str) -> V:
        """Return the one of that name."""

        def look(tx: Transaction) -> V:
            found = agreement.find(tx, self.kind, name)
            return self.view(found, tx.configuration.snapshot(), deps.base_url)

        return deps.store.read(look)

    def answer(
        self,
        deps: Deps,
        actor: Actor,
        act: Callable[[Desk, type[A], str], A],
        name: str,
    ) -> V:
        """Do it to the one of that name, and return it."""

        def work(tx: Transaction) -> V:
            done = act(Desk(tx=tx, actor=actor, ids=deps.ids), self.kind, name)
            return self.view(done, tx.configuration.snapshot(), deps.base_url)

        return deps.store.run(work)
