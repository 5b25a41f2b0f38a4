"""Who is told of an incident without being asked to answer, and with what words."""

from collections.abc import Sequence

from handrail.core import limits
from handrail.core.escalation.policy import Target
from handrail.core.ids import BulletinId, Slug
from handrail.core.incident import bulletin_words
from handrail.core.incident.bulletin_words import Words
from handrail.core.incident.event import Audience, UpdatePosted
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.obligation.derive import AFTERWARDS
from handrail.core.obligation.obligation import Obligation, ReminderPoint
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.paging.nudge import GRAVE
from handrail.core.severity.severity import Severity, Urgency
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.bulletin import people, reached, tell
from handrail.usecases.timeline import namer


def remind(
    tx: Transaction,
    incident: Incident,
    owed: Obligation,
    point: ReminderPoint,
    *,
    ids: IdSource,
) -> tuple[str, ...]:
    """Remind of a promise: its owners before the deadline, then the commander too.

    Where none of them can be reached, such as an operator who declared it on the
    server's machine, those are told who would be paged for the service, or else the
    last resort. Of a private incident nobody else learns.

    Returns:
        Who is reminded.
    """
    words = bulletin_words.reminder(incident, owed, point, now=tx.now)
    kind = BulletinKind.REMINDER
    bulletin = _bulletin(tx, incident, kind, owed.id, words, ids=ids)
    is_loud = incident.severity is None or incident.severity in GRAVE
    # Nobody is woken for what is learned afterwards.
    is_loud = is_loud and owed.kind not in AFTERWARDS
    return tell(
        tx,
        bulletin,
        _within_reach(tx, incident, people(_reminded(incident, owed, point))),
        urgency=Urgency.HIGH if is_loud else Urgency.LOW,
        ids=ids,
    )


def _reminded(
    incident: Incident, owed: Obligation, point: ReminderPoint
) -> tuple[Slug, ...]:
    holders = incident.holders(IncidentRole(owed.owner))
    if point is ReminderPoint.BEFORE:
        return holders or (incident.commander,)
    return (incident.commander, *holders)


def _within_reach(
    tx: Transaction, incident: Incident, wanted: Sequence[Target]
) -> Sequence[Target]:
    """Return those wanted, or who stands in where none of them is reached."""
    if incident.is_private or reached(tx, wanted):
        return wanted
    snapshot = tx.configuration.snapshot()
    service = snapshot.services.get(incident.service) if incident.service else None
    policy = snapshot.policies.get(service.escalation_policy) if service else None
    for level in policy.levels if policy else ():
        if reached(tx, level.targets):
            return level.targets
    return snapshot.last_resort.targets if snapshot.last_resort else wanted


def tell_role(
    tx: Transaction,
    incident: Incident,
    role: IncidentRole,
    user: Slug,
    *,
    by: Slug,
    ids: IdSource,
) -> None:
    """Tell somebody that another gave them a role, and what it means."""
    words = bulletin_words.role_given(incident, role, by=namer(tx)(by))
    bulletin = _bulletin(tx, incident, BulletinKind.ROLE, role, words, ids=ids)
    tell(tx, bulletin, people([user]), ids=ids)


def tell_offer(
    tx: Transaction, incident: Incident, user: Slug, *, ids: IdSource
) -> None:
    """Tell who answered the commanders' page that command is offered to them."""
    words = bulletin_words.command_offered(incident, namer(tx))
    kind = BulletinKind.COMMAND_OFFER
    bulletin = _bulletin(tx, incident, kind, user, words, ids=ids)
    tell(tx, bulletin, people([user]), ids=ids)


def tell_update(
    tx: Transaction, incident: Incident, update: UpdatePosted, *, ids: IdSource
) -> None:
    """Send an internal update to whom it is for."""
    words = bulletin_words.update(incident, update, namer(tx))
    kind = BulletinKind.UPDATE
    bulletin = _bulletin(tx, incident, kind, update.update_id, words, ids=ids)
    targets = _targets(tx, incident, update.audience, by=update.by)
    tell(tx, bulletin, targets, ids=ids)


def who_is_told(
    tx: Transaction, incident: Incident, audience: Audience, *, by: Slug
) -> tuple[str, ...]:
    """Return whom an update of this author for this audience reaches now.

    Empty where the severity matrix names nobody: then the update is only recorded, and
    whoever posts it must be told so.
    """
    return reached(tx, _targets(tx, incident, audience, by=by))


def _targets(
    tx: Transaction, incident: Incident, audience: Audience, *, by: Slug
) -> Sequence[Target]:
    # While nobody has said how bad it is, whoever writes decides whom it concerns:
    # it goes where the worst would go.
    severity = incident.severity or Severity.SEV1
    named = tx.configuration.snapshot().demands[severity].tell.get(audience, ())
    if audience is not Audience.RESPONDERS:
        return named
    held = (incident.commander, *(user for _, user in incident.roles))
    return (*people(user for user in held if user != by), *named)


def _bulletin(
    tx: Transaction,
    incident: Incident,
    kind: BulletinKind,
    about: str,
    words: Words,
    *,
    ids: IdSource,
) -> Bulletin:
    return Bulletin(
        id=BulletinId(ids.new_id()),
        incident_id=incident.id,
        kind=kind,
        about=about,
        title=words.title,
        service=None if incident.is_private else incident.service,
        severity=incident.severity,
        text=words.text,
        link=bulletin_words.path(incident),
        created_at=tx.now,
        deadline_at=tx.now + limits.BULLETIN_LIFE,
    )
