"""Changes that senders report, and those that an incident makes suspect."""

from datetime import datetime

from handrail.core import limits
from handrail.core.change.change import Change, ChangeKind
from handrail.core.change.suspect import Suspect, suspects
from handrail.core.errors import InvalidError
from handrail.core.ids import ChangeId, Slug
from handrail.core.incident.command import optional_text, require_text
from handrail.core.incident.incident import Incident
from handrail.ports.store import Transaction
from handrail.usecases.desk import BACKDATED_MAX, Desk

LOOKED_AT_MAX = 1000
"""Changes of one day; a fleet that makes more shows its newest."""
WORDS_CHARS_MAX = 1000
"""A version, or the name of whoever made the change."""


def report(  # noqa: PLR0913 - what a change consists of
    desk: Desk,
    *,
    title: str,
    kind: ChangeKind = ChangeKind.DEPLOY,
    service: Slug | None = None,
    version: str = "",
    link: str = "",
    changed_by: str = "",
    at: datetime | None = None,
) -> Change:
    """Record a change. A service that is not configured is kept as it was told.

    Raises:
        InvalidError: The title is empty, a text is too long, or it took effect in the
            future.
    """
    now = desk.tx.now
    if at is not None and (at > now or now - at > BACKDATED_MAX):
        msg = "occurred_at lies in the future, or is over 30 days ago"
        raise InvalidError(msg, fields={"occurred_at": "not within the last 30 days"})
    change = Change(
        id=ChangeId(desk.ids.new_id()),
        kind=kind,
        title=require_text(title, field="title", most=limits.TITLE_CHARS_MAX),
        service=service,
        version=optional_text(version, field="version", most=WORDS_CHARS_MAX),
        link=optional_text(link, field="link", most=limits.LINK_CHARS_MAX),
        changed_by=optional_text(changed_by, field="changed_by", most=WORDS_CHARS_MAX),
        source=str(desk.actor),
        occurred_at=at or now,
        recorded_at=now,
    )
    desk.tx.change.add(change)
    return change


def suspects_of(tx: Transaction, incident: Incident) -> tuple[Suspect, ...]:
    """Return the changes shortly before the incident's impact, the nearest first."""
    before = incident.impact_started_at or incident.detected_at
    since = before - limits.SUSPECT_WINDOW
    recent = tx.change.between(since, before, limit=LOOKED_AT_MAX)
    services = (incident.service,) if incident.service else ()
    found = suspects(recent, services=services, before=before)
    return found[: limits.SUSPECTS_MAX]
