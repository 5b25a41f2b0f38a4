"""When a bulletin about an incident need not be told any more."""

from handrail.core.incident.incident import Incident
from handrail.core.paging.bulletin import Bulletin, BulletinKind


def why_pointless(bulletin: Bulletin, incident: Incident) -> str | None:
    """Return why nobody need be told any more, or none where they must.

    An update is told whatever came after it: somebody wrote it for those people.
    """
    match bulletin.kind:
        case BulletinKind.REMINDER:
            return _reminder(bulletin, incident)
        case BulletinKind.ROLE | BulletinKind.COMMAND_OFFER:
            return None if incident.is_responding else f"{incident.name} is over"
        case BulletinKind.UPDATE:
            return None
        case BulletinKind.NUDGE:
            return f"{incident.name} is declared"
        case (
            BulletinKind.COVER
            | BulletinKind.SWAP
            | BulletinKind.ONCALL
            | BulletinKind.SHIFT
        ):
            return None
        case BulletinKind.CONTACT_TEST | BulletinKind.COVERAGE:
            return None


def _reminder(bulletin: Bulletin, incident: Incident) -> str | None:
    owed = incident.obligation(bulletin.about)
    if owed is None or owed.cancelled_at is not None:
        return "it is not owed any more"
    return "it was met meanwhile" if owed.met_at is not None else None
