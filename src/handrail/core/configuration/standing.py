"""Which doubts about a configuration are nothing new to who changes it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from handrail.core.configuration.check import Checkup
from handrail.core.configuration.draft import subject
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.rest_check import rest_findings, rest_problems
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug


def standing(
    doubts: Sequence[Problem],
    already: Snapshot,
    now: datetime,
    *,
    changed: Collection[tuple[str, Slug]],
) -> tuple[Problem, ...]:
    """Return the doubts that hold already and are not about what is changed.

    Who changes one line need not read again what was said of all the others. That
    nobody is told in the end is said each time, as is everything at the very first.

    Args:
        doubts: Of the configuration that would be in force.
        already: What is in force.
        now: From when shifts are judged, UTC.
        changed: Kind and name of what an apply would change.
    """
    named = [subject(*key) for key in changed] + ["last_resort"]
    quiet = [one for one in doubts if not _is_about(one, named)]
    if not quiet or not already.users:
        return ()
    known = {(one.field, one.message) for one in Checkup(snapshot=already).warnings()}
    if any((one.field, one.message) not in known for one in quiet):
        rest = rest_problems(
            rest_findings(already, now), already, {}, is_old=lambda *_: True
        )
        known |= {(one.field, one.message) for one in rest}
    return tuple(one for one in quiet if (one.field, one.message) in known)


def _is_about(problem: Problem, subjects: Sequence[str]) -> bool:
    return any(
        problem.field == one or problem.field.startswith(f"{one}.") for one in subjects
    )
