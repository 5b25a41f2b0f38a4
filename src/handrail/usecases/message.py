"""What a recipient is told: the facts of a send, put together for a channel.

Nothing here may stop a page: what cannot be worked out is left out, with a note.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from handrail.core import limits, wall_clock
from handrail.core.alert.alert import Alert
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import PageId, Slug
from handrail.core.incident import bulletin_words
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.paging import ack_link
from handrail.core.paging.bulletin import ON_CALL, Bulletin, BulletinKind
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.forecast import NextLevel, forecast
from handrail.core.paging.wording import safely
from handrail.ports.channel import Message, MessageItem
from handrail.usecases.delivery import Send

Sign = Callable[[bytes], str]
_LATE = timedelta(minutes=2)
_SECOND = timedelta(seconds=1)
_EXPIRED = "Its sender fell silent; that does not mean it recovered."
_HIDDEN = frozenset({"summary", "description", "alertname", "__raw__"})


def compose(send: Send, *, base_url: str, sign: Sign) -> Message:
    """Return the message of a send; ``base_url`` is where people reach the server."""
    first = send.first
    newest_first = sorted(send.deliveries, key=lambda d: d.due_at, reverse=True)
    return Message(
        idempotency_key=_key(send),
        recipient=first.recipient,
        address=first.address,
        secret=first.secret,
        items=tuple(
            _item(send, delivery, base_url=base_url, sign=sign)
            for delivery in newest_first
        ),
        is_repeat=any(d.attempts > 1 for d in send.deliveries),
        sent_at=send.claimed_at,
    )


def _key(send: Send) -> str:
    # A bundle's content differs from any single message, so it has a key of its own:
    # the same for the same deliveries, also where a crash made another node send it.
    if len(send.deliveries) == 1:
        return send.first.idempotency_key
    parts = "\n".join(sorted(delivery.id for delivery in send.deliveries))
    return f"msg_{hashlib.sha256(parts.encode()).hexdigest()[:32]}"


def _item(send: Send, delivery: Delivery, *, base_url: str, sign: Sign) -> MessageItem:
    if delivery.page_id is None:
        return _bulletin_item(send, delivery, base_url=base_url, sign=sign)
    page = send.pages[delivery.page_id]
    alert = send.alerts.get(page.alert_id) if page.alert_id else None
    incident = send.incidents.get(page.incident_id) if page.incident_id else None
    kind, _, name = delivery.recipient.partition(":")
    zone = safely(
        lambda: _zone(delivery.recipient, send.snapshot), otherwise=lambda: UTC
    )
    token = ack_link.make(
        page_id=page.id,
        user=Slug(name) if kind == "user" else None,
        expires_at=send.claimed_at + limits.ACK_LINK_LIFE,
        sign=sign,
        delivery_id=delivery.id,
    )
    return MessageItem(
        page_id=page.id,
        delivery_id=delivery.id,
        title=page.title,
        service=page.service or "no service",
        severity=page.severity,
        opened_at=page.opened_at.astimezone(zone),
        summary=_summary(alert),
        details=_incident_details(incident) or _details(alert),
        alert_url=f"{base_url}/alerts/{page.alert_id}" if page.alert_id else "",
        ack_url=f"{base_url}/a/{token}",
        what_next=what_next(
            forecast(page, snapshot=send.snapshot, limit=1),
            snapshot=send.snapshot,
            now=send.claimed_at.astimezone(zone),
        ),
        notes=(
            *_asked(incident, page.id),
            *_delays(delivery, now=send.claimed_at.astimezone(zone)),
            *((_EXPIRED,) if page.alert_expired else ()),
        ),
        incident=incident.name if incident else "",
        open_url=base_url + bulletin_words.path(incident) if incident else "",
    )


def _bulletin_item(
    send: Send, delivery: Delivery, *, base_url: str, sign: Sign
) -> MessageItem:
    assert delivery.bulletin_id is not None, "a page or a bulletin owes a delivery"
    bulletin = send.bulletins[delivery.bulletin_id]
    about = bulletin.incident_id
    incident = send.incidents.get(about) if about else None
    zone = safely(
        lambda: _zone(delivery.recipient, send.snapshot), otherwise=lambda: UTC
    )
    return MessageItem(
        page_id="",
        delivery_id=delivery.id,
        title=bulletin.title,
        service=bulletin.service or "",
        severity=_grade(bulletin),
        opened_at=bulletin.created_at.astimezone(zone),
        summary=bulletin.text,
        details=(),
        alert_url="",
        ack_url="",
        what_next="",
        notes=_delays(delivery, now=send.claimed_at.astimezone(zone)),
        bulletin_id=bulletin.id,
        kind=bulletin.kind,
        incident=incident.name if incident else "",
        open_url=base_url + _link(send, delivery, bulletin, sign=sign),
    )


def _link(send: Send, delivery: Delivery, bulletin: Bulletin, *, sign: Sign) -> str:
    """Return where one goes on; of a test, the link that shows that it arrived."""
    kind, _, name = delivery.recipient.partition(":")
    if bulletin.kind is not BulletinKind.CONTACT_TEST or kind != "user":
        return bulletin.link
    token = ack_link.make_test(
        user=Slug(name),
        delivery_id=delivery.id,
        expires_at=send.claimed_at + limits.ACK_LINK_LIFE,
        sign=sign,
    )
    return f"{ack_link.PATH}{token}"


def _grade(bulletin: Bulletin) -> str:
    if bulletin.kind in ON_CALL:
        return "ON CALL"
    if bulletin.kind is BulletinKind.CONTACT_TEST:
        return "TEST"
    if bulletin.kind is BulletinKind.COVERAGE:
        return "COVERAGE"
    return bulletin.severity or "to be assessed"


def _incident_details(incident: Incident | None) -> tuple[tuple[str, str], ...]:
    if incident is None or incident.is_private:
        return ()
    facts = (
        ("incident", incident.name),
        ("stage", str(incident.stage)),
        ("incident commander", str(incident.commander)),
        ("summary", incident.summary),
    )
    return tuple((name, fact) for name, fact in facts if fact)


def _asked(incident: Incident | None, page_id: PageId) -> tuple[str, ...]:
    """Return what an acknowledgement means, where it means more than usual."""
    if incident is None or incident.pages.get(page_id) is not PagePurpose.COMMAND:
        return ()
    return ("An incident commander is sought: who acknowledges is offered command.",)


def _summary(alert: Alert | None) -> str:
    if alert is None:
        return ""
    found = alert.annotations.get("description") or alert.annotations.get("summary")
    return found if found and found != alert.title else ""


def _details(alert: Alert | None) -> tuple[tuple[str, str], ...]:
    if alert is None:
        return ()
    facts = [*sorted(alert.labels.items()), *sorted(alert.annotations.items())]
    if alert.url:
        facts.append(("url", alert.url))
    # PagerDuty's details are labels and annotations both: said once is enough.
    once = dict.fromkeys(facts)
    return tuple((name, value) for name, value in once if name not in _HIDDEN)


def what_next(
    coming: tuple[NextLevel, ...], *, snapshot: Snapshot, now: datetime
) -> str:
    """Return in words who is told next and when, if nobody acknowledges.

    Args:
        coming: The next things that happen, soonest first.
        snapshot: Has the names of people.
        now: In the zone that times are told in.
    """
    if not coming:
        return "Nobody else will be told."
    following = coming[0]
    # Up to the next whole second: ten minutes, not nine, are told just after the start.
    wait = -((now - following.at) // _SECOND)
    span = f"{wait // 60} min" if wait >= 60 else f"{max(wait, 0)} s"  # noqa: PLR2004 - a minute
    at = f"{_clock(following.at, now=now)} (in {span})"
    if not following.who:
        return f"Without an answer, nobody is left to tell at {at}."
    who = ", ".join(_name(recipient, snapshot) for recipient in following.who)
    if following.is_in_turn:
        who = f"one of {who}"
    return f"Without an answer, {who} is told at {at}: {following.what}."


def _zone(recipient: str, snapshot: Snapshot) -> tzinfo:
    """Return the zone a recipient reads clocks in: a person's own, else UTC."""
    kind, _, name = recipient.partition(":")
    user = snapshot.users.get(Slug(name)) if kind == "user" else None
    return wall_clock.zone(user.time_zone) if user is not None else UTC


def _name(recipient: str, snapshot: Snapshot) -> str:
    kind, _, name = recipient.partition(":")
    user = snapshot.users.get(Slug(name)) if kind == "user" else None
    return user.full_name if user is not None else name


def _clock(instant: datetime, *, now: datetime) -> str:
    there = instant.astimezone(now.tzinfo)
    form = "%H:%M %Z" if there.date() == now.date() else "%a %d %b %H:%M %Z"
    return f"{there:{form}}"


def _delays(delivery: Delivery, *, now: datetime) -> tuple[str, ...]:
    notes: list[str] = []
    if delivery.attempts > 1:
        notes.append("This may be a repeat: an earlier attempt was not confirmed.")
    if now - delivery.due_at > _LATE:
        notes.append(f"Late: this was due at {_clock(delivery.due_at, now=now)}.")
    return tuple(notes)
