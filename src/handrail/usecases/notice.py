"""What people tell the public of an incident; each verb is one transaction's work."""

from collections.abc import Sequence
from datetime import timedelta

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import NoticeId
from handrail.core.incident import public_notice
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import Draft
from handrail.core.incident.suggestion import Suggestion
from handrail.core.incident.suggestion import suggest as suggested
from handrail.core.status_page.advice import Advice, advise
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.core.status_page.public_view import PublicView
from handrail.core.status_page.public_view import public_view as viewed
from handrail.ports.store import Transaction
from handrail.usecases.desk import Desk
from handrail.usecases.incident_record import find, record

PROMISE_MAX = timedelta(days=30)
"""A word promised for later than that is a slip of the keyboard."""


def publish(
    desk: Desk, name: str, draft: Draft, *, seen: int | None = None
) -> tuple[Incident, Notice, tuple[Advice, ...]]:
    """Tell the public; return the incident after, the notice, and advice on it.

    Args:
        desk: Who acts.
        name: What people call the incident.
        draft: What is to be said.
        seen: How many notices the incident had when this one was looked at; by default
            that does not matter.

    Raises:
        NotFoundError: There is no such incident that the actor may see.
        InvalidError: A field is wrong.
        ConflictError: The all-clear was given, the response is over, or somebody told
            the public since.
    """
    tx = desk.tx
    incident = find(tx, name, viewer=desk.viewer, lock=True)
    earlier = tx.notice.for_incident(incident.id)
    if seen is not None and seen != len(earlier):
        msg = (
            f"the public was told something about {incident.name} since you looked; "
            "read it, then say yours"
        )
        raise ConflictError(msg)
    notice = _made(desk, incident, draft, earlier)
    tx.notice.add(notice)
    events = (public_notice.published(notice),)
    after, _ = record(tx, incident, events, actor=str(desk.actor), ids=desk.ids)
    return after, notice, advice_on(tx, draft)


def preview(
    desk: Desk, name: str, draft: Draft
) -> tuple[Notice, tuple[Advice, ...], int]:
    """Return what publishing would tell the public, advice on it, and what it follows.

    Nothing is published. The number is that of the incident's notices so far.

    Raises:
        DomainError: Publishing would be refused so, too.
    """
    incident = find(desk.tx, name, viewer=desk.viewer)
    earlier = desk.tx.notice.for_incident(incident.id)
    notice = _made(desk, incident, draft, earlier)
    return notice, advice_on(desk.tx, draft), len(earlier)


def _made(
    desk: Desk, incident: Incident, draft: Draft, earlier: Sequence[Notice]
) -> Notice:
    _require_near(draft, desk.tx)
    return public_notice.publish(
        incident,
        NoticeId(desk.ids.new_id()),
        draft,
        by=desk.by,
        earlier=earlier,
        known=desk.tx.configuration.snapshot().components,
        now=desk.tx.now,
    )


def _require_near(draft: Draft, tx: Transaction) -> None:
    promised = draft.next_update_at
    if promised is not None and promised - tx.now > PROMISE_MAX:
        msg = (
            "the next update is promised for over 30 days from now; name a time nearer"
        )
        raise InvalidError(msg, fields={"next_update_at": "over 30 days from now"})


def advice_on(tx: Transaction, draft: Draft) -> tuple[Advice, ...]:
    """Return what to consider about a draft before it goes out."""
    users = tx.configuration.snapshot().users.values()
    return advise(
        f"{draft.title}\n{draft.text}",
        stage=draft.stage,
        says_components=bool(draft.components),
        promises=draft.next_update_at is not None,
        people={user.full_name for user in users},
    )


def notices_of(desk: Desk, name: str) -> tuple[Incident, Sequence[Notice]]:
    """Return the incident and what the public was told of it, oldest first.

    Raises:
        NotFoundError: There is no such incident that the actor may see.
    """
    incident = find(desk.tx, name, viewer=desk.viewer)
    return incident, desk.tx.notice.for_incident(incident.id)


def suggest(desk: Desk, name: str, stage: NoticeStage) -> Suggestion:
    """Return words to start from.

    Raises:
        NotFoundError: There is no such incident that the actor may see.
    """
    incident = find(desk.tx, name, viewer=desk.viewer)
    snapshot = desk.tx.configuration.snapshot()
    return suggested(
        incident,
        stage,
        components=snapshot.components,
        demands=snapshot.demands,
        now=desk.tx.now,
    )


def public_view(tx: Transaction) -> PublicView:
    """Return what the status page shows now."""
    snapshot = tx.configuration.snapshot()
    return viewed(
        snapshot.status_page,
        snapshot.components,
        tx.notice.shown(limit=limits.PUBLIC_INCIDENTS_SHOWN_MAX),
        now=tx.now,
    )


def page_mark(tx: Transaction) -> tuple[int, int]:
    """Return what is another whenever the page has something new to show."""
    return tx.notice.count(), tx.configuration.snapshot().revision
