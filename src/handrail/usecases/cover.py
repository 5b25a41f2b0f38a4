"""Asking for cover; what becomes of it is in ``usecases.agreement``."""

from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import settlement, stretch
from handrail.core.cover.agreement import Leg
from handrail.core.cover.cover_request import CoverRequest, expiry
from handrail.core.cover.fit import Objection
from handrail.core.ids import AgreementId, Slug
from handrail.core.schedule.schedule import Schedule
from handrail.usecases import cover_plea as plea_rules
from handrail.usecases.agreement import ask_people, in_place_of, record
from handrail.usecases.cover_plea import Plea
from handrail.usecases.desk import Desk
from handrail.usecases.override import find_schedule


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
    asker = in_place_of(
        desk, plea.asker, (schedule.name,), snapshot, what="Asking for cover"
    )
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
        id=AgreementId(desk.ids.new_id()),
        number=tx.agreement.next_number(CoverRequest),
        schedule=schedule.name,
        asker=asker,
        starts_at=starts_at,
        ends_at=ends_at,
        asked=asked,
        note=plea_rules.cleaned(plea.note),
        created_at=tx.now,
        expires_at=expiry(starts_at, ends_at, now=tx.now),
    )
    tx.agreement.add(request)
    record(
        desk,
        request,
        "asked",
        {
            "schedule": request.schedule,
            "asker": request.asker,
            "asked": list(request.asked),
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat(),
            "note": request.note,
        },
    )
    unreached = _invite(desk, request, schedule)
    return Asked(request=request, left_out=left_out, notes=(*notes, *more, *unreached))


def _invite(desk: Desk, request: CoverRequest, schedule: Schedule) -> tuple[str, ...]:
    span = stretch.words(request.starts_at, request.ends_at, schedule.time_zone)
    until = stretch.at_words(request.expires_at, schedule.time_zone)
    lines = [
        f"{request.asker} asks for cover on {schedule.title}: {span}.",
        request.note,
        f"The first who accepts has it; by {until}.",
    ]
    title = f"cover for {request.asker} on {schedule.title}?"
    return ask_people(desk, request, title, lines)


def objections(
    snapshot: Snapshot, request: CoverRequest, user: Slug, *, now: datetime
) -> tuple[Objection, ...]:
    """Return what speaks against somebody taking an open request now."""
    start = max(request.starts_at, now)
    if start >= request.ends_at:
        return ()
    (leg,) = request.moves
    return settlement.objections(snapshot, [replace(leg, starts_at=start, takes=user)])
