"""Telling people that who is on call changes, or asking them to agree to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.cover.agreement import Agreement
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.ids import BulletinId, Slug
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.severity.severity import Urgency
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.bulletin import people
from handrail.usecases.bulletin import tell as tell_all

_ASKING: Mapping[BulletinKind, type[Agreement]] = {
    BulletinKind.COVER: CoverRequest,
    BulletinKind.SWAP: Swap,
}
SOON = timedelta(hours=2)
"""What begins within this is told over the contact methods of high urgency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told.

    Attributes:
        kind: ``COVER`` and ``SWAP`` ask something; ``ONCALL`` only tells.
        about: ``COV-7``, ``SWAP-3`` or the name of an override.
        link: Path on this server where one goes on.
        begins_at: When it takes effect.
        until: After which it need not be told, or none.
    """

    kind: BulletinKind
    about: str
    title: str
    text: str
    link: str
    begins_at: datetime
    until: datetime | None = None


def tell(
    tx: Transaction, news: News, users: Iterable[Slug], *, ids: IdSource
) -> tuple[Slug, ...]:
    """Tell these users, over the methods of low urgency unless it is soon.

    Returns:
        Those who cannot be told: they have no contact method.
    """
    wanted = tuple(dict.fromkeys(users))
    life = tx.now + limits.BULLETIN_LIFE
    bulletin = Bulletin(
        id=BulletinId(ids.new_id()),
        incident_id=None,
        kind=news.kind,
        about=news.about,
        title=news.title,
        service=None,
        severity=None,
        text=news.text,
        link=news.link,
        created_at=tx.now,
        deadline_at=life if news.until is None else min(news.until, life),
    )
    is_soon = news.begins_at - tx.now < SOON
    urgency = Urgency.HIGH if is_soon else Urgency.LOW
    told = tell_all(tx, bulletin, people(wanted), urgency=urgency, ids=ids)
    reached = {recipient.removeprefix("user:") for recipient in told}
    return tuple(user for user in wanted if user not in reached)


def why_old(tx: Transaction, bulletin: Bulletin) -> str | None:
    """Return why nobody need be asked any more, or none; other news is always told."""
    kind = _ASKING.get(bulletin.kind)
    if kind is None:
        return None
    found = tx.agreement.get(kind, int(bulletin.about.rpartition("-")[2]))
    if found is None or found.is_open:
        return None
    return f"{found.name} {found.standing}"
