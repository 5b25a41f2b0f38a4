"""Edits of a schedule that are written too late: their ``effective_from`` has passed.

What was on call stays as it was, whatever a file says of it: such an edit holds from
the apply on.
"""

from collections.abc import Mapping
from datetime import datetime

from handrail.core.configuration.draft import Draft
from handrail.core.configuration.problem import Problem, ProblemSeverity
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.spelling import moment_in, quoted
from handrail.core.ids import Slug


def late_edits(
    snapshot: Snapshot,
    drafts: Mapping[tuple[str, Slug], Draft],
    now: datetime,
    *,
    already: Snapshot,
) -> list[Problem]:
    """Return a warning for each edit that would have to change the past.

    Args:
        snapshot: What would be in force.
        drafts: By kind and name.
        now: When it would be applied, UTC.
        already: What is in force; its edits are not late.
    """
    found = []
    for draft in drafts.values():
        if draft.kind != "schedule" or draft.name not in snapshot.schedules:
            continue
        zone = snapshot.schedules[draft.name].time_zone
        known = _known(already, draft)
        edits = draft.body.get("edits", ())
        assert isinstance(edits, list | tuple)
        for place, edit in enumerate(edits):
            assert isinstance(edit, dict)
            begins = str(edit["effective_from"])
            moment = moment_in(zone, begins)
            if moment < now and moment not in known:
                found.append(_problem(draft, place, begins))
    return found


def _known(already: Snapshot, draft: Draft) -> frozenset[datetime]:
    name = draft.name
    if name not in already.schedules and draft.renamed_from is not None:
        name = draft.renamed_from
    schedule = already.schedules.get(name)
    revisions = () if schedule is None else schedule.revisions
    return frozenset(
        one.effective_from for one in revisions if one.effective_from is not None
    )


def _problem(draft: Draft, place: int, begins: str) -> Problem:
    path = f"edits[{place}].effective_from"
    return Problem(
        place=draft.place(path),
        field=f"{draft.subject}.{path}",
        message=f"{quoted(begins)} has passed, and the past stays as it was: applied "
        "now, the edit holds from now on",
        remedy="write a time to come, or put what the edit says in place of the "
        "schedule's own layers",
        severity=ProblemSeverity.WARNING,
    )
