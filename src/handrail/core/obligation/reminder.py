"""When the owner of a promise is reminded of it. Source: domain.md §4."""

from datetime import datetime, timedelta

from handrail.core.obligation.obligation import Obligation, ReminderPoint

BEFORE_AT = 3, 4
"""The first reminder comes after three quarters of the time."""
AFTER_MIN = timedelta(minutes=5)
"""The last one comes a quarter of the time after the deadline, or this long."""
_JUST_AFTER = timedelta(microseconds=1)
_ORDER = tuple(ReminderPoint)


def reminder_at(obligation: Obligation, point: ReminderPoint) -> datetime:
    """Return when this reminder is due."""
    span = obligation.due_at - obligation.since
    match point:
        case ReminderPoint.BEFORE:
            part, whole = BEFORE_AT
            return obligation.since + span * part / whole
        case ReminderPoint.AT:
            return obligation.due_at
        case ReminderPoint.AFTER:
            return obligation.due_at + max(span / 4, AFTER_MIN)


def next_reminder(obligation: Obligation) -> ReminderPoint | None:
    """Return the reminder that comes next, or none where none does."""
    if not obligation.is_open:
        return None
    given = max((_ORDER.index(point) for point in obligation.reminded), default=-1)
    return _ORDER[given + 1] if given + 1 < len(_ORDER) else None


def reminder_now(obligation: Obligation, *, now: datetime) -> ReminderPoint | None:
    """Return the reminder to give now; of several that are due, only the last."""
    point = next_reminder(obligation)
    found = None
    while point is not None and reminder_at(obligation, point) <= now:
        found = point
        place = _ORDER.index(point) + 1
        point = _ORDER[place] if place < len(_ORDER) else None
    return found


def is_missed(obligation: Obligation, *, now: datetime) -> bool:
    """Return whether its deadline has just passed unmet, and nobody noted it yet.

    What is met at the very instant of its deadline is kept.
    """
    is_noted = obligation.missed_at is not None
    return obligation.is_open and not is_noted and now > obligation.due_at


def next_due(obligation: Obligation) -> datetime | None:
    """Return when the engine must look at it next, or none.

    For its next reminder, or because its deadline passes, whichever comes first.
    """
    if not obligation.is_open:
        return None
    point = next_reminder(obligation)
    dues = [] if point is None else [reminder_at(obligation, point)]
    if obligation.missed_at is None:
        dues.append(obligation.due_at + _JUST_AFTER)
    return min(dues, default=None)
