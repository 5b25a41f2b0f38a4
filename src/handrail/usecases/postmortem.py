"""What people do to a postmortem; each verb is one transaction's work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handrail.core.errors import ConflictError
from handrail.core.incident import event as incident_events
from handrail.core.incident.incident import Incident
from handrail.core.postmortem import command
from handrail.core.postmortem import event as e
from handrail.core.postmortem import publish as publishing
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.document import Whole
from handrail.core.postmortem.draft import draft as drafted
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.publish import Missing, missing
from handrail.core.postmortem.section import Section
from handrail.ports.incident import Viewer
from handrail.ports.store import Transaction
from handrail.usecases import incident_record
from handrail.usecases.desk import Desk
from handrail.usecases.postmortem_record import (
    draft_for,
    find,
    finish_learning,
    record,
)
from handrail.usecases.postmortem_source import record_of

Decide = Callable[[Postmortem], tuple[e.PostmortemEvent, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemStory:
    """A postmortem as it is shown.

    Attributes:
        missing: What publishing waits for.
    """

    incident: Incident
    whole: Whole
    missing: tuple[Missing, ...]

    @property
    def postmortem(self) -> Postmortem:
        """Return the postmortem itself."""
        return self.whole.postmortem


def show(tx: Transaction, name: str, *, viewer: Viewer) -> PostmortemStory:
    """Return an incident's postmortem with all that belongs to it.

    Raises:
        NotFoundError: There is none, or none the viewer may see.
    """
    incident, postmortem = find(tx, name, viewer=viewer)
    items = tx.action_item.for_incident(incident.id)
    whole = Whole(
        postmortem=postmortem,
        draft=drafted(record_of(tx, incident, postmortem)),
        items=items,
    )
    return PostmortemStory(
        incident=incident, whole=whole, missing=missing(postmortem, items)
    )


def draft(desk: Desk, name: str) -> Incident:
    """Begin a postmortem for an incident that need not have one.

    Raises:
        ConflictError: The response still runs, or there is a postmortem.
    """
    incident = incident_record.find(desk.tx, name, viewer=desk.viewer, lock=True)
    if desk.tx.postmortem.for_incident(incident.id) is not None:
        msg = (
            f"{incident.name} has a postmortem; see it: "
            f"handrail postmortem show {incident.name}"
        )
        raise ConflictError(msg)
    actor = str(desk.actor)
    return draft_for(desk.tx, incident, by=desk.by, actor=actor, ids=desk.ids)


def write(
    desk: Desk, name: str, sections: Mapping[Section, str], *, version: int
) -> Postmortem:
    """Write sections anew; what somebody else changed since then is refused."""
    return _change(
        desk, name, lambda p: command.write(p, sections, version=version, by=desk.by)
    )


def add_factor(
    desk: Desk,
    name: str,
    text: str,
    *,
    kind: FactorKind,
    made_possible: str = "",
    would_have_caught: str = "",
) -> Postmortem:
    """Name a contributing factor; it is the last of the postmortem's factors."""
    return _change(
        desk,
        name,
        lambda p: command.add_factor(
            p,
            text,
            kind=kind,
            made_possible=made_possible,
            would_have_caught=would_have_caught,
            by=desk.by,
        ),
    )


def change_factor(
    desk: Desk, name: str, factor: ContributingFactor, *, version: int
) -> Postmortem:
    """Let a factor read otherwise, or answer it."""
    return _change(
        desk,
        name,
        lambda p: command.change_factor(p, factor, version=version, by=desk.by),
    )


def remove_factor(desk: Desk, name: str, factor_id: str, *, version: int) -> Postmortem:
    """Say that it did not contribute after all."""
    return _change(
        desk,
        name,
        lambda p: command.remove_factor(p, factor_id, version=version, by=desk.by),
    )


def submit(desk: Desk, name: str) -> Postmortem:
    """Ask others to read it."""
    return _change(desk, name, lambda p: command.ask_for_review(p, by=desk.by))


def take_up_again(desk: Desk, name: str, *, reason: str) -> Postmortem:
    """Make it a draft again; a published one is no longer shown as published."""
    return _change(
        desk, name, lambda p: command.take_up_again(p, reason=reason, by=desk.by)
    )


def publish(desk: Desk, name: str, *, version: int) -> Postmortem:
    """Publish it as it was read; where no action is left, the incident is closed.

    Raises:
        ConflictError: Somebody changed it since, it is no longer or not yet in review,
            or the incident is open again.
        InvalidError: Something is missing; the fields name all of it.
    """
    tx, actor = desk.tx, str(desk.actor)
    incident, postmortem = find(tx, name, viewer=desk.viewer, lock=True)
    if postmortem.state is PostmortemState.PUBLISHED:
        return postmortem
    command.require_read(postmortem, version=version)
    items = tx.action_item.for_incident(incident.id)
    events = publishing.publish(postmortem, incident, items, by=desk.by)
    after = record(tx, postmortem, events, actor=actor, ids=desk.ids)
    told = incident_events.PostmortemPublished(postmortem_id=after.id)
    there, _ = incident_record.record(tx, incident, (told,), actor=actor, ids=desk.ids)
    finish_learning(tx, there, after, actor=actor, ids=desk.ids)
    return after


def _change(desk: Desk, name: str, decide: Decide) -> Postmortem:
    _, postmortem = find(desk.tx, name, viewer=desk.viewer, lock=True)
    actor = str(desk.actor)
    return record(desk.tx, postmortem, decide(postmortem), actor=actor, ids=desk.ids)
