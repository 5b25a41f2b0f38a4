"""What people do to an incident: its facts, severity, stages, command and roles."""

from typing import Annotated

import msgspec
from litestar import patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.incident import Moment, Name, Text, Title, acted, in_utc
from handrail.api.incident_view import IncidentDetail
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import ConflictError
from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection
from handrail.core.severity.severity import Severity
from handrail.usecases import incident as use
from handrail.usecases.desk import Desk
from handrail.usecases.incident_record import find


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts to put right; what is left out or none stays as it is."""

    title: Title | None = None
    summary: Text | None = None
    service: Name | None = None
    detected_by: Detection | None = None
    detected_at: Moment | None = None
    impact_started_at: Moment | None = None


class NewSeverity(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """How bad it is; only lowering asks for a reason."""

    severity: Severity
    reason: Text = ""


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: Text = ""


class Mitigated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the impact stopped, and when: by default now."""

    reason: Text
    at: Moment | None = None


class Resolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen of the recovery.

    Attributes:
        despite_obligations: Resolve although promises are open.
        wants_postmortem: Learn from it although its severity does not ask for it.
    """

    reason: Text = ""
    despite_obligations: bool = False
    wants_postmortem: bool = False


class Merge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which incident goes on for both, by ``INC-n``, number or id."""

    into: Name
    reason: Text = ""


class Handover(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who commands from now on; by default the asker takes command."""

    to: Name | None = None
    reason: Text = ""


class RoleHolder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role, and whose; by default the asker's."""

    role: Annotated[IncidentRole, msgspec.Meta(description="Any of the roles.")]
    user: Name | None = None


_ACT = {"verb": Verb.INCIDENT_ACT}
_TAGS = ["incidents"]


@patch("/incidents/{name:str}", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def amend_incident(
    name: FromPath[str], data: JSONBody[Facts], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Put facts right; the earlier ones stay in the timeline."""
    facts = e.FactsAmended(
        title=data.title,
        summary=data.summary,
        service=Slug(data.service) if data.service else None,
        detected_by=data.detected_by,
        detected_at=in_utc(data.detected_at),
        impact_started_at=in_utc(data.impact_started_at),
    )
    return acted(deps, actor, lambda desk: use.amend(desk, name, facts))


@post(
    "/incidents/{name:str}/severity",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def change_severity(
    name: FromPath[str], data: JSONBody[NewSeverity], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Say how bad it is; raising is free, lowering asks for a reason."""
    return acted(
        deps,
        actor,
        lambda desk: use.change_severity(desk, name, data.severity, reason=data.reason),
    )


@post(
    "/incidents/{name:str}/confirm",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def confirm_incident(
    name: FromPath[str], data: JSONBody[Reason], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """End the triage: scope, severity and service are confirmed."""
    return acted(deps, actor, lambda d: use.confirm(d, name, reason=data.reason))


@post(
    "/incidents/{name:str}/mitigated",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def incident_mitigated(
    name: FromPath[str], data: JSONBody[Mitigated], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Say that the impact stopped."""
    at = in_utc(data.at)
    return acted(
        deps, actor, lambda d: use.mitigated(d, name, reason=data.reason, at=at)
    )


@post(
    "/incidents/{name:str}/recurred",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def incident_recurred(
    name: FromPath[str], data: JSONBody[Reason], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Say that the impact is back before the incident was resolved."""
    return acted(deps, actor, lambda d: use.recurred(d, name, reason=data.reason))


@post(
    "/incidents/{name:str}/resolve",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def resolve_incident(
    name: FromPath[str], data: JSONBody[Resolution], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Confirm full recovery; what is still owed is refused with its list."""
    return acted(
        deps,
        actor,
        lambda desk: use.resolve(
            desk,
            name,
            reason=data.reason,
            despite_obligations=data.despite_obligations,
            wants_postmortem=data.wants_postmortem,
        ),
    )


@post(
    "/incidents/{name:str}/decline",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def decline_incident(
    name: FromPath[str], data: JSONBody[Reason], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Say that it was no incident; it stays out of every figure."""
    return acted(deps, actor, lambda d: use.decline(d, name, reason=data.reason))


@post(
    "/incidents/{name:str}/merge",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def merge_incident(
    name: FromPath[str], data: JSONBody[Merge], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Let another incident go on for both; answers that one."""
    return acted(
        deps, actor, lambda d: use.merge(d, name, data.into, reason=data.reason)
    )


@post(
    "/incidents/{name:str}/reopen",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def reopen_incident(
    name: FromPath[str], data: JSONBody[Reason], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Go on with it: it came back. Who reopens commands."""
    return acted(deps, actor, lambda d: use.reopen(d, name, reason=data.reason))


@post(
    "/incidents/{name:str}/command",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def hand_over_command(
    name: FromPath[str], data: JSONBody[Handover], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Give command to somebody, or take it; there is no moment without a commander."""
    to = Slug(data.to) if data.to else actor.responder
    return acted(deps, actor, lambda d: use.hand_over(d, name, to, reason=data.reason))


@post(
    "/incidents/{name:str}/command/accept",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def accept_command(
    name: FromPath[str], data: JSONBody[Reason], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Take the command that the asker was offered."""
    reason = data.reason.strip() or "accepted the offer"

    def accept(desk: Desk) -> Incident:
        found = find(desk.tx, name, viewer=desk.viewer, lock=True)
        if desk.by not in (*found.offered_to, found.commander):
            msg = f"{desk.by} was not offered command of {found.name}; take it instead"
            raise ConflictError(msg)
        return use.hand_over(desk, name, desk.by, reason=reason)

    return acted(deps, actor, accept)


@post(
    "/incidents/{name:str}/roles",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def take_role(
    name: FromPath[str], data: JSONBody[RoleHolder], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Take a role, or give it to somebody."""
    user = _whose(data, actor)
    return acted(deps, actor, lambda d: use.take_role(d, name, data.role, user))


@post(
    "/incidents/{name:str}/roles/leave",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def leave_role(
    name: FromPath[str], data: JSONBody[RoleHolder], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Give a role back; command is handed over instead."""
    user = _whose(data, actor)
    return acted(deps, actor, lambda d: use.leave_role(d, name, data.role, user))


def _whose(data: RoleHolder, actor: Actor) -> Slug:
    return Slug(data.user) if data.user else actor.responder


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    amend_incident,
    change_severity,
    confirm_incident,
    incident_mitigated,
    incident_recurred,
    resolve_incident,
    decline_incident,
    merge_incident,
    reopen_incident,
    hand_over_command,
    accept_command,
    take_role,
    leave_role,
)
