"""The acts that move the response: severity, stages, command and roles."""

from handrail.core.ids import Slug
from handrail.core.incident.event import FactsAmended
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection
from handrail.core.severity.severity import Severity
from handrail.usecases import incident as verbs
from handrail.usecases.desk import Desk
from handrail.web.act import Act, Form, moment_of, one_of, slug_in


def _severity(desk: Desk, name: str, form: Form) -> Incident:
    severity = one_of(Severity, form, "severity")
    return verbs.change_severity(desk, name, severity, reason=form.get("reason", ""))


def _confirm(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.confirm(desk, name, reason=form.get("reason", ""))


def _mitigated(desk: Desk, name: str, form: Form) -> Incident:
    at = moment_of(desk, form, "at")
    return verbs.mitigated(desk, name, reason=form.get("reason", ""), at=at)


def _recurred(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.recurred(desk, name, reason=form.get("reason", ""))


def _resolve(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.resolve(
        desk,
        name,
        reason=form.get("reason", ""),
        despite_obligations=form.get("despite_obligations") == "yes",
        wants_postmortem=form.get("wants_postmortem") == "yes",
    )


def _decline(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.decline(desk, name, reason=form.get("reason", ""))


def _merge(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.merge(desk, name, form.get("into", ""), reason=form.get("reason", ""))


def _reopen(desk: Desk, name: str, form: Form) -> Incident:
    return verbs.reopen(desk, name, reason=form.get("reason", ""))


def _hand_over(desk: Desk, name: str, form: Form) -> Incident:
    to_whom = Slug(form.get("to") or desk.by)
    return verbs.hand_over(desk, name, to_whom, reason=form.get("reason", ""))


def _take_role(desk: Desk, name: str, form: Form) -> Incident:
    role = one_of(IncidentRole, form, "role")
    return verbs.take_role(desk, name, role, Slug(form.get("user") or desk.by))


def _leave_role(desk: Desk, name: str, form: Form) -> Incident:
    role = one_of(IncidentRole, form, "role")
    return verbs.leave_role(desk, name, role, Slug(form.get("user") or desk.by))


def _put_right(form: Form, name: str) -> str | None:
    """Return what the field says now; none where it says what the page had shown.

    So that nobody takes back what somebody else put right meanwhile.
    """
    said = form.get(name, "").strip()
    return said if said and said != form.get(f"was_{name}", "").strip() else None


def _amend(desk: Desk, name: str, form: Form) -> Incident:
    noticed = form.get("detected_by")
    facts = FactsAmended(
        title=_put_right(form, "title"),
        summary=_put_right(form, "summary"),
        service=slug_in(form, "service") if _put_right(form, "service") else None,
        detected_by=one_of(Detection, form, "detected_by") if noticed else None,
        detected_at=moment_of(desk, form, "detected_at"),
        impact_started_at=moment_of(desk, form, "impact_started_at"),
    )
    return verbs.amend(desk, name, facts)


ACTS: dict[str, Act] = {
    "severity": _severity,
    "confirm": _confirm,
    "mitigated": _mitigated,
    "recurred": _recurred,
    "resolve": _resolve,
    "decline": _decline,
    "merge": _merge,
    "reopen": _reopen,
    "hand-over": _hand_over,
    "take-role": _take_role,
    "leave-role": _leave_role,
    "amend": _amend,
}
