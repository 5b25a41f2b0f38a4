"""The last proof of everything is kept, and so is that there could be none."""

from datetime import timedelta
from itertools import count

import pytest
from tests.rota import Rota

from handrail.core.errors import DomainError
from handrail.usecases import coverage


def test_a_proof_that_takes_too_long_is_tried_once_not_by_everybody_who_waits() -> None:
    given = Rota().look(coverage.facts)
    proofs = coverage.Proofs()
    clock = count(0, int(coverage.BUDGET_SECONDS) + 1)
    asked: list[float] = []

    def seconds() -> float:
        asked.append(next(clock))
        return asked[-1]

    for _ in range(3):
        with pytest.raises(DomainError, match="takes too long"):
            proofs.proof(given, length=timedelta(weeks=4), seconds=seconds)

    assert len(asked) == 2
