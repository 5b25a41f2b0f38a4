"""What bulletins about an incident say, title and text.

Of a private incident they say no more than its number: who may see it signs in.
Times are in UTC, since everybody it is for reads the same words.
"""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import MEANING, IncidentRole
from handrail.core.incident.wording import Who, plain, promise
from handrail.core.obligation.obligation import (
    Obligation,
    ObligationKind,
    ReminderPoint,
)
from handrail.core.paging.page import Page

_HOW = {
    ObligationKind.SEVERITY_ASSESSED: (
        "Say how bad it is; a first guess is enough, and raising it later is free."
    ),
    ObligationKind.RESPONDER_ACKNOWLEDGED: (
        "Nobody has answered a page about it yet. Page somebody who can help."
    ),
    ObligationKind.COMMUNICATIONS_LEAD_NAMED: "Name who talks to people outside.",
    ObligationKind.SCRIBE_NAMED: "Name who writes down what is seen and done.",
    ObligationKind.EXECUTIVES_TOLD: "Post an update for executives.",
    ObligationKind.STAKEHOLDERS_TOLD: "Post an update for stakeholders.",
    ObligationKind.PUBLIC_NOTICE: (
        "Publish a notice: the impact, what is done, when the next word comes."
    ),
    ObligationKind.NEXT_UPDATE: (
        "Say how it stands. Nothing new is news, too: say when the next word comes."
    ),
    ObligationKind.POSTMORTEM_PUBLISHED: "Publish what was learned.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A title, and a text of one or more lines."""

    title: str
    text: str


def path(incident: Incident) -> str:
    """Return where the incident is looked at on this server."""
    return f"/incidents/{incident.name}"


def page_title(incident: Incident) -> str:
    """Return the title of a page about the incident."""
    said = "(private)" if incident.is_private else incident.title
    return f"{incident.name}: {said}"


def reminder(
    incident: Incident, owed: Obligation, point: ReminderPoint, *, now: datetime
) -> Words:
    """Return what the owner of a promise is reminded with."""
    at = f"{owed.due_at:%H:%M} UTC"
    minutes = max(round((owed.due_at - now).total_seconds() / 60), 0)
    when = {
        ReminderPoint.BEFORE: f"owed by {at}, in {minutes} min",
        ReminderPoint.AT: f"due now, at {at}",
        ReminderPoint.AFTER: f"overdue since {at}",
    }
    what = f"{promise(owed.id)} {when[point]}"
    return _words(incident, what, f"{incident.title}\n{_HOW[owed.kind]}")


def update(incident: Incident, event: e.UpdatePosted, who: Who) -> Words:
    """Return an internal update as its audience reads it."""
    lines = [event.text, ""]
    if event.next_update_at is not None:
        lines.append(f"Next update by {event.next_update_at:%Y-%m-%d %H:%M} UTC.")
    lines.append(f"From {who(event.by)}; stage {incident.stage}.")
    return _words(incident, incident.title, "\n".join(lines))


def role_given(incident: Incident, role: IncidentRole, *, by: str) -> Words:
    """Return what somebody is told whom another gave a role: what it means."""
    what = f"you are {plain(role)}"
    return _words(
        incident, what, f"{incident.title}\n{by} gave you the role.\n{MEANING[role]}"
    )


def command_offered(incident: Incident, who: Who) -> Words:
    """Return what is told to who answered the commanders' page."""
    text = (
        f"{incident.title}\n{who(incident.commander)} commands it now. You answered "
        "for the commanders: take command there, or leave it where it is.\n"
        f"{MEANING[IncidentRole.COMMANDER]}"
    )
    return _words(incident, "you are offered command", text)


def nudge(page: Page) -> Words:
    """Return what is asked of who works on something grave undeclared."""
    return Words(
        title=f"Is this an incident? {page.title}",
        text=(
            f"You have had this {page.severity} for a while. If anybody is affected, "
            "declare it: it takes a title, costs nothing, and others can help you.\n"
            "You are asked only once."
        ),
    )


def _words(incident: Incident, what: str, text: str) -> Words:
    if incident.is_private:
        told = f"{incident.name} (private)"
        return Words(title=told, text="Sign in to read what there is to know.")
    return Words(title=f"{incident.name}: {what}", text=text)
