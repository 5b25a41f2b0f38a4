"""The plan of files: the form, and what an apply would change."""

from dataclasses import dataclass, replace

from handrail.core.errors import InvalidError
from handrail.usecases.configuration_plan import Plan
from handrail.web.screens.page import Reader

PLACE = "/configuration/plan"
SHOWN = 200
"""Changes, warnings and errors shown; the command line has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was sent, and what came of it.

    Attributes:
        text: What was pasted.
        is_partial: What the files do not name is kept.
        plan: What would change; none where nothing was sent or something is wrong.
        error: What is wrong, or none.
    """

    text: str = ""
    is_partial: bool = False
    plan: Plan | None = None
    error: InvalidError | None = None

    def with_(
        self, *, plan: Plan | None = None, error: InvalidError | None = None
    ) -> "Proposal":
        """Return it with what came of it."""
        return replace(self, plan=plan, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanScreen:
    """The form, and the answer below it.

    Attributes:
        faults: Where, and what is wrong there; the first ones.
        wrong: What is wrong with the whole, or "".
        meaning: What it means for people, the most important first.
        more_meaning: How many more there are.
        changes: Each document that changes, with the lines of its fields.
        warnings: What would be doubtful then, and is new or about what changes.
        standing: What is doubtful already, and is not about what changes.
        has_plan: There is an answer.
        is_empty: Nothing would change.
        revision: The revision in force.
    """

    text: str
    is_partial: bool
    faults: tuple[tuple[str, str], ...]
    more_faults: int
    wrong: str
    has_plan: bool
    is_empty: bool
    summary: str
    meaning: tuple[str, ...]
    more_meaning: int
    until: str
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    more_changes: int
    warnings: tuple[str, ...]
    more_warnings: int
    standing: tuple[str, ...]
    more_standing: int
    revision: int


def plan_screen(proposal: Proposal, *, reader: Reader) -> PlanScreen:
    """Return the screen."""
    plan, error = proposal.plan, proposal.error
    faults = tuple(error.fields.items()) if error else ()
    meaning = plan.consequences if plan else None
    changes = plan.changes if plan else ()
    standing = plan.standing if plan else ()
    known = frozenset(standing)
    warnings = [one for one in plan.warnings if one not in known] if plan else []
    return PlanScreen(
        text=proposal.text,
        is_partial=proposal.is_partial,
        faults=faults[:SHOWN],
        more_faults=max(0, len(faults) - SHOWN),
        wrong=error.message if error and not faults else "",
        has_plan=plan is not None,
        is_empty=plan is not None and not plan.changes,
        summary=plan.summary() if plan else "",
        meaning=tuple(one.text for one in meaning.items) if meaning else (),
        more_meaning=meaning.left_out + meaning.not_compared if meaning else 0,
        until=f"{meaning.until:%Y-%m-%d}" if meaning and meaning.until else "",
        changes=tuple(
            (head, tuple(line.strip() for line in rest))
            for head, *rest in (tuple(one.lines()) for one in changes[:SHOWN])
        ),
        more_changes=max(0, len(changes) - SHOWN),
        warnings=tuple(one.line() for one in warnings[:SHOWN]),
        more_warnings=max(0, len(warnings) - SHOWN),
        standing=tuple(one.line() for one in standing[:SHOWN]),
        more_standing=max(0, len(standing) - SHOWN),
        revision=plan.revision if plan else reader.snapshot.revision,
    )
