"""What people do about cover: ask for it, take it, say no, take the request back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.node import Json
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import cover_request as rules
from handrail.core.cover import stretch
from handrail.core.cover.cover_request import CoverRequest, CoverState
from handrail.core.cover.fit import Objection, fit
from handrail.core.cover.settlement import obstacles
from handrail.core.cover.swap import Leg
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import CoverId, Slug
from handrail.core.paging.bulletin import BulletinKind
from handrail.core.schedule.rest_book import PersonShift
from handrail.core.schedule.schedule import Schedule
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import cover_plea as plea_rules
from handrail.usecases import override_record
from handrail.usecases.agreement_record import number_of, record
from handrail.usecases.cover_plea import Plea, person
from handrail.usecases.desk import Desk
from handrail.usecases.oncall_news import News, tell
from handrail.usecases.override import find_schedule

ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was made.

    Attributes:
        left_out: Who was not asked, and why.
        notes: What the asker should know, a sentence each.
    """

    request: CoverRequest
    left_out: tuple[tuple[Slug, str], ...]
    notes: tuple[str, ...]


def ask(desk: Desk, plea: Plea) -> Asked:
    """Ask others to take a stretch of a shift.

    Raises:
        ConflictError: It is asked for already.
        ForbiddenError: It is somebody else's shift, and the actor does not direct it.
        InvalidError: It is no stretch of the asker's shift, or nobody can be asked.
        NotFoundError: There is no such schedule.
    """
    tx = desk.tx
    snapshot = tx.configuration.snapshot()
    schedule = find_schedule(snapshot, plea.schedule)
    asker = plea_rules.asker_of(desk, plea, snapshot)
    starts_at, ends_at, notes = plea_rules.stretch_of(tx, plea, schedule, asker)
    plea_rules.require_unasked(tx, schedule, asker, starts_at, ends_at)
    leg = Leg(
        schedule=schedule.name,
        starts_at=starts_at,
        ends_at=ends_at,
        gives=asker,
        takes=asker,
    )
    asked, left_out, more = plea_rules.invited(snapshot, schedule, leg, plea.whom)
    request = CoverRequest(
        id=CoverId(desk.ids.new_id()),
        number=tx.cover.next_request(),
        schedule=schedule.name,
        asker=asker,
        starts_at=starts_at,
        ends_at=ends_at,
        asked=asked,
        note=plea_rules.cleaned(plea.note),
        created_at=tx.now,
        expires_at=rules.expiry(starts_at, ends_at, now=tx.now),
    )
    tx.cover.add_request(request)
    _record(
        desk,
        request,
        "cover_asked",
        {
            "schedule": request.schedule,
            "asker": request.asker,
            "asked": list(request.asked),
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat(),
            "note": request.note,
        },
    )
    unreached = _ask_people(desk, request, schedule)
    return Asked(request=request, left_out=left_out, notes=(*notes, *more, *unreached))


def accept(desk: Desk, name: str) -> CoverRequest:
    """Take the stretch; the first who does has it.

    Raises:
        ConflictError: It is settled, too late, or the plan does not allow it any more.
        ForbiddenError: The actor was not asked.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.accepted(before, by, now=tx.now)
    assert after.covered_from is not None, "an accepted request is covered from then"
    leg = Leg(
        schedule=after.schedule,
        starts_at=after.covered_from,
        ends_at=after.ends_at,
        gives=after.asker,
        takes=by,
    )
    snapshot = tx.configuration.snapshot()
    against = obstacles(snapshot, [leg], now=after.covered_from)
    if against:
        msg = f"{before.name} cannot be taken by you now: {'; '.join(against)}"
        raise ConflictError(msg)
    (made,) = override_record.put(
        tx,
        [leg.override()],
        decided_on=snapshot,
        by=str(desk.actor),
        because=before.name,
        ids=desk.ids,
    )
    after = rules.settled(after, made.name)
    tx.cover.save_request(after, expected_sequence=before.sequence)
    payload = {"by": by, "override": made.name, "from": leg.starts_at.isoformat()}
    _record(desk, after, "cover_accepted", payload)
    _tell_asker(tx, desk.ids, after, f"{by} covers you", "You are off call then.")
    return after


def decline(desk: Desk, name: str) -> CoverRequest:
    """Say no; once everybody asked has, the asker is told.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: The actor was not asked.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.declined(before, by, now=tx.now)
    if after == before:
        return before
    tx.cover.save_request(after, expected_sequence=before.sequence)
    _record(desk, after, "cover_declined", {"by": by})
    if after.state is CoverState.DECLINED:
        _tell_asker(
            tx,
            desk.ids,
            after,
            "nobody takes it",
            "Everybody asked has declined. You are still on call then.",
        )
    return after


def withdraw(desk: Desk, name: str) -> CoverRequest:
    """Take a request back.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: Somebody else asked.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, name, lock=True)
    after = rules.withdrawn(before, by, now=tx.now)
    tx.cover.save_request(after, expected_sequence=before.sequence)
    _record(desk, after, "cover_withdrawn", {"by": by})
    return after


def expire(tx: Transaction, request: CoverRequest, *, ids: IdSource) -> None:
    """Close a request whose time has run out, and tell the asker."""
    after = rules.expired(request, now=tx.now)
    tx.cover.save_request(after, expected_sequence=request.sequence)
    _note_down(tx, after, "cover_expired", {}, actor=ENGINE, ids=ids)
    text = "The request is over. You are still on call."
    _tell_asker(tx, ids, after, "nobody took it", text)


def find(tx: Transaction, name: str, *, lock: bool = False) -> CoverRequest:
    """Return the request that people call so: ``COV-7`` or ``7``.

    Raises:
        NotFoundError: There is none.
    """
    found = tx.cover.request(number_of(name, "COV"), lock=lock)
    if found is None:
        msg = f"there is no cover request {name!r}; list them"
        raise NotFoundError(msg)
    return found


def path(request: CoverRequest) -> str:
    """Return where the request is looked at on this server."""
    return f"/oncall/covers/{request.name}"


def objections(
    snapshot: Snapshot, request: CoverRequest, user: Slug, *, now: datetime
) -> tuple[Objection, ...]:
    """Return what speaks against somebody taking an open request now."""
    start = max(request.starts_at, now)
    if start >= request.ends_at:
        return ()
    taken = PersonShift(request.schedule, start, request.ends_at)
    known = fit(snapshot, [user], start, request.ends_at)
    return known.objections(user, takes=[taken])


def _ask_people(
    desk: Desk, request: CoverRequest, schedule: Schedule
) -> tuple[str, ...]:
    zone = schedule.time_zone
    span = stretch.words(request.starts_at, request.ends_at, zone)
    until = stretch.at_words(request.expires_at, zone)
    lines = [
        f"{request.asker} asks for cover on {schedule.title}: {span}.",
        *([request.note] if request.note else []),
        f"The first who accepts has it; by {until}.",
    ]
    news = News(
        kind=BulletinKind.COVER,
        about=request.name,
        title=f"{request.name}: cover for {request.asker} on {schedule.title}?",
        text="\n".join(lines),
        link=path(request),
        begins_at=request.starts_at,
        until=request.expires_at,
    )
    unreached = tell(desk.tx, news, request.asked, ids=desk.ids)
    if not unreached:
        return ()
    names = ", ".join(unreached)
    return (f"Asked but not told, for want of a contact method: {names}.",)


def _tell_asker(
    tx: Transaction, ids: IdSource, request: CoverRequest, what: str, text: str
) -> None:
    snapshot = tx.configuration.snapshot()
    schedule = snapshot.schedules.get(request.schedule)
    zone = schedule.time_zone if schedule else "UTC"
    start = request.covered_from or request.starts_at
    span = stretch.words(start, request.ends_at, zone)
    news = News(
        kind=BulletinKind.ONCALL,
        about=request.name,
        title=f"{request.name}: {what}",
        text=f"{schedule.title if schedule else request.schedule}: {span}.\n{text}",
        link=path(request),
        begins_at=start,
    )
    tell(tx, news, [request.asker], ids=ids)


def _record(
    desk: Desk, request: CoverRequest, kind: str, payload: Mapping[str, Json]
) -> None:
    _note_down(desk.tx, request, kind, payload, actor=str(desk.actor), ids=desk.ids)


def _note_down(
    tx: Transaction,
    request: CoverRequest,
    kind: str,
    payload: Mapping[str, Json],
    *,
    actor: str,
    ids: IdSource,
) -> None:
    whole = {"name": request.name, **payload}
    record(tx, f"cover:{request.id}", kind, whole, actor=actor, ids=ids)
