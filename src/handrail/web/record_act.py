"""The acts that write into the record: notes, updates, tasks, what was tried."""

from handrail.core.ids import MitigationId, Slug, TaskId
from handrail.core.incident.event import Audience
from handrail.core.incident.incident import Incident
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.usecases import incident as verbs
from handrail.usecases.desk import Desk
from handrail.web.act import Act, Form, moment_of, one_of, promise_of, slug_in, whole


def _note(desk: Desk, name: str, form: Form) -> Incident:
    at = moment_of(desk, form, "at")
    return verbs.note(desk, name, form.get("text", ""), at=at)


def _correct(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.correct(desk, name, whole(form, "entry"), form.get("text", ""))


def _pin(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.pin(desk, name, whole(form, "entry"), on=form.get("on") != "no")


def _update(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.post_update(
        desk,
        name,
        text=form.get("text", ""),
        audience=one_of(Audience, form, "audience"),
        next_update_at=promise_of(desk, form),
    )


def _mitigation_tried(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.try_mitigation(
        desk,
        name,
        title=form.get("title", ""),
        kind=one_of(MitigationKind, form, "kind"),
        by=slug_in(form, "by"),
        at=moment_of(desk, form, "at"),
    )


def _mitigation_judged(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.judge_mitigation(
        desk,
        name,
        MitigationId(form.get("mitigation", "")),
        outcome=one_of(MitigationOutcome, form, "outcome"),
        remark=form.get("remark", ""),
    )


def _task_add(desk: Desk, name: str, form: Form) -> Incident:
    title, whose = form.get("title", ""), slug_in(form, "assignee")
    return verbs.add_task(desk, name, title=title, assignee=whose)


def _task_assign(desk: Desk, name: str, form: Form) -> Incident:
    whose = Slug(form.get("assignee") or desk.by)
    return verbs.assign_task(desk, name, TaskId(form.get("task", "")), whose)


def _task_done(desk: Desk, name: str, form: Form) -> Incident:
    task, done = TaskId(form.get("task", "")), form.get("done") != "no"
    return verbs.finish_task(desk, name, task, done=done)


ACTS: dict[str, Act] = {
    "note": _note,
    "correct": _correct,
    "pin": _pin,
    "update": _update,
    "mitigation-tried": _mitigation_tried,
    "mitigation-judged": _mitigation_judged,
    "task-add": _task_add,
    "task-assign": _task_assign,
    "task-done": _task_done,
}
