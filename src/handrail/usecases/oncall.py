"""Questions about who is on call: which schedules, when, and what was in force then.

The same for a server's database and for files without one, where ``snapshot`` and
``schedules`` come from the files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core import wall_clock
from handrail.core.configuration import history, moment_text, spelling
from handrail.core.configuration.problem import did_you_mean
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import InvalidError, NotFoundError
from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import User
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction

YEAR_MIN, YEAR_MAX = 1990, 2200
"""Instants that schedules are asked about; far ones have no known time zone rules."""
WINDOW_DEFAULT = timedelta(weeks=4)
WINDOW_MAX = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What was in force at an instant, with schedules as they were then.

    It is a directory for ``core.escalation.reach``.
    """

    snapshot: Snapshot
    schedules: Mapping[Slug, Schedule]

    @property
    def users(self) -> Mapping[Slug, User]:
        """Return the users by name."""
        return self.snapshot.users

    @property
    def teams(self) -> Mapping[Slug, Team]:
        """Return the teams by name."""
        return self.snapshot.teams

    @property
    def channels(self) -> Mapping[Slug, ContactMethod]:
        """Return the organisation's channels by name."""
        return self.snapshot.channels


def directory_at(
    tx: Transaction,
    at: datetime,
    names: Iterable[str] | None = None,
    *,
    user: str | None = None,
) -> Directory:
    """Return what was in force at an instant, or is now for one to come.

    Schedules are given through all times from ``at`` on, so that a window that begins
    there can be asked about: the past is as it was.

    Args:
        tx: Only read from.
        at: The first instant that is asked about, UTC.
        names: The schedules needed; where none are named, all but those that were
            removed for good by then.
        user: Only schedules that may put this person on duty are needed. A person of
            now is called so at all times, whatever the name was.
    """
    snapshot = tx.configuration.snapshot()
    if at >= tx.now:
        return Directory(snapshot=snapshot, schedules=snapshot.schedules)
    revisions = tx.configuration.revisions()
    began = [one.number for one in revisions if one.applied_at <= at]
    first = revisions[0].number if revisions else 0
    then = tx.configuration.snapshot_at(began[-1] if began else first)
    kinds = history.KINDS_AND_PEOPLE if user in snapshot.users else history.KINDS
    documents = tx.configuration.versions(kinds)
    if names is not None:
        asked = {Slug(name) for name in names}
        return Directory(
            snapshot=then, schedules=history.compiled(documents, sorted(asked))
        )
    mine = None if user is None else sorted(history.naming(documents, Slug(user)))
    there = {
        name: schedule
        for name, schedule in history.compiled(documents, mine).items()
        if name in snapshot.schedules or not _is_over(schedule, at)
    }
    return Directory(snapshot=then, schedules=there)


def _is_over(schedule: Schedule, at: datetime) -> bool:
    """Return whether a schedule that is no more had been removed by then."""
    removed_at = schedule.revisions[-1].effective_from
    return removed_at is not None and removed_at <= at


def schedules_asked(
    known: Mapping[Slug, Schedule],
    names: Iterable[str],
    *,
    others: Iterable[str] = (),
) -> list[Schedule]:
    """Return the schedules of these names, all where none are named.

    Args:
        known: Where they are looked up.
        names: Those that are asked about.
        others: More names that may have been meant, for the refusal.

    Raises:
        NotFoundError: There is no schedule of one of the names.
    """
    asked = list(dict.fromkeys(names))
    for name in asked:
        if name not in known:
            raise _unknown(name, {*known, *others}, what="schedule")
    return [known[Slug(name)] for name in asked] if asked else list(known.values())


def policy_asked(
    snapshot: Snapshot, *, service: str | None, policy: str | None
) -> tuple[EscalationPolicy, Slug | None]:
    """Return the policy of that name, or the one that a service's pages run.

    Raises:
        NotFoundError: There is no service or policy of that name.
    """
    if service is not None:
        if service not in snapshot.services:
            raise _unknown(service, snapshot.services, what="service")
        policy = snapshot.services[Slug(service)].escalation_policy
    if policy is None or policy not in snapshot.policies:
        raise _unknown(policy or "", snapshot.policies, what="policy")
    name = None if service is None else Slug(service)
    return snapshot.policies[Slug(policy)], name


def user_asked(snapshot: Snapshot, name: str, *, now: Snapshot | None = None) -> Slug:
    """Return the user's name.

    Args:
        snapshot: What was in force at the time that is asked about.
        name: Of one who had an account then, or has one now.
        now: What is in force, where that is something else.

    Raises:
        NotFoundError: There is no user of that name.
    """
    current = snapshot if now is None else now
    if name not in snapshot.users and name not in current.users:
        raise _unknown(name, current.users, what="user")
    return Slug(name)


def instant_asked(
    text: str | None, *, schedules: Iterable[Schedule], now: datetime, field: str = "at"
) -> datetime:
    """Return the instant that is asked about, UTC; now where none is said.

    Args:
        text: As ``moment_text`` reads it; local times in the schedules' zone.
        schedules: Those asked about.
        now: The present, UTC.
        field: The name of the field, for the refusal.

    Raises:
        InvalidError: It is no instant, means several in the zones of the schedules,
            or lies outside the years we answer for.
    """
    if text is None:
        return now
    # A plus sign that was not encoded arrives as a space.
    spelled = text.strip()
    if spelled[:1].isdigit() and "T" in spelled:
        spelled = spelled.replace(" ", "+")
    zones = {one.time_zone for one in schedules} or {"UTC"}
    try:
        moments = {
            moment_text.read(spelled, wall_clock.zone(one), now=now) for one in zones
        }
    except ValueError as error:
        raise _no_instant(field, str(error)) from error
    if len(moments) > 1:
        said = (
            f"{spelling.quoted(text)} has no offset, and the schedules are in "
            f"several zones; add one, as in 2026-01-31T08:00:00+01:00"
        )
        raise _no_instant(field, said)
    (moment,) = moments
    if not YEAR_MIN <= moment.year < YEAR_MAX:
        raise _no_instant(field, f"Ask about the years {YEAR_MIN} to {YEAR_MAX}.")
    return moment


def window_asked(
    first: str | None,
    last: str | None,
    *,
    schedules: Iterable[Schedule],
    now: datetime,
) -> tuple[datetime, datetime]:
    """Return the window that is asked about, ``[start, end)`` in UTC.

    It begins now and lasts ``WINDOW_DEFAULT`` where nothing else is said.

    Raises:
        InvalidError: One is no instant, it ends before it begins, or it is longer than
            ``WINDOW_MAX``.
    """
    asked = list(schedules)
    start = instant_asked(first, schedules=asked, now=now, field="from")
    end = start + WINDOW_DEFAULT
    if last is not None:
        end = instant_asked(last, schedules=asked, now=now, field="to")
    if end <= start:
        said = f"It ends at {end:%Y-%m-%dT%H:%M:%SZ}, which is not after its beginning."
        raise _no_window(said)
    if end - start > WINDOW_MAX:
        said = f"Ask about {WINDOW_MAX.days} days at most."
        raise _no_window(said)
    return start, end


def _no_instant(field: str, wrong: str) -> InvalidError:
    msg = "Say the time in another way."
    return InvalidError(msg, fields={field: wrong})


def _no_window(wrong: str) -> InvalidError:
    msg = "The window to ask about must end after it begins, and in five years."
    return InvalidError(msg, fields={"to": wrong})


def _unknown(name: str, known: Iterable[str], *, what: str) -> NotFoundError:
    names = sorted(known)
    hint = did_you_mean(name, names)
    if not hint:
        hint = f"there are: {', '.join(names[:8])}" if names else "there is none yet"
    return NotFoundError(f"There is no {what} {spelling.quoted(name)}; {hint}")
