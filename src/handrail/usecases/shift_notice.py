"""Telling people of their shifts, each once: before, at the start and at the end."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handrail.core import limits
from handrail.core.configuration.audience import targets
from handrail.core.configuration.rest_check import zone_of
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import BulletinId, Slug
from handrail.core.incident.shift_words import Situation, shift_words
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.paging.page import Page
from handrail.core.schedule.load import is_night
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.shift_notice import (
    NoticeKind,
    Shift,
    ShiftNotice,
    holds,
    look,
    shift_of,
)
from handrail.ports.id_source import IdSource
from handrail.ports.incident import Viewer
from handrail.ports.store import Transaction
from handrail.usecases import paging, setback
from handrail.usecases.bulletin import people, tell

LOOKED_AT_MAX = 200
"""Pages and incidents that a notice looks through."""


class Told(NamedTuple):
    """What became of some notices; one that is in neither list is due no more.

    Attributes:
        done: How many this transaction told.
        settled: Told, now or before, by whomever: never to be told again.
        again: Not told, and to be tried again: held, or telling failed.
    """

    done: int
    settled: tuple[ShiftNotice, ...]
    again: tuple[ShiftNotice, ...]


def tell_shifts(
    tx: Transaction, notices: Sequence[ShiftNotice], *, ids: IdSource
) -> Told:
    """Tell people of shifts; one that cannot be told stops no other.

    Nothing while held: nobody would be told.
    """
    if tx.meta.get(paging.HELD):
        return Told(done=0, settled=(), again=tuple(notices))
    again: list[ShiftNotice] = []
    done: dict[str, bool] = {}

    def act(notice: ShiftNotice) -> None:
        # Where the whole batch was undone, each comes here a second time.
        done[notice.id] = tell_shift(tx, notice, ids=ids)

    def otherwise(notice: ShiftNotice, _why: object) -> None:
        done[notice.id] = False
        again.append(notice)

    setback.each(tx, notices, act, otherwise=otherwise)
    settled = tuple(one for one in notices if tx.shift_notice.told(one))
    return Told(done=sum(done.values()), settled=settled, again=tuple(again))


def tell_shift(tx: Transaction, notice: ShiftNotice, *, ids: IdSource) -> bool:
    """Tell a person of a shift, unless it was told or is so no longer.

    Returns:
        Whether this transaction told it.
    """
    snapshot = tx.configuration.snapshot()
    schedule = snapshot.schedules.get(notice.schedule)
    if schedule is None or notice not in look(schedule, tx.now).due:
        return False
    bulletin_id = BulletinId(ids.new_id())
    if not tx.shift_notice.take(notice, bulletin_id):
        return False
    zone = zone_of(snapshot, notice.place.user)
    shift = shift_of(schedule, notice)
    now = _situation(tx, snapshot, schedule, notice, shift, zone)
    words = shift_words(notice, shift, now, zone)
    bulletin = Bulletin(
        id=bulletin_id,
        incident_id=None,
        kind=BulletinKind.SHIFT,
        about=notice.schedule,
        title=words.title,
        service=None,
        severity=None,
        text=words.text,
        link="/oncall",
        created_at=tx.now,
        deadline_at=tx.now + limits.BULLETIN_LIFE,
    )
    tell(tx, bulletin, people([notice.place.user]), ids=ids)
    return True


def why_changed(tx: Transaction, bulletin: Bulletin) -> str | None:
    """Return why a notice need not be told any more, or none."""
    notice = tx.shift_notice.for_bulletin(bulletin.id)
    schedule = tx.configuration.snapshot().schedules.get(Slug(bulletin.about))
    if notice is None:
        return None
    if schedule is None or not holds(schedule, notice):
        return "the shift is another one now"
    return None


def _situation(
    tx: Transaction,
    snapshot: Snapshot,
    schedule: Schedule,
    notice: ShiftNotice,
    shift: Shift,
    zone: ZoneInfo,
) -> Situation:
    services = _services(snapshot, schedule.name)
    user = notice.place.user
    incidents = tx.incident.search(
        viewer=Viewer(user=user), responding_only=True, limit=LOOKED_AT_MAX
    )
    active = tx.page.search(active_only=True, limit=LOOKED_AT_MAX)
    paged: list[datetime] = []
    declared = 0
    if notice.kind is NoticeKind.AT_END and shift.starts_at is not None:
        paged = [
            at
            for recipient, at in tx.delivery.told_of_pages(
                since=shift.starts_at, until=notice.at
            )
            if recipient == f"user:{user}"
        ]
        declared = sum(
            one.service in services and shift.starts_at <= one.declared_at < notice.at
            for one in tx.incident.search(
                viewer=Viewer(user=user), responding_only=False, limit=LOOKED_AT_MAX
            )
        )
    return Situation(
        title=schedule.title,
        incidents=[one for one in incidents if one.service in services],
        pages=[one for one in active if _leads_to(one, schedule.name)],
        paged=len(paged),
        at_night=sum(is_night(at, snapshot.rest.rules.night, zone) for at in paged),
        declared=declared,
    )


def _services(snapshot: Snapshot, schedule: Slug) -> AbstractSet[Slug | None]:
    """Return the services whose policies lead to the schedule, and no service."""
    target = Target(kind=TargetKind.SCHEDULE, name=schedule)
    policies = {
        name for name, one in snapshot.policies.items() if target in targets(one)
    }
    services = snapshot.services.items()
    return {None, *(s for s, one in services if one.escalation_policy in policies)}


def _leads_to(page: Page, schedule: Slug) -> bool:
    target = Target(kind=TargetKind.SCHEDULE, name=schedule)
    return page.policy is not None and target in targets(page.policy)
