"""Overrides, and what the forms that change who is on call by hand offer."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.access.permission import Verb
from handrail.core.cover import stretch
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override, OverrideMode, Schedule
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

NOTHING = Refusal(act="", message="")
LENGTHS = ("30m", "1h", "2h", "4h", "8h", "12h", "24h")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """One override.

    Attributes:
        what: Such as ``Ben Okoro for Ana Berger``.
        when: In the reader's zone.
        doubts: Where it changes nothing, in words.
        is_running: Whether it holds now.
        can_remove: Whether the reader may end it.
    """

    name: str
    schedule: str
    what: str
    when: str
    doubts: tuple[str, ...]
    is_running: bool
    can_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLists:
    """What the forms offer.

    Attributes:
        schedules: Name and title, the one asked for first.
        people: Name and full name of everybody.
        lengths: Such as ``2h``.
        can_act: Whether the reader may change who is on call at all.
    """

    schedules: tuple[tuple[Slug, str], ...]
    people: tuple[tuple[Slug, str], ...]
    lengths: tuple[str, ...]
    can_act: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideScreen:
    """Overrides that run or come, and the form for a new one.

    Attributes:
        notes: What is to be known of the one just made or ended.
    """

    rows: tuple[OverrideRow, ...]
    choices: ChoiceLists
    refusal: Refusal
    notes: tuple[str, ...]


def choices(reader: Reader, *, first: str = "") -> ChoiceLists:
    """Return what the forms offer this reader; their own schedules come first."""
    user = reader.actor.user
    schedules = sorted(
        reader.snapshot.schedules.values(),
        key=lambda s: (s.name != first, user not in s.people, s.title),
    )
    people = sorted(reader.snapshot.users.values(), key=lambda u: u.full_name)
    return ChoiceLists(
        schedules=tuple((s.name, s.title) for s in schedules),
        people=tuple((u.name, u.full_name) for u in people if u.name != user),
        lengths=LENGTHS,
        can_act=reader.actor.may(Verb.ONCALL_CHANGE),
    )


def override_row(
    schedule: Schedule,
    override: Override,
    *,
    doubts: Sequence[str],
    can_remove: bool,
    reader: Reader,
) -> OverrideRow:
    """Return an override as the list shows it."""
    return OverrideRow(
        name=override.name,
        schedule=schedule.title,
        what=_what(override, reader),
        when=stretch.words(override.starts_at, override.ends_at, reader.zone),
        doubts=tuple(doubts),
        is_running=override.starts_at <= reader.now < override.ends_at,
        can_remove=can_remove,
    )


def _what(override: Override, reader: Reader) -> str:
    user = _name(override.user, reader)
    if override.mode is OverrideMode.REMOVE:
        return f"{user} is off call"
    if override.mode is OverrideMode.ADD:
        return f"{user} as well"
    if override.instead_of is None:
        return f"{user} alone"
    return f"{user} for {_name(override.instead_of, reader)}"


def _name(user: Slug, reader: Reader) -> str:
    return person(user, reader.snapshot, otherwise="nobody")
