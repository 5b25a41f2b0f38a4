"""The coverage proof on the configuration in force: facts in, proof out.

The facts are read in one short transaction; proving holds none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence, assumed
from handrail.core.coverage.proof import Proof, ServiceProof
from handrail.core.coverage.prove import Prover
from handrail.core.errors import DomainError, ErrorCode, NotFoundError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import contact

BUDGET_SECONDS = 30.0
"""A proof on request that takes longer is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a proof rests on.

    Attributes:
        now: When it was read, UTC.
    """

    snapshot: Snapshot
    evidence: Evidence
    now: datetime


def facts(tx: Transaction) -> Facts:
    """Return the configuration in force, and what is known of contact methods."""
    return Facts(
        snapshot=tx.configuration.snapshot(),
        evidence=contact.evidence(tx),
        now=tx.now,
    )


def prove(
    given: Facts,
    *,
    start: datetime,
    end: datetime,
    services: Sequence[Slug] = (),
    is_assumed: bool = False,
    seconds: Callable[[], float],
) -> Proof:
    """Prove ``[start, end)``; without names, of every service. Holds no transaction.

    Args:
        given: The facts.
        start: UTC, inclusive.
        end: UTC, exclusive.
        services: Names; all where empty.
        is_assumed: Take every contact method as verified.
        seconds: A monotonic clock.

    Raises:
        NotFoundError: There is no such service.
        DomainError: It would take too long; ask about fewer services or weeks.
    """
    for name in services:
        if name not in given.snapshot.services:
            msg = f"There is no service {name}."
            raise NotFoundError(msg)
    evidence = assumed() if is_assumed else given.evidence
    prover = Prover(given.snapshot, evidence=evidence, start=start, end=end)
    until = seconds() + BUDGET_SECONDS

    def judged() -> Iterator[ServiceProof]:
        for name in services or given.snapshot.services:
            if seconds() > until:
                msg = "This takes too long. Ask about one service, or fewer weeks."
                raise DomainError(ErrorCode.OVERLOADED, msg)
            yield prover.service(name)

    return prover.proof(judged())
