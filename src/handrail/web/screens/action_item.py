"""Action items: what is changed because of incidents, by whom, until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handrail.core import wall_clock
from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.postmortem.action_item import ActionCategory, ActionItem
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

CATEGORIES = {
    ActionCategory.DETECTION: "detection: notice it sooner",
    ActionCategory.MITIGATION: "mitigation: stop it sooner",
    ActionCategory.PREVENTION: "prevention: less likely at all",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemLine:
    """One action item at a glance.

    Attributes:
        due: A date as the owner's calendar has it, such as ``Fri 04 Dec 2026``, or "".
        is_overdue: By its owner's calendar.
    """

    name: str
    title: str
    incident: str
    category: str
    owner: str
    is_mine: bool
    due: str
    is_overdue: bool
    state: str
    is_open: bool
    outcome: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemListScreen:
    """Action items, the overdue ones first, then the soonest due.

    Attributes:
        whose: ``mine`` or ``all``.
        is_all: Closed ones as well.
        is_cut: There are more than are shown.
    """

    lines: tuple[ActionItemLine, ...]
    whose: str
    is_all: bool
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemScreen:
    """One action item whole.

    Attributes:
        plan: What stands in the fields of its plan: as it is, or as typed.
        version: Goes back with a change, so that nobody's words are lost.
        people: Whose it may be.
        categories: What it may do to the next one.
    """

    line: ActionItemLine
    mechanism: str
    check: str
    plan: Mapping[str, str]
    version: int
    changed_by: str
    changed: Moment
    closed: Moment | None
    people: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]
    can_act: bool
    refusal: Refusal | None


def action_item_lines(
    items: Sequence[ActionItem], *, reader: Reader
) -> tuple[ActionItemLine, ...]:
    """Return the items as lines, in their order."""
    return tuple(action_item_line(item, reader=reader) for item in items)


def action_item_line(item: ActionItem, *, reader: Reader) -> ActionItemLine:
    """Return one action item at a glance."""
    plan = item.plan
    owner = reader.snapshot.users.get(plan.owner or Slug(""))
    zone = wall_clock.zone(owner.time_zone if owner else "UTC")
    return ActionItemLine(
        name=item.name,
        title=plan.title,
        incident=f"INC-{item.incident_number}",
        category=plan.category or "",
        owner=person(plan.owner, reader.snapshot, otherwise=""),
        is_mine=plan.owner is not None and plan.owner == reader.actor.user,
        due=f"{plan.due_on:%a %d %b %Y}" if plan.due_on else "",
        is_overdue=item.is_overdue(wall_clock.local(reader.now, zone).date()),
        state=item.state,
        is_open=item.is_open,
        outcome=item.outcome,
        link=plan.link,
    )


def action_item_list_screen(
    items: Sequence[ActionItem],
    *,
    whose: str,
    is_all: bool,
    is_cut: bool,
    reader: Reader,
) -> ActionItemListScreen:
    """Return the list."""
    lines = action_item_lines(items, reader=reader)
    return ActionItemListScreen(
        lines=tuple(sorted(lines, key=lambda line: not line.is_overdue)),
        whose=whose,
        is_all=is_all,
        is_cut=is_cut,
    )


def action_item_screen(
    item: ActionItem, *, reader: Reader, refusal: Refusal | None = None
) -> ActionItemScreen:
    """Return one action item whole, with its forms."""
    is_typed = refusal is not None and refusal.act == "change"
    closed = item.closed_at
    zone, now = reader.zone, reader.now
    return ActionItemScreen(
        line=action_item_line(item, reader=reader),
        mechanism=item.plan.mechanism,
        check=item.plan.check,
        plan=refusal.kept if refusal and is_typed else plan_fields(item),
        version=item.sequence,
        changed_by=person(item.changed_by, reader.snapshot, otherwise=""),
        changed=moment(item.changed_at, zone=zone, now=now),
        closed=moment(closed, zone=zone, now=now) if closed else None,
        people=people_of(reader, item.plan.owner),
        categories=category_choices(),
        can_act=reader.actor.may(Verb.INCIDENT_ACT),
        refusal=refusal,
    )


def plan_fields(item: ActionItem) -> dict[str, str]:
    """Return the plan as the fields of a form hold it."""
    plan = item.plan
    return {
        "title": plan.title,
        "category": plan.category or "",
        "owner": plan.owner or "",
        "due_on": plan.due_on.isoformat() if plan.due_on else "",
        "link": plan.link,
        "mechanism": plan.mechanism,
        "check": plan.check,
    }


def people_of(reader: Reader, owner: Slug | None = None) -> tuple[tuple[str, str], ...]:
    """Return whose something may be, by name; its owner even where they left."""
    users = sorted(reader.snapshot.users.values(), key=lambda u: u.full_name)
    people = [(u.name, u.full_name) for u in users]
    if owner is not None and owner not in reader.snapshot.users:
        people.append((owner, owner))
    return tuple(people)


def category_choices() -> tuple[tuple[str, str], ...]:
    """Return what an item may do to the next one, as a form sends it and in words."""
    return tuple((str(category), words) for category, words in CATEGORIES.items())
