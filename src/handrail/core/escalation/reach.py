"""Whom a target leads to at an instant, and why.

A name that leads nowhere (somebody left since the page's policy was fixed) reaches
nobody; it never stops the others of its level.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from handrail.core.escalation.policy import Level, Target, TargetKind
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import User
from handrail.core.schedule.explain import explain
from handrail.core.schedule.schedule import Schedule


class Directory(Protocol):
    """Where names are looked up; the configuration snapshot is one."""

    @property
    def users(self) -> Mapping[Slug, User]:
        """Return the users by name."""
        ...

    @property
    def teams(self) -> Mapping[Slug, Team]:
        """Return the teams by name."""
        ...

    @property
    def schedules(self) -> Mapping[Slug, Schedule]:
        """Return the schedules by name."""
        ...

    @property
    def channels(self) -> Mapping[Slug, ContactMethod]:
        """Return the organisation's channels by name."""
        ...


Answer = tuple[tuple[Slug, ...], tuple[Slug, ...], str]
"""Who is on duty, who goes along as shadow, and why."""
Ask = Callable[[Schedule, datetime], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody, or a channel, that a target leads to.

    Attributes:
        recipient: ``user:ana`` or ``channel:ops``.
        target: The target that led there, ``schedule:primary``.
        why: How, in words.
        is_shadow: Told the same, without responsibility.
    """

    recipient: str
    target: str
    why: str
    is_shadow: bool = False


def explained(schedule: Schedule, at: datetime) -> Answer:
    """Return whom a schedule puts on duty or beside it, and the whole chain why."""
    answer = explain(schedule, at)
    return answer.users, answer.shadows, answer.in_words()


def reach(
    target: Target, *, directory: Directory, at: datetime, ask: Ask = explained
) -> tuple[Reached, ...]:
    """Return everybody the target leads to at the instant; nobody is an answer too.

    Args:
        target: Whom to seek.
        directory: Where names are looked up.
        at: The instant, for schedules.
        ask: Who is on duty; proofs that have resolved schedules beforehand look there.
    """
    match target.kind:
        case TargetKind.SCHEDULE:
            return _schedule(target, directory, at, ask)
        case TargetKind.TEAM:
            return _team(target, directory)
        case TargetKind.USER:
            return _users(target, directory, (target.name,), "named by the policy")
        case TargetKind.CHANNEL:
            return _channel(target, directory)
        case _:
            assert_never(target.kind)


def reach_level(
    level: Level, *, directory: Directory, at: datetime
) -> tuple[Reached, ...]:
    """Return everybody a level leads to, in the order of its targets, nobody twice.

    Who is reached over several targets is told the reason of the first; who is a
    shadow of one and responsible by another is responsible.
    """
    return once(
        reached
        for target in level.targets
        for reached in reach(target, directory=directory, at=at)
    )


def once(reached: Iterable[Reached]) -> tuple[Reached, ...]:
    """Return them in order, each recipient once: as responsible rather than shadow."""
    found: dict[str, Reached] = {}
    for one in reached:
        known = found.get(one.recipient)
        if known is None or (known.is_shadow and not one.is_shadow):
            found[one.recipient] = one
    return tuple(found.values())


def _schedule(
    target: Target, directory: Directory, at: datetime, ask: Ask
) -> tuple[Reached, ...]:
    schedule = directory.schedules.get(target.name)
    if schedule is None:
        return ()
    users, along, why = ask(schedule, at)
    shadows = _users(target, directory, along, why)
    return (
        *_users(target, directory, users, why),
        *(replace(one, is_shadow=True) for one in shadows),
    )


def _team(target: Target, directory: Directory) -> tuple[Reached, ...]:
    team = directory.teams.get(target.name)
    members = () if team is None else team.members
    return _users(target, directory, members, f"member of team {target.name}")


def _channel(target: Target, directory: Directory) -> tuple[Reached, ...]:
    if target.name not in directory.channels:
        return ()
    why = "named by the policy"
    return (Reached(recipient=str(target), target=str(target), why=why),)


def _users(
    target: Target, directory: Directory, names: tuple[Slug, ...], why: str
) -> tuple[Reached, ...]:
    """Return the users of these names that still exist."""
    return tuple(
        Reached(recipient=f"user:{name}", target=str(target), why=why)
        for name in dict.fromkeys(names)
        if name in directory.users
    )
