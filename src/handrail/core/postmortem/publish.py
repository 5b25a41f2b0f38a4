"""What publishing needs, and when the learning is finished. Source: domain.md §6."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.core.postmortem import event as e
from handrail.core.postmortem.action_item import ActionItem, ActionState
from handrail.core.postmortem.contributing_factor import QUESTION, unanswered_blame
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.section import GUIDES, Section

REQUIRED = (
    Section.SUMMARY,
    Section.IMPACT_USERS,
    Section.WENT_WELL,
    Section.WENT_POORLY,
)
"""What must be written by people; what the record tells does not stand for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that publishing waits for.

    Attributes:
        part: A section's word, ``factors``, a factor's id or an item's name.
        why: What is missing, as a sentence without a full stop.
    """

    part: str
    why: str


def missing(postmortem: Postmortem, items: Sequence[ActionItem]) -> tuple[Missing, ...]:
    """Return everything that publishing waits for; nothing means it may go out.

    A waived item needs neither owner nor date: nobody does it any more.
    """
    found = [
        Missing(part=section, why=f"{GUIDES[section].heading} is not written")
        for section in REQUIRED
        if not postmortem.text(section).strip()
    ]
    if not postmortem.factors:
        why = "no contributing factor is named; there is almost always more than one"
        found.append(Missing(part="factors", why=why))
    for factor in postmortem.factors:
        blamed = unanswered_blame(factor)
        if blamed is not None:
            why = f"factor {factor.id} says {blamed!r}; answer: {QUESTION}"
            found.append(Missing(part=factor.id, why=why))
    found += [lack for item in items for lack in lacks(item)]
    return tuple(found)


def lacks(item: ActionItem) -> list[Missing]:
    """Return what an item must still have before its postmortem is published."""
    if item.state is ActionState.WAIVED:
        return []
    plan = item.plan
    needed = {
        "an owner": plan.owner,
        "a due date": plan.due_on,
        "a category": plan.category,
    }
    lacking = [what for what, given in needed.items() if given is None]
    if not lacking:
        return []
    why = f"{item.name} ({plan.title}) has not yet {' and '.join(lacking)}"
    return [Missing(part=item.name, why=why)]


def publish(
    postmortem: Postmortem,
    incident: Incident,
    items: Sequence[ActionItem],
    *,
    by: Slug,
) -> tuple[e.PostmortemEvent, ...]:
    """Publish it, if everything that publishing needs is there.

    Raises:
        ConflictError: Nobody was asked to review it, or the incident is open again.
        InvalidError: Something is missing; the fields name all of it.
    """
    if postmortem.state is PostmortemState.PUBLISHED:
        return ()
    if incident.is_responding:
        msg = f"{incident.name} is open again; publish when it is resolved"
        raise ConflictError(msg)
    lacking = missing(postmortem, items)
    if lacking:
        fields: dict[str, str] = {}
        for lack in lacking:
            fields[lack.part] = lack.why
        msg = f"not yet: {len(lacking)} things are missing"
        raise InvalidError(msg, fields=fields)
    if postmortem.state is PostmortemState.DRAFT:
        msg = (
            f"{incident.name}'s postmortem is a draft; submit it for review, and let "
            "somebody else read it first"
        )
        raise ConflictError(msg)
    return (e.Published(record_until=incident.sequence, by=by),)


def learned_by(
    incident: Incident, postmortem: Postmortem, items: Sequence[ActionItem]
) -> str | None:
    """Return in words why the learning is finished, or none while it is not."""
    if incident.stage is not Stage.LEARN:
        return None
    if postmortem.state is not PostmortemState.PUBLISHED:
        return None
    if any(item.is_open for item in items):
        return None
    if not items:
        return "the postmortem is published; it asks for no action"
    return f"the postmortem is published, and all {len(items)} action items are closed"
