"""Who is on call now, what gaps open, and who could no longer be reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from handrail.core import wall_clock
from handrail.core.configuration.audience import Audience
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
    day_in_words,
    moment_in_words,
    names_in_words,
    stretch_in_words,
)
from handrail.core.configuration.consequence.people import Compared
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.difference import Difference, minus
from handrail.core.schedule.on_call import tile_at
from handrail.core.schedule.restriction import Stretch
from handrail.core.schedule.schedule import Schedule


def on_call_now(
    before: Schedule, after: Schedule | None, now: datetime, *, open_pages: int
) -> Iterator[Consequence]:
    """Yield that somebody else would be on call at this moment.

    Args:
        before: The schedule in force.
        after: The one that would be, or none.
        now: The present instant.
        open_pages: How many open pages' policies lead to the schedule.
    """
    was = tile_at(before, now).users
    will = () if after is None else tile_at(after, now).users
    if set(was) == set(will):
        return
    leaving = [name for name in was if name not in will]
    coming = [name for name in will if name not in was]
    parts = []
    if leaving:
        verb = "is" if len(leaving) == 1 else "are"
        parts.append(
            f"{names_in_words(leaving)} {verb} on call now in {before.name} "
            "and would no longer be"
        )
        parts.append(f"{names_in_words(coming)} would be" if coming else "")
    else:
        verb = "becomes" if len(coming) == 1 else "become"
        parts.append(
            f"{names_in_words(coming)} {verb} on call at once in {before.name}"
        )
    if not will:
        parts.append("nobody would be")
    text = "; ".join(part for part in parts if part)
    if open_pages:
        pages = (
            "1 open page keeps its"
            if open_pages == 1
            else (f"{open_pages} open pages keep their")
        )
        text += f"; {pages} policy"
    yield Consequence(
        kind=ConsequenceKind.ON_CALL_NOW,
        text=text,
        schedule=before.name,
        user=leaving[0] if len(leaving) == 1 else None,
        starts_at=now,
        weight=float(open_pages),
    )


def gaps(
    schedule: Schedule, compared: Difference, *, is_new: bool
) -> Iterator[Consequence]:
    """Yield when nobody would be on call any more: gaps, and those that are meant."""
    opened = compared.gaps_opened
    meant = minus(minus(compared.after.nobody, compared.before.nobody), opened)
    name = schedule.name
    if is_new:
        kind, head = ConsequenceKind.NEW_GAPS, f"{name}, which is new, leaves a gap"
    else:
        kind, head = ConsequenceKind.GAP, f"a gap opens in {name}"
    yield from _told_once(schedule, opened, kind, head)
    if not is_new:
        head = f"nobody is on call any more in {name}, as intended"
        yield from _told_once(schedule, meant, ConsequenceKind.INTENDED_GAP, head)


def _told_once(
    schedule: Schedule, spans: Sequence[Stretch], kind: ConsequenceKind, head: str
) -> Iterator[Consequence]:
    """Yield one consequence for all the stretches, which names the first."""
    if not spans:
        return
    zone = wall_clock.zone(schedule.time_zone)
    more = ""
    if len(spans) > 1:
        last = day_in_words(wall_clock.local(spans[-1][0], zone))
        more = f", and {len(spans) - 1} more until {last}"
    yield Consequence(
        kind=kind,
        text=f"{head} {stretch_in_words(spans[0], zone)}{more}",
        schedule=schedule.name,
        starts_at=spans[0][0],
        ends_at=spans[0][1],
        weight=sum((b - a).total_seconds() for a, b in spans),
    )


def unreachable(
    before: Snapshot, after: Snapshot, compared: Compared, now: datetime
) -> Iterator[Consequence]:
    """Yield people who come on call, or are, and have no contact method (any more)."""
    first: dict[Slug, tuple[datetime, Slug]] = {}
    for schedule, one in compared.items():
        for place, spans in one.gained.items():
            at = spans[0][0]
            if at < first.get(place.user, (at, schedule))[0] or place.user not in first:
                first[place.user] = at, schedule
    for name, (at, schedule) in sorted(first.items()):
        user = after.users.get(name)
        if user is not None and user.contact_methods:
            continue
        zone = wall_clock.zone("UTC" if user is None else user.time_zone)
        when = "is on call at once"
        if at > now:
            when = f"comes on call {moment_in_words(wall_clock.local(at, zone))}"
        lacks = "and has no contact method"
        if user is not None and user.is_reachable:
            lacks = "and is told over the account's e-mail only"
        yield Consequence(
            kind=ConsequenceKind.UNREACHABLE,
            text=f"{name} {when} in {schedule} {lacks}",
            user=name,
            schedule=schedule,
            starts_at=max(at, now),
        )
    yield from _methods_lost(before, after, told=first)


def _methods_lost(
    before: Snapshot, after: Snapshot, *, told: Iterable[Slug]
) -> Iterator[Consequence]:
    lost = {
        name
        for name, user in before.users.items()
        if user.contact_methods
        and name in after.users
        and not after.users[name].contact_methods
    } - set(told)
    if not lost:
        return
    for name in sorted(lost):
        of = [s.name for s in after.schedules.values() if name in s.people]
        if of:
            yield Consequence(
                kind=ConsequenceKind.UNREACHABLE,
                text=f"{name} takes turns in {names_in_words(of[:3])} and would have "
                "no contact method any more",
                user=name,
                schedule=of[0],
            )


def nobody(before: Snapshot, after: Snapshot) -> Iterator[Consequence]:
    """Yield services whose pages would lead to nobody at all."""
    led = _led(before)
    for name, leads in _led(after).items():
        if leads or led.get(name) is False:
            continue
        policy = after.services[name].escalation_policy
        yield Consequence(
            kind=ConsequenceKind.NOBODY,
            text=f"pages about {name} would lead to nobody (policy {policy}); "
            "they would go to the last resort at once",
            service=name,
        )


def _led(snapshot: Snapshot) -> Mapping[Slug, bool]:
    """Return by service whether anybody behind its policy can ever be reached."""
    audience = Audience(snapshot=snapshot)
    reaches = {
        name: any(
            map(audience.reaches, chain.from_iterable(one.targets for one in p.levels))
        )
        for name, p in snapshot.policies.items()
    }
    return {
        name: reaches.get(service.escalation_policy, False)
        for name, service in snapshot.services.items()
    }
