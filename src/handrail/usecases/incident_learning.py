"""What an incident's events begin for later: its postmortem, its backlog ticket.

Nothing of it may undo what was recorded: resolving, for one, always succeeds, and a
postmortem that could not be drafted is drafted by hand.
"""

from collections.abc import Sequence

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.consequence import Happened
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.usecases import backlog, setback
from handrail.usecases.postmortem_record import draft_for


def begin_learning(
    tx: Transaction,
    incident: Incident,
    happened: Sequence[Happened],
    *,
    by: Slug,
    actor: str,
    ids: IdSource,
) -> Incident:
    """Ask for the ticket and draft the postmortem that the events demand.

    Args:
        tx: The transaction.
        incident: As the events left it, its row locked.
        happened: What was recorded.
        by: Who acts.
        actor: The same, for the record.
        ids: Makes ids.
    """
    events = [event for event, _ in happened]
    is_assessed = any(
        isinstance(event, e.IncidentDeclared | e.SeverityChanged) for event in events
    )
    is_over = any(
        isinstance(event, e.IncidentResolved) and event.next_stage is Stage.LEARN
        for event in events
    )
    if not (is_assessed or is_over):
        return incident

    def work() -> Incident:
        after = incident
        if is_assessed:
            after = backlog.ask_for_incident(tx, after, actor=actor, ids=ids)
        if is_over:
            after = draft_for(tx, after, by=by, actor=actor, ids=ids)
        return after

    done = tx.attempt(work)
    if not isinstance(done, Setback):
        return done
    if done.is_passing:
        raise done.error  # The whole transaction is tried again.
    what = "draft a postmortem or ask for a ticket"
    tx.attempt(
        lambda: setback.raise_alert(
            tx, what=what, about=incident.name, setback=done, ids=ids
        )
    )
    return incident
