"""The words of the page for stages, statuses and moments."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.core.status_page.public_view import PublicIncident, StatusChange

STATUS: Mapping[ComponentStatus, str] = {
    ComponentStatus.OPERATIONAL: "Operational",
    ComponentStatus.DEGRADED_PERFORMANCE: "Degraded performance",
    ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
    ComponentStatus.MAJOR_OUTAGE: "Major outage",
    ComponentStatus.UNDER_MAINTENANCE: "Under maintenance",
}
STAGE: Mapping[NoticeStage, str] = {
    NoticeStage.INVESTIGATING: "Investigating",
    NoticeStage.IDENTIFIED: "Identified",
    NoticeStage.MONITORING: "Monitoring",
    NoticeStage.RESOLVED: "Resolved",
}
_MINUTE = timedelta(minutes=1)


def heading(incident: PublicIncident, notice: Notice) -> str:
    """Return the title of one notice where it stands alone."""
    return f"{incident.title}: {STAGE[notice.stage].lower()}"


def changed(change: StatusChange) -> str:
    """Return what a notice said of a component."""
    return f"{change.title}: {STATUS[change.after].lower()}"


def moment(instant: datetime) -> str:
    """Return an instant for people: ``10 Mar 2026, 12:00 UTC``."""
    return f"{instant.day} {instant:%b %Y, %H:%M} UTC"


def day(date_: date) -> str:
    """Return a day for people: ``Tuesday, 10 March 2026``."""
    return f"{date_:%A}, {date_.day} {date_:%B %Y}"


def lasted(incident: PublicIncident) -> str:
    """Return how long it lasted, or "" while it is open or where nothing is known."""
    if incident.resolved_at is None:
        return ""
    minutes = (incident.resolved_at - incident.started_at) // _MINUTE
    if minutes < 1:
        return ""
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
