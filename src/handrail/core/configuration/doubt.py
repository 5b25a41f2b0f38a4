"""What is doubtful about a configuration that has no errors in its documents."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from handrail.core.configuration.check import Checkup
from handrail.core.configuration.consequence.compare import Renames
from handrail.core.configuration.draft import Draft
from handrail.core.configuration.late_edit import late_edits
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.rest_already import Already
from handrail.core.configuration.rest_check import rest_findings, rest_problems
from handrail.core.configuration.snapshot import Snapshot

_NONE: Renames = MappingProxyType({})


def doubts_of(
    snapshot: Snapshot,
    drafts: Sequence[Draft],
    now: datetime | None,
    *,
    already: Snapshot | None = None,
    renamed: Renames = _NONE,
) -> list[Problem]:
    """Return the doubts about a configuration without errors, and too little rest.

    Only a rest rule that must hold, and is not broken already, makes it an error.

    Args:
        snapshot: What would be in force.
        drafts: What it is made of, for places.
        now: From when shifts are judged, UTC; without it they are not.
        already: What is in force; without it nothing is said of edits that are late.
        renamed: What only gets another name.
    """
    by_key = {draft.key: draft for draft in drafts}
    found = Checkup(snapshot=snapshot, drafts=by_key).warnings()
    if now is None:
        return found
    judged = rest_findings(snapshot, now)
    if already is None:
        return found + rest_problems(judged, snapshot, by_key)
    found += late_edits(snapshot, by_key, now, already=already)
    former = {new: old for (kind, old), new in renamed.items() if kind == "user"}
    before = Already(already, now, former=former)
    return found + rest_problems(judged, snapshot, by_key, is_old=before.holds)
