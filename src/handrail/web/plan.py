"""The plan of an action item, as a form holds it."""

from datetime import date

from handrail.core.errors import InvalidError
from handrail.core.postmortem.action_item import ActionCategory, ActionPlan
from handrail.web.act import Form, one_of, slug_in


def plan_of(form: Form) -> ActionPlan:
    """Return the plan that the form says.

    Raises:
        InvalidError: The category is none of the list, or the date is no date.
    """
    category = form.get("category")
    return ActionPlan(
        title=form.get("title", ""),
        category=one_of(ActionCategory, form, "category") if category else None,
        owner=slug_in(form, "owner"),
        due_on=_date_in(form, "due_on"),
        link=form.get("link", ""),
        mechanism=form.get("mechanism", ""),
        check=form.get("check", ""),
    )


def _date_in(form: Form, name: str) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is no date; write it like 2026-12-31"
        raise InvalidError(msg, fields={name: "write it like 2026-12-31"}) from error
