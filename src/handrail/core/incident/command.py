"""What people may do to the response as a whole: severity, stages, command, roles.

Each takes the incident and returns the events that follow; nothing where the thing is
so already. Source: domain.md §4.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Ending, Stage
from handrail.core.people.user import User
from handrail.core.severity.severity import Severity

OPERATOR = Slug("operator")
"""Who acts without an account; may command in an emergency."""


def require_person(user: Slug, users: Mapping[Slug, User], *, field: str) -> Slug:
    """Return the user's name.

    Raises:
        InvalidError: Nobody of that name is configured.
    """
    if user in users or user == OPERATOR:
        return user
    msg = f"there is no user {user!r}; handrail oncall and the configuration name them"
    raise InvalidError(msg, fields={field: "no such user"})


def require_text(text: str, *, field: str, most: int = limits.ENTRY_CHARS_MAX) -> str:
    """Return the text without white space around it.

    Raises:
        InvalidError: It is empty or too long.
    """
    text = text.strip()
    if not text:
        msg = f"{field.replace('_', ' ')} is empty; say it in a few words"
        raise InvalidError(msg, fields={field: "is empty"})
    if len(text) > most:
        msg = f"{field.replace('_', ' ')} has {len(text)} characters; {most} at most"
        raise InvalidError(msg, fields={field: f"longer than {most} characters"})
    return text


def optional_text(text: str, *, field: str, most: int = limits.ENTRY_CHARS_MAX) -> str:
    """Return the text without white space around it; it may be empty.

    Raises:
        InvalidError: It is too long.
    """
    return require_text(text, field=field, most=most) if text.strip() else ""


def require_responding(incident: Incident, what: str) -> None:
    """Return if the response still runs.

    Raises:
        ConflictError: It has ended; the message says how to go on.
    """
    if not incident.is_responding:
        how = incident.ending or Ending.RESOLVED
        msg = f"{incident.name} is {how}; reopen it to {what}"
        raise ConflictError(msg)


def amend(incident: Incident, facts: e.FactsAmended) -> tuple[e.IncidentEvent, ...]:
    """Put facts right; what they are already is no entry.

    Raises:
        InvalidError: The title is empty, or a text is too long.
    """
    title, summary = facts.title, facts.summary
    if title is not None:
        title = require_text(title, field="title", most=limits.TITLE_CHARS_MAX)
    if summary is not None:
        summary = optional_text(summary, field="summary")
    told = replace(facts, title=title, summary=summary)
    news = {
        one.name: value
        for one in fields(told)
        if (value := getattr(told, one.name)) is not None
        and value != getattr(incident, one.name)
    }
    return (e.FactsAmended(**news),) if news else ()


def change_severity(
    incident: Incident, severity: Severity, *, reason: str
) -> tuple[e.IncidentEvent, ...]:
    """Say how bad it is: raising is free, lowering asks for a reason.

    Raises:
        ConflictError: The response has ended.
        InvalidError: It is lowered without a reason.
    """
    if severity is incident.severity:
        return ()
    require_responding(incident, "change its severity")
    previous = incident.severity
    is_lowered = previous is not None and severity.rank > previous.rank
    if is_lowered and not reason.strip():
        msg = f"say why it is no longer {previous}: nobody is blamed for lowering it"
        raise InvalidError(msg, fields={"reason": "lowering asks for a reason"})
    why = optional_text(reason, field="reason")
    return (e.SeverityChanged(severity=severity, previous=previous, reason=why),)


def confirm(incident: Incident, *, reason: str) -> tuple[e.IncidentEvent, ...]:
    """End the triage: scope, severity and service are confirmed.

    Raises:
        ConflictError: The response has ended, or the severity is to be assessed.
    """
    require_responding(incident, "go on with it")
    if incident.stage is not Stage.TRIAGE:
        return ()
    if incident.severity is None:
        msg = f"{incident.name} has no severity yet; say how bad it is, then go on"
        raise ConflictError(msg)
    why = optional_text(reason, field="reason") or "triage is confirmed"
    return (_moved(incident, Stage.MITIGATE, why),)


def to_mitigating(incident: Incident, *, reason: str) -> tuple[e.IncidentEvent, ...]:
    """Return what ends the triage when a first mitigation starts."""
    if incident.stage is not Stage.TRIAGE:
        return ()
    return (_moved(incident, Stage.MITIGATE, reason),)


def mitigated(
    incident: Incident, *, reason: str, at: datetime | None = None
) -> tuple[e.IncidentEvent, ...]:
    """Say that the impact has stopped: a mitigation worked, or it recovered.

    Args:
        incident: Which.
        reason: How it stopped.
        at: When, where that was before now.

    Raises:
        ConflictError: The response has ended.
        InvalidError: Nothing says how, or it stopped before it last came back.
    """
    require_responding(incident, "go on with it")
    if incident.stage is Stage.RESOLVE:
        return ()
    why = require_text(reason, field="reason")
    returns = (incident.recurred_at, incident.reopened_at)
    came_back_at = max((r for r in returns if r is not None), default=None)
    if at is not None and came_back_at is not None and at < came_back_at:
        msg = f"the impact of {incident.name} came back after that; say when it stopped"
        raise InvalidError(msg, fields={"at": "before the impact last came back"})
    first = to_mitigating(incident, reason="the impact stopped during triage")
    past = Stage.MITIGATE
    return (*first, e.StageMoved(stage=Stage.RESOLVE, previous=past, reason=why))


def recurred(incident: Incident, *, reason: str) -> tuple[e.IncidentEvent, ...]:
    """Say that the impact is back before the incident was resolved.

    Raises:
        ConflictError: It was not mitigated.
    """
    if incident.stage is not Stage.RESOLVE:
        msg = f"{incident.name} is not mitigated, so its impact cannot have come back"
        raise ConflictError(msg)
    why = require_text(reason, field="reason")
    return (_moved(incident, Stage.MITIGATE, why),)


def resolve(
    incident: Incident,
    *,
    by: Slug,
    reason: str,
    despite_obligations: bool,
    next_stage: Stage,
) -> tuple[e.IncidentEvent, ...]:
    """Confirm full recovery.

    Args:
        incident: Which.
        by: Who confirms; the commander, or the operator.
        reason: What was seen, in words.
        despite_obligations: Resolve although promises are open.
        next_stage: ``learn`` where a postmortem is due or wanted, else ``closed``.

    Raises:
        ConflictError: Something must come first; the message says what.
    """
    if incident.ending is Ending.RESOLVED:
        return ()
    require_responding(incident, "resolve it")
    if incident.stage is not Stage.RESOLVE:
        msg = f"{incident.name} is not mitigated; say that the impact stopped first"
        raise ConflictError(msg)
    if by not in (incident.commander, OPERATOR):
        msg = (
            f"{incident.commander} commands {incident.name} and confirms its recovery; "
            "ask, or take command first"
        )
        raise ConflictError(msg)
    if incident.public_told_at is not None and incident.all_clear_at is None:
        msg = (
            f"the public was told of {incident.name}; publish the all-clear (a notice "
            "of stage resolved) first"
        )
        raise ConflictError(msg)
    owed = [o for o in incident.obligations if o.is_open]
    if owed and not despite_obligations:
        names = ", ".join(o.kind.replace("_", " ") for o in owed)
        msg = f"still owed: {names}. Meet them, or resolve despite them"
        raise ConflictError(msg)
    why = optional_text(reason, field="reason") or "full recovery is confirmed"
    return (e.IncidentResolved(next_stage=next_stage, reason=why),)


def decline(incident: Incident, *, reason: str) -> tuple[e.IncidentEvent, ...]:
    """Say that it was no incident.

    Raises:
        ConflictError: The response has ended, or the public still waits for word.
        InvalidError: No reason is given.
    """
    require_responding(incident, "decline it")
    _require_all_clear(incident, "decline")
    return (e.IncidentDeclined(reason=require_text(reason, field="reason")),)


def merge(
    incident: Incident, into: Incident, *, reason: str
) -> tuple[tuple[e.IncidentEvent, ...], tuple[e.IncidentEvent, ...]]:
    """Let another incident go on for both.

    Returns:
        What happens to the incident, and what to the other.

    Raises:
        ConflictError: One of them has ended, they are the same, or the public still
            waits for word on this one.
    """
    require_responding(incident, "merge it")
    require_responding(into, "merge into it")
    if incident.id == into.id:
        msg = f"{incident.name} cannot be merged into itself"
        raise ConflictError(msg)
    _require_all_clear(incident, "merge")
    why = optional_text(reason, field="reason") or "the same incident"
    gone = e.IncidentMerged(into=into.id, into_number=into.number, reason=why)
    kept = e.IncidentAbsorbed(
        other=incident.id, other_number=incident.number, reason=why
    )
    return (gone,), (kept,)


def _require_all_clear(incident: Incident, verb: str) -> None:
    if incident.public_told_at is not None and incident.all_clear_at is None:
        msg = f"the public was told of {incident.name}; give the all-clear, then {verb}"
        raise ConflictError(msg)


def reopen(
    incident: Incident, *, by: Slug, reason: str, now: datetime
) -> tuple[e.IncidentEvent, ...]:
    """Go on: it came back. Who reopens commands.

    Raises:
        ConflictError: It still runs, was merged, or is closed for too long.
        InvalidError: No reason is given.
    """
    if incident.is_responding:
        msg = f"{incident.name} is not over; there is nothing to reopen"
        raise ConflictError(msg)
    if incident.ending is Ending.MERGED:
        msg = f"{incident.name} was merged; what it was about goes on there"
        raise ConflictError(msg)
    ended_at = incident.closed_at or incident.resolved_at
    if ended_at is not None and now - ended_at > limits.INCIDENT_REOPEN_WINDOW:
        days = limits.INCIDENT_REOPEN_WINDOW.days
        msg = f"{incident.name} is closed for over {days} days; declare a new one"
        raise ConflictError(msg)
    return (e.IncidentReopened(by=by, reason=require_text(reason, field="reason")),)


def hand_over(
    incident: Incident, to: Slug, *, reason: str
) -> tuple[e.IncidentEvent, ...]:
    """Give command to somebody: one event, no moment without a commander.

    Raises:
        ConflictError: The response has ended.
    """
    require_responding(incident, "hand its command over")
    if to == incident.commander:
        return ()
    why = optional_text(reason, field="reason") or "handed over"
    return (e.CommandHandedOver(to=to, previous=incident.commander, reason=why),)


def offer_command(
    incident: Incident, to: Slug, *, why: str
) -> tuple[e.IncidentEvent, ...]:
    """Offer command to who answered the commanders' page."""
    if not incident.is_responding or to in (incident.commander, *incident.offered_to):
        return ()
    return (e.CommandOffered(to=to, why=why),)


def take_role(
    incident: Incident, role: IncidentRole, user: Slug
) -> tuple[e.IncidentEvent, ...]:
    """Give somebody a role; command is handed over instead.

    Raises:
        ConflictError: The response has ended.
    """
    if role is IncidentRole.COMMANDER:
        return hand_over(incident, user, reason="took command")
    require_responding(incident, "name people for it")
    if user in incident.holders(role):
        return ()
    return (e.RoleTaken(role=role, user=user),)


def leave_role(
    incident: Incident, role: IncidentRole, user: Slug
) -> tuple[e.IncidentEvent, ...]:
    """Give a role back.

    Raises:
        ConflictError: It is command, which is only ever handed over.
    """
    if role is IncidentRole.COMMANDER:
        msg = "command is never vacant; hand it over to somebody"
        raise ConflictError(msg)
    if user not in incident.holders(role):
        return ()
    return (e.RoleLeft(role=role, user=user),)


def _moved(incident: Incident, stage: Stage, reason: str) -> e.StageMoved:
    return e.StageMoved(stage=stage, previous=incident.stage, reason=reason)
