"""Who may change who is on call on a schedule, without asking those concerned.

A schedule is owned by the teams of the services whose policies seek it. Their leads
and admins direct it. Everybody else puts nobody on call but themselves.
"""

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import ForbiddenError
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import Slug
from handrail.core.people.team import Team


def owners(snapshot: Snapshot, schedule: Slug) -> tuple[Team, ...]:
    """Return the teams that own a schedule, by name; none where no service seeks it."""
    target = Target(kind=TargetKind.SCHEDULE, name=schedule)
    policies = {
        policy.name
        for policy in snapshot.policies.values()
        if any(target in level.targets for level in policy.levels)
    }
    names = {
        service.team
        for service in snapshot.services.values()
        if service.team is not None and service.escalation_policy in policies
    }
    return tuple(snapshot.teams[name] for name in sorted(names & set(snapshot.teams)))


def leads(snapshot: Snapshot, schedule: Slug) -> tuple[Slug, ...]:
    """Return the leads of the teams that own the schedule."""
    found = (team.lead for team in owners(snapshot, schedule))
    return tuple(dict.fromkeys(lead for lead in found if lead is not None))


def directs(actor: Actor, schedule: Slug, snapshot: Snapshot) -> bool:
    """Return whether the actor may put others on call there, and take them off."""
    if actor.may(Verb.CONFIG_APPLY):
        return True
    return actor.user is not None and actor.user in leads(snapshot, schedule)


def require_direction(
    actor: Actor, schedule: Slug, snapshot: Snapshot, *, what: str, instead: str
) -> None:
    """Return if the actor directs the schedule.

    Args:
        actor: Who asks.
        schedule: Its name.
        snapshot: The configuration in force.
        what: What is asked, as in ``Putting ben on call``.
        instead: What the actor can do without that right.

    Raises:
        ForbiddenError: Only a lead or an admin may.
    """
    if directs(actor, schedule, snapshot):
        return
    named = ", ".join(leads(snapshot, schedule))
    who = f"an admin or the lead ({named})" if named else "an admin"
    msg = f"{what} on {schedule} needs {who}. {instead}"
    raise ForbiddenError(msg)
