"""Everything recorded about one incident: timeline, pages, and who was told what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.core.ids import BulletinId, DeliveryId, IncidentId, PageId
from handrail.core.incident.incident import Incident
from handrail.core.instants import format_rfc3339
from handrail.core.paging.bulletin import Bulletin
from handrail.core.paging.delivery import Delivery
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.store import Transaction
from handrail.usecases.explain import PageStory, delivery_lines, page_lines, page_story
from handrail.usecases.timeline import TimelineEntry, timeline

_NAME = re.compile(r"(?i:INC)-(?P<number>[0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinStory:
    """A bulletin and the debt it made."""

    bulletin: Bulletin
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentStory:
    """What became of one incident."""

    incident: Incident
    entries: tuple[TimelineEntry, ...]
    pages: tuple[PageStory, ...]
    bulletins: tuple[BulletinStory, ...]

    def lines(self) -> Iterator[str]:
        """Yield the story as lines of text for a terminal."""
        incident = self.incident
        severity = incident.severity or "severity to be assessed"
        yield f"{incident.name}: {incident.title}"
        service = incident.service or "no service"
        yield f"  {severity}, stage {incident.stage}, {service}"
        yield f"  commanded by {incident.commander}"
        for entry in self.entries:
            at = format_rfc3339(entry.occurred_at)
            yield f"  {at}  {entry.what}  [{entry.actor}]"
        for page in self.pages:
            yield f"  {incident.pages[page.page.id]} page"
            yield from page_lines(page)
        for told in self.bulletins:
            kind = told.bulletin.kind.replace("_", " ")
            yield f"Bulletin {told.bulletin.id} ({kind}): {told.bulletin.title}"
            for delivery in told.deliveries:
                yield from delivery_lines(delivery)


def incident_behind(
    tx: Transaction, some_id: str, *, viewer: Viewer = EVERYBODY
) -> Incident | None:
    """Return the incident of this name or id, or that this page or delivery is about.

    None where it is of something else, or of an incident the viewer may not see.
    """
    named = _NAME.fullmatch(some_id.strip())
    if named is not None:
        return tx.incident.by_number(int(named["number"]), viewer=viewer)
    incident_id = _incident_id(tx, some_id) or IncidentId(some_id)
    return tx.incident.get(incident_id, viewer=viewer)


def _incident_id(tx: Transaction, some_id: str) -> IncidentId | None:
    page_id: PageId | None = PageId(some_id)
    bulletin_id: BulletinId | None = BulletinId(some_id)
    delivery = tx.delivery.get(DeliveryId(some_id))
    if delivery is not None:
        page_id, bulletin_id = delivery.page_id, delivery.bulletin_id
    page = tx.page.get(page_id) if page_id else None
    if page is not None:
        return page.incident_id
    bulletin = tx.bulletin.get(bulletin_id) if bulletin_id else None
    return None if bulletin is None else bulletin.incident_id


def incident_story(tx: Transaction, incident: Incident) -> IncidentStory:
    """Return everything recorded about the incident."""
    pages = (tx.page.get(page_id) for page_id in incident.pages)
    return IncidentStory(
        incident=incident,
        entries=timeline(tx, incident),
        pages=tuple(page_story(tx, page) for page in pages if page is not None),
        bulletins=tuple(
            BulletinStory(
                bulletin=bulletin,
                deliveries=tuple(tx.delivery.for_bulletin(bulletin.id)),
            )
            for bulletin in tx.bulletin.for_incident(incident.id)
        ),
    )
