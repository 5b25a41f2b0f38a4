"""What the public may be told of an incident, and when. Source: domain.md §5."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import NoticeId, Slug
from handrail.core.incident.command import require_text
from handrail.core.incident.event import NoticePublished
from handrail.core.incident.incident import Incident
from handrail.core.incident.record_keeping import require_promise
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage

BACKFILLED_MAX = timedelta(days=30)
"""Nothing is said of a time so long past but by mistake."""
_UNSAYABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no feed can carry: XML 1.0 has no sign for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to tell the public.

    Attributes:
        title: What the incident is called in public; "" keeps what it was called, or
            takes the incident's own title where that is no secret.
        components: How those stand from now on that are named.
        shown_at: When it held, for what is told late; none means now.
        is_correction: It puts a notice right that went out before.
    """

    stage: NoticeStage
    text: str
    title: str = ""
    components: Mapping[Slug, ComponentStatus] = field(default_factory=dict)
    next_update_at: datetime | None = None
    shown_at: datetime | None = None
    is_correction: bool = False


def publish(  # noqa: PLR0913 - what is said, by whom, when, after what
    incident: Incident,
    notice_id: NoticeId,
    draft: Draft,
    *,
    by: Slug,
    earlier: Sequence[Notice],
    known: Collection[Slug],
    now: datetime,
) -> Notice:
    """Return the notice that goes out.

    The all-clear puts every component that was said to be affected back to
    operational, unless the draft says otherwise.

    Args:
        incident: What it is about.
        notice_id: For the new notice.
        draft: What is to be said.
        by: Who says it.
        earlier: The incident's notices so far, oldest first.
        known: The components of the status page.
        now: The present instant.

    Raises:
        InvalidError: A field is wrong; the message says which and how to mend it.
        ConflictError: The all-clear was given, or the response is over.
    """
    _require_turn(incident, draft)
    text = require_text(said(draft.text), field="text", most=limits.UPDATE_CHARS_MAX)
    _require_components(draft, known)
    require_promise(draft.next_update_at, now=now)
    is_over = draft.stage is NoticeStage.RESOLVED
    components = dict(draft.components)
    if is_over:
        back = dict.fromkeys(incident.component_status, ComponentStatus.OPERATIONAL)
        components = back | components
    return Notice(
        id=notice_id,
        incident_id=incident.id,
        incident_number=incident.number,
        number=len(earlier) + 1,
        title=_title(incident, draft, earlier),
        stage=draft.stage,
        text=text,
        components=components,
        next_update_at=None if is_over else draft.next_update_at,
        by=by,
        posted_at=now,
        shown_at=_shown_at(draft, earlier, now),
        is_correction=draft.is_correction,
    )


def published(notice: Notice) -> NoticePublished:
    """Return the event that says so in the incident's record."""
    return NoticePublished(
        notice_id=notice.id,
        stage=notice.stage,
        title=notice.title,
        text=notice.text,
        components=notice.components,
        by=notice.by,
        next_update_at=notice.next_update_at,
        shown_at=notice.shown_at if notice.is_backfilled else None,
        is_correction=notice.is_correction,
    )


def said(text: str) -> str:
    """Return the text without the signs that no feed can carry."""
    return _UNSAYABLE.sub("", text.replace("\r\n", "\n"))


def _require_turn(incident: Incident, draft: Draft) -> None:
    """Return if this may be said now; a past that was kept quiet can be told late."""
    is_over = draft.stage is NoticeStage.RESOLVED
    is_story = incident.public_told_at is None and draft.shown_at is not None
    if not incident.is_responding and not is_over and not is_story:
        msg = (
            f"{incident.name} is over; reopen it if the impact is back, or say what "
            "is to be said by a notice of stage resolved"
        )
        raise ConflictError(msg)
    if not incident.is_responding and draft.next_update_at is not None:
        msg = f"{incident.name} is over; no further word can be promised"
        raise InvalidError(msg, fields={"next_update_at": "the incident is over"})
    if incident.all_clear_at is not None and not draft.is_correction:
        msg = (
            f"the all-clear of {incident.name} is out; reopen it if the impact is "
            "back, or say that this is a correction"
        )
        raise ConflictError(msg)


def _require_components(draft: Draft, known: Collection[Slug]) -> None:
    missing = sorted(set(draft.components) - set(known))
    if missing:
        have = ", ".join(sorted(known)) or (
            "none; add a component to the configuration, or leave it out"
        )
        msg = f"no component {', '.join(missing)} on the status page; known are: {have}"
        raise InvalidError(msg, fields={"components": "no such component"})


def _title(incident: Incident, draft: Draft, earlier: Sequence[Notice]) -> str:
    title = " ".join(said(draft.title).split())
    if title:
        return require_text(title, field="title", most=limits.PUBLIC_TITLE_CHARS_MAX)
    if earlier:
        return earlier[-1].title
    if incident.is_private:
        msg = f"{incident.name} is private; say what it is called in public"
        raise InvalidError(msg, fields={"title": "a private incident asks for one"})
    return " ".join(said(incident.title).split())[: limits.PUBLIC_TITLE_CHARS_MAX]


def _shown_at(draft: Draft, earlier: Sequence[Notice], now: datetime) -> datetime:
    at = draft.shown_at
    if at is None:
        return now
    if not now - BACKFILLED_MAX <= at <= now:
        wrong = "lies in the future" if at > now else "is over 30 days ago"
        msg = f"shown_at {wrong}; say when it held"
        raise InvalidError(msg, fields={"shown_at": wrong})
    if earlier and at < earlier[-1].shown_at:
        msg = "shown_at is before the last notice's; tell what happened in its order"
        raise InvalidError(msg, fields={"shown_at": "before the last notice's"})
    return at
