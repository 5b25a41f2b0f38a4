"""What people press in the room: every act works by a plain form.

One route for all; the act stands in the address under the same verb as in the API and
the command line. A press that is refused shows the room again, with what was typed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.core import limits, wall_clock
from handrail.core.access.permission import Verb
from handrail.core.errors import ConflictError, DomainError, InvalidError, NotFoundError
from handrail.core.ids import MitigationId, Slug, TaskId
from handrail.core.incident.event import Audience, FactsAmended
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.instants import parse_rfc3339
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import incident as verbs
from handrail.usecases.desk import Desk
from handrail.usecases.evidence import EvidenceFile
from handrail.usecases.evidence import attach as keep_evidence
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.incidents import PLACE, refused, room
from handrail.web.rendering import to
from handrail.web.screens.ack import zone_of

T = TypeVar("T")
Form = Mapping[str, str]
Act = Callable[[Desk, str, Form], Incident]
ACTS: dict[str, Act] = {}
"""Every act by its verb."""
UNPROCESSABLE, CONFLICT = 422, 409


def act(verb: str) -> Callable[[Act], Act]:
    """Enter a function as what a verb does."""

    def enter(function: Act) -> Act:
        ACTS[verb] = function
        return function

    return enter


def one_of(kind: Callable[[str], T], form: Form, name: str) -> T:
    """Return the form's choice.

    Raises:
        InvalidError: It is none of those offered.
    """
    try:
        return kind(form.get(name, ""))
    except ValueError as error:
        msg = f"choose a {name.replace('_', ' ')} from the list"
        raise InvalidError(msg, fields={name: "not one of the list"}) from error


def whole(form: Form, name: str) -> int:
    """Return the form's whole number.

    Raises:
        InvalidError: It is none.
    """
    return one_of(int, form, name)


def moment_of(desk: Desk, form: Form, name: str) -> datetime | None:
    """Return the instant typed as ``14:05`` or a date and time in the reader's zone.

    A time of day alone is the last such time that has passed.

    Raises:
        InvalidError: It cannot be read.
    """
    text = form.get(name, "").strip()
    if not text:
        return None
    zone = wall_clock.zone(zone_of(desk.actor.user, desk.tx.configuration.snapshot()))
    now = desk.tx.now.astimezone(zone)
    try:
        if len(text) <= len("23:59"):
            of_day = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - made aware below
            local = datetime.combine(now.date(), of_day)
            at = wall_clock.instant_of(local, zone)
            if at > desk.tx.now:
                yesterday = local - timedelta(days=1)
                at = wall_clock.instant_of(yesterday, zone)
            return at
        if text[-1] in "Zz" or "+" in text:
            return parse_rfc3339(text)
        return wall_clock.instant_of(datetime.fromisoformat(text), zone)
    except ValueError as error:
        msg = f"{text!r} is no time; write it like 14:05"
        raise InvalidError(msg, fields={name: "write it like 14:05"}) from error


def promise_of(desk: Desk, form: Form) -> datetime | None:
    """Return when the next word is promised: in so many minutes, or none."""
    text = form.get("next_minutes", "").strip()
    if not text:
        return None
    minutes = whole(form, "next_minutes")
    if not 0 < minutes <= 7 * 24 * 60:
        msg = "promise the next update in 1 minute to 7 days"
        raise InvalidError(msg, fields={"next_minutes": "1 to 10080"})
    return desk.tx.now + timedelta(minutes=minutes)


@act("note")
def _note(desk: Desk, name: str, form: Form) -> Incident:
    at = moment_of(desk, form, "at")
    return verbs.note(desk, name, form.get("text", ""), at=at)


@act("correct")
def _correct(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.correct(desk, name, whole(form, "entry"), form.get("text", ""))


@act("pin")
def _pin(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.pin(desk, name, whole(form, "entry"), on=form.get("on") != "no")


@act("severity")
def _severity(desk: Desk, name: str, form: Form) -> Incident:
    severity = one_of(Severity, form, "severity")
    return verbs.change_severity(desk, name, severity, reason=form.get("reason", ""))


@act("confirm")
def _confirm(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.confirm(desk, name, reason=form.get("reason", ""))


@act("mitigated")
def _mitigated(desk: Desk, name: str, form: Form) -> Incident:
    at = moment_of(desk, form, "at")
    return verbs.mitigated(desk, name, reason=form.get("reason", ""), at=at)


@act("recurred")
def _recurred(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.recurred(desk, name, reason=form.get("reason", ""))


@act("resolve")
def _resolve(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.resolve(
        desk,
        name,
        reason=form.get("reason", ""),
        despite_obligations=form.get("despite_obligations") == "yes",
        wants_postmortem=form.get("wants_postmortem") == "yes",
    )


@act("decline")
def _decline(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.decline(desk, name, reason=form.get("reason", ""))


@act("merge")
def _merge(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.merge(desk, name, form.get("into", ""), reason=form.get("reason", ""))


@act("reopen")
def _reopen(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.reopen(desk, name, reason=form.get("reason", ""))


@act("hand-over")
def _hand_over(desk: Desk, name: str, form: Form) -> Incident:
    to_whom = Slug(form.get("to") or desk.by)
    return verbs.hand_over(desk, name, to_whom, reason=form.get("reason", ""))


@act("take-role")
def _take_role(desk: Desk, name: str, form: Form) -> Incident:
    role = one_of(IncidentRole, form, "role")
    return verbs.take_role(desk, name, role, Slug(form.get("user") or desk.by))


@act("leave-role")
def _leave_role(desk: Desk, name: str, form: Form) -> Incident:
    role = one_of(IncidentRole, form, "role")
    return verbs.leave_role(desk, name, role, Slug(form.get("user") or desk.by))


@act("update")
def _update(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.post_update(
        desk,
        name,
        text=form.get("text", ""),
        audience=one_of(Audience, form, "audience"),
        next_update_at=promise_of(desk, form),
    )


@act("mitigation-tried")
def _mitigation_tried(desk: Desk, name: str, form: Form) -> Incident:
    by = form.get("by", "")
    return verbs.try_mitigation(
        desk,
        name,
        title=form.get("title", ""),
        kind=one_of(MitigationKind, form, "kind"),
        by=Slug(by) if by else None,
        at=moment_of(desk, form, "at"),
    )


@act("mitigation-judged")
def _mitigation_judged(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.judge_mitigation(
        desk,
        name,
        MitigationId(form.get("mitigation", "")),
        outcome=one_of(MitigationOutcome, form, "outcome"),
        remark=form.get("remark", ""),
    )


@act("task-add")
def _task_add(desk: Desk, name: str, form: Form) -> Incident:
    whose = form.get("assignee", "")
    return verbs.add_task(
        desk,
        name,
        title=form.get("title", ""),
        assignee=Slug(whose) if whose else None,
    )


@act("task-assign")
def _task_assign(desk: Desk, name: str, form: Form) -> Incident:
    whose = Slug(form.get("assignee") or desk.by)
    return verbs.assign_task(desk, name, TaskId(form.get("task", "")), whose)


@act("task-done")
def _task_done(desk: Desk, name: str, form: Form) -> Incident:
    task, done = TaskId(form.get("task", "")), form.get("done") != "no"
    return verbs.finish_task(desk, name, task, done=done)


@act("amend")
def _amend(desk: Desk, name: str, form: Form) -> Incident:
    facts = FactsAmended(
        title=form.get("title", "").strip() or None,
        summary=form.get("summary", "").strip() or None,
        service=Slug(form["service"]) if form.get("service") else None,
        impact_started_at=moment_of(desk, form, "impact_started_at"),
    )
    return verbs.amend(desk, name, facts)


@post(
    "/incidents/{name:str}/{verb:str}",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def press(
    name: FromPath[str],
    verb: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Do what a button in the room says, and show the room."""
    done = ACTS.get(verb)
    if done is None:
        msg = f"There is no act {verb!r}. Go back and press one of the buttons."
        raise NotFoundError(msg)
    form = await fields(request)

    def work(tx: Transaction) -> str:
        return done(Desk(tx=tx, actor=actor, ids=console.ids), name, form).name

    try:
        found = await sync_to_thread(console.store.run, work)
    except (InvalidError, ConflictError) as error:
        return await _refused(console, actor, name, error, verb=verb, form=form)
    return to(f"{PLACE}/{found}?news={verb}")


async def _refused(
    console: GivenConsole,
    actor: GivenActor,
    name: str,
    error: DomainError,
    *,
    verb: str,
    form: Form,
) -> Response[str]:
    status = UNPROCESSABLE if isinstance(error, InvalidError) else CONFLICT
    shown = await sync_to_thread(
        console.store.read,
        lambda tx: room(tx, actor, name, refusal=refused(verb, error, form)),
    )
    return shown.response("incident.html", status=status)


@post(
    "/incidents/{name:str}/evidence",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
    request_max_body_size=limits.EVIDENCE_BYTES_MAX + 64 * 1024,
)
async def attach(
    name: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Keep a file as evidence."""
    form = await request.form()
    sent, note = form.get("file"), form.get("note")
    if not isinstance(sent, UploadFile):
        msg = "choose a file to attach"
        missing = InvalidError(msg, fields={"file": "none was chosen"})
        return await _refused(console, actor, name, missing, verb="evidence", form={})
    file = EvidenceFile(
        name=sent.filename,
        media_type=sent.content_type,
        content=await sent.read(),
        note=note if isinstance(note, str) else "",
    )

    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        return keep_evidence(desk, name, file).name

    try:
        found = await sync_to_thread(console.store.run, work)
    except InvalidError as error:
        return await _refused(console, actor, name, error, verb="evidence", form={})
    return to(f"{PLACE}/{found}?news=evidence")


HANDLERS: tuple[HTTPRouteHandler, ...] = (press, attach)
