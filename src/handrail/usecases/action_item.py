"""What people do to action items; each verb is one transaction's work."""

from collections.abc import Callable

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import ActionItemId, Slug
from handrail.core.postmortem import action_item as rules
from handrail.core.postmortem.action_item import (
    ActionItem,
    ActionItemAdded,
    ActionItemEvent,
    ActionPlan,
    ActionState,
)
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.publish import lacks
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.postmortem_record import (
    add_item,
    find,
    find_item,
    finish_learning,
    record_item,
)


def add(desk: Desk, incident_name: str, plan: ActionPlan) -> ActionItem:
    """Add something that is to be changed because of the incident.

    Raises:
        ConflictError: There are too many already.
        InvalidError: The plan does not hold.
        NotFoundError: There is no such postmortem that the actor may see.
    """
    tx, actor = desk.tx, str(desk.actor)
    incident, postmortem = find(tx, incident_name, viewer=desk.viewer, lock=True)
    most = limits.ACTION_ITEMS_PER_POSTMORTEM_MAX
    if len(tx.action_item.for_incident(incident.id)) >= most:
        msg = f"{incident.name} has {most} action items; what one incident taught?"
        raise ConflictError(msg)
    plan = rules.cleaned(plan)
    _require_owner(tx, plan.owner)
    added = ActionItemAdded(
        number=tx.action_item.next_number(),
        postmortem_id=postmortem.id,
        incident_id=incident.id,
        incident_number=incident.number,
        plan=plan,
        by=desk.by,
    )
    item = rules.begin(ActionItemId(desk.ids.new_id()), added, at=tx.now)
    _require_whole(postmortem, item)
    add_item(tx, item, added, actor=actor, ids=desk.ids)
    return item


def change(desk: Desk, name: str, plan: ActionPlan, *, version: int) -> ActionItem:
    """Let the plan read otherwise.

    Raises:
        ConflictError: It is closed, or somebody else changed it since that version.
        InvalidError: The plan does not hold.
    """
    _require_owner(desk.tx, plan.owner)
    return _change(
        desk, name, lambda item: rules.change(item, plan, version=version, by=desk.by)
    )


def done(desk: Desk, name: str, *, result: str) -> ActionItem:
    """Say that it is done, and what its check gave."""
    return _close(desk, name, ActionState.DONE, words=result)


def waive(desk: Desk, name: str, *, reason: str) -> ActionItem:
    """Say that it is not done, and why."""
    return _close(desk, name, ActionState.WAIVED, words=reason)


def move(desk: Desk, name: str, *, link: str = "", reason: str = "") -> ActionItem:
    """Say that it lives on in the tracker."""
    return _close(desk, name, ActionState.MOVED, words=reason, link=link)


def reopen(desk: Desk, name: str, *, reason: str) -> ActionItem:
    """Say that it is to be done after all; a closed incident stays closed."""
    return _change(
        desk, name, lambda item: rules.reopen(item, reason=reason, by=desk.by)
    )


def _close(
    desk: Desk, name: str, state: ActionState, *, words: str, link: str = ""
) -> ActionItem:
    return _change(
        desk,
        name,
        lambda item: rules.close(item, state, words=words, link=link, by=desk.by),
    )


def _change(
    desk: Desk,
    name: str,
    decide: Callable[[ActionItem], tuple[ActionItemEvent, ...]],
) -> ActionItem:
    tx, actor = desk.tx, str(desk.actor)
    known = find_item(tx, name, viewer=desk.viewer)
    # Locked in the order incident, postmortem, action item.
    incident, postmortem = find(tx, known.incident_id, viewer=desk.viewer, lock=True)
    item = find_item(tx, known.name, viewer=desk.viewer, lock=True)
    events = decide(item)
    after = record_item(tx, item, events, actor=actor, ids=desk.ids)
    if events and after.is_open:
        _require_whole(postmortem, after)
    if events and not after.is_open:
        finish_learning(tx, incident, postmortem, actor=actor, ids=desk.ids)
    return after


def _require_whole(postmortem: Postmortem, item: ActionItem) -> None:
    """Return if the item may stand under the postmortem.

    Raises:
        InvalidError: The postmortem is published, and the item lacks something.
    """
    if postmortem.state is not PostmortemState.PUBLISHED:
        return
    lacking = lacks(item)
    if lacking:
        msg = "the postmortem is published, so its action items must be complete"
        raise InvalidError(msg, fields={"plan": lacking[0].why})


def _require_owner(tx: Transaction, owner: Slug | None) -> None:
    if owner is not None and owner not in tx.configuration.snapshot().users:
        msg = f"there is no user {owner!r}; an action item is somebody's by name"
        raise InvalidError(msg, fields={"owner": "no such user"})
