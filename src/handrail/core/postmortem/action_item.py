"""An action item: what is changed because of an incident, by whom, until when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, unique
from functools import singledispatch

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import ActionItemId, IncidentId, PostmortemId, Slug


@unique
class ActionCategory(StrEnum):
    """What it does to the next one: notice it sooner, stop it sooner, or avoid it."""

    DETECTION = "detection"
    MITIGATION = "mitigation"
    PREVENTION = "prevention"


@unique
class ActionState(StrEnum):
    """Whether it is still to be done. ``moved``: it lives on in the tracker."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """What is to be done; only the title is needed to begin with.

    Attributes:
        due_on: A date as the owner's calendar has it.
        link: To the tracker, or "".
        mechanism: Which mechanism of the system it changes, or "".
        check: What would show that it works, or "".
    """

    title: str
    category: ActionCategory | None = None
    owner: Slug | None = None
    due_on: date | None = None
    link: str = ""
    mechanism: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemAdded:
    """Something is to be changed."""

    number: int
    postmortem_id: PostmortemId
    incident_id: IncidentId
    incident_number: int
    plan: ActionPlan
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemChanged:
    """The plan reads otherwise."""

    plan: ActionPlan
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemClosed:
    """It is done, waived or moved.

    Attributes:
        words: The check's result, the reason, or where it moved.
    """

    state: ActionState
    words: str
    by: Slug
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemReopened:
    """It is to be done after all."""

    reason: str
    by: Slug


ActionItemEvent = (
    ActionItemAdded | ActionItemChanged | ActionItemClosed | ActionItemReopened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """One action item.

    Attributes:
        number: The n of ``ACT-n``.
        outcome: The check's result, or why it was waived or moved; "" while open.
        changed_by: Who did the last thing to it.
        sequence: Number of the last event in its stream; the version people see.
    """

    id: ActionItemId
    number: int
    postmortem_id: PostmortemId
    incident_id: IncidentId
    incident_number: int
    plan: ActionPlan
    created_at: datetime
    changed_by: Slug
    changed_at: datetime
    state: ActionState = ActionState.OPEN
    outcome: str = ""
    closed_at: datetime | None = None
    sequence: int = 0

    @property
    def name(self) -> str:
        """Return what people call it, such as ``ACT-7``."""
        return f"ACT-{self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be done."""
        return self.state is ActionState.OPEN

    def is_overdue(self, today: date) -> bool:
        """Return whether its day has passed; ``today`` as its owner's calendar has it.

        On the day itself it is not.
        """
        due_on = self.plan.due_on
        return self.is_open and due_on is not None and due_on < today


def begin(item_id: ActionItemId, event: ActionItemAdded, *, at: datetime) -> ActionItem:
    """Return the item as its first event leaves it."""
    return ActionItem(
        id=item_id,
        number=event.number,
        postmortem_id=event.postmortem_id,
        incident_id=event.incident_id,
        incident_number=event.incident_number,
        plan=event.plan,
        created_at=at,
        changed_by=event.by,
        changed_at=at,
        sequence=1,
    )


def evolve(item: ActionItem, event: ActionItemEvent, *, at: datetime) -> ActionItem:
    """Return the item after one more event that happened at ``at``."""
    after = _apply(event, item, at)
    return replace(
        after, changed_by=event.by, changed_at=at, sequence=item.sequence + 1
    )


def rebuild(
    item_id: ActionItemId, events: Iterable[tuple[ActionItemEvent, datetime]]
) -> ActionItem:
    """Return the item that this whole stream of events and times amounts to."""
    stream = iter(events)
    first, at = next(stream)
    assert isinstance(first, ActionItemAdded), "a stream begins with the addition"
    item = begin(item_id, first, at=at)
    for event, happened_at in stream:
        item = evolve(item, event, at=happened_at)
    return item


@singledispatch
def _apply(event: object, item: ActionItem, at: datetime) -> ActionItem:
    del item, at
    msg = f"an action item cannot go through {type(event).__name__}"
    raise AssertionError(msg)


@_apply.register
def _(event: ActionItemChanged, item: ActionItem, at: datetime) -> ActionItem:
    del at
    return replace(item, plan=event.plan)


@_apply.register
def _(event: ActionItemClosed, item: ActionItem, at: datetime) -> ActionItem:
    link = event.link or item.plan.link
    return replace(
        item,
        state=event.state,
        outcome=event.words,
        closed_at=at,
        plan=replace(item.plan, link=link),
    )


@_apply.register
def _(event: ActionItemReopened, item: ActionItem, at: datetime) -> ActionItem:
    del event, at
    return replace(item, state=ActionState.OPEN, outcome="", closed_at=None)


def cleaned(plan: ActionPlan) -> ActionPlan:
    """Return the plan without white space around its texts.

    Raises:
        InvalidError: The title is empty, a text is too long, or the link is none.
    """
    texts = {
        "title": plan.title.strip(),
        "mechanism": plan.mechanism.strip(),
        "check": plan.check.strip(),
    }
    if not texts["title"]:
        msg = "the action item has no title; say what is to be changed"
        raise InvalidError(msg, fields={"title": "is empty"})
    for field, text in texts.items():
        most = limits.TITLE_CHARS_MAX
        if len(text) > most:
            msg = f"{field} has {len(text)} characters; {most} at most"
            raise InvalidError(msg, fields={field: f"longer than {most} characters"})
    return replace(
        plan,
        title=texts["title"],
        mechanism=texts["mechanism"],
        check=texts["check"],
        link=cleaned_link(plan.link),
    )


def cleaned_link(link: str) -> str:
    """Return the link without white space around it, or "".

    Raises:
        InvalidError: It is no http or https link, or too long.
    """
    link = link.strip()
    if not link:
        return ""
    is_link = link.startswith(("https://", "http://")) and not any(
        ord(character) <= ord(" ") for character in link
    )
    if not is_link or len(link) > limits.LINK_CHARS_MAX:
        msg = "the link must begin with https:// or http://, without white space"
        raise InvalidError(msg, fields={"link": "is no link"})
    return link


def change(
    item: ActionItem, plan: ActionPlan, *, version: int, by: Slug
) -> tuple[ActionItemEvent, ...]:
    """Let the plan read otherwise.

    Raises:
        ConflictError: It is closed, or somebody else changed it since that version.
        InvalidError: The plan does not hold, or the version is to come.
    """
    plan = cleaned(plan)
    if plan == item.plan:
        return ()
    require_open(item, "change it")
    if not 0 < version <= item.sequence:
        msg = f"there is no version {version}; {item.name} is at {item.sequence}"
        raise InvalidError(msg, fields={"version": "does not exist"})
    if version < item.sequence:
        msg = (
            f"{item.changed_by} changed {item.name} after the version {version} that "
            f"you read; it is at {item.sequence} now. Look at it again"
        )
        raise ConflictError(msg)
    return (ActionItemChanged(plan=plan, by=by),)


def close(
    item: ActionItem, state: ActionState, *, words: str, link: str = "", by: Slug
) -> tuple[ActionItemEvent, ...]:
    """Say that it is done, waived or moved, and what shows or explains it.

    Done needs what its check gave, waived a reason, moved a link to the tracker.

    Raises:
        ConflictError: It is closed already, otherwise.
        InvalidError: What it needs is missing.
    """
    assert state is not ActionState.OPEN, "an item is opened again by reopen"
    if item.state is state:
        return ()
    require_open(item, f"mark it {state}")
    words = words.strip()
    link = cleaned_link(link)
    if len(words) > limits.ENTRY_CHARS_MAX:
        msg = f"that has {len(words)} characters; {limits.ENTRY_CHARS_MAX} at most"
        raise InvalidError(msg, fields={"words": "too long"})
    if state is ActionState.MOVED and not (link or item.plan.link):
        msg = f"say where {item.name} lives on: a link to the tracker"
        raise InvalidError(msg, fields={"link": "is missing"})
    if state is ActionState.DONE and not words:
        asked = f": {item.plan.check}" if item.plan.check else ""
        msg = f"say what the check of {item.name} gave{asked}"
        raise InvalidError(msg, fields={"result": "is missing"})
    if state is ActionState.WAIVED and not words:
        msg = f"say why {item.name} is not done; nobody is blamed for a reason"
        raise InvalidError(msg, fields={"reason": "is missing"})
    return (ActionItemClosed(state=state, words=words, link=link, by=by),)


def reopen(item: ActionItem, *, reason: str, by: Slug) -> tuple[ActionItemEvent, ...]:
    """Say that it is to be done after all.

    Raises:
        InvalidError: No reason is given.
    """
    if item.is_open:
        return ()
    if not reason.strip():
        msg = f"say why {item.name} is to be done after all"
        raise InvalidError(msg, fields={"reason": "is missing"})
    return (ActionItemReopened(reason=reason.strip(), by=by),)


def require_open(item: ActionItem, what: str) -> None:
    """Return if it is still to be done.

    Raises:
        ConflictError: It is not; the message says how to go on.
    """
    if not item.is_open:
        msg = f"{item.name} is {item.state}; reopen it to {what}"
        raise ConflictError(msg)
