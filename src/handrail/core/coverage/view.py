"""A level as the proof sees it: who is sought, over what, and where it leads nowhere.

The production rule says who is sought (``plan_level``); here is only remembered what
it said, since the same answers come back all day and every week.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import MethodKey
from handrail.core.coverage.provider import Provider, provider
from handrail.core.coverage.rota import Rotas, Said
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.escalation.reach import Answer
from handrail.core.ids import Slug
from handrail.core.paging.ladder import plan_level
from handrail.core.schedule.schedule import Schedule
from handrail.core.severity.severity import Urgency


class Contact(NamedTuple):
    """One delivery to a person.

    Attributes:
        after: Delay from the level's notification.
    """

    key: MethodKey
    provider: Provider
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A target that leads to nobody.

    Attributes:
        target: Such as ``schedule:primary``.
        is_intended: A turn of nobody, or a removal, says that it is meant.
    """

    target: str
    is_intended: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelView:
    """What happens when a level is notified while its schedules say one thing.

    Attributes:
        targets: As the policy names them.
        is_empty: Nobody is sought: the level is skipped at once.
        contacts: To the people who are responsible, in the order of the plan.
        silent: Who is responsible and has nothing to be told over.
        shadows: Who is sought without being responsible.
        channels: Channels of the organisation that are told; no person is.
        gaps: Targets that lead to nobody.
        takes_turns: Only one of the people is told, whose turn it is.
    """

    targets: tuple[str, ...]
    is_empty: bool
    contacts: tuple[Contact, ...]
    silent: tuple[Slug, ...]
    shadows: tuple[Slug, ...]
    channels: tuple[str, ...]
    gaps: tuple[Gap, ...]
    takes_turns: bool = False

    @property
    def intended(self) -> tuple[str, ...]:
        """Return the targets whose gap is meant."""
        return tuple(gap.target for gap in self.gaps if gap.is_intended)


class LevelViews:
    """The views of one level at one urgency, each worked out once."""

    def __init__(
        self,
        targets: tuple[Target, ...],
        *,
        urgency: Urgency,
        snapshot: Snapshot,
        rotas: Rotas,
        takes_turns: bool = False,
    ) -> None:
        """Take the level's targets, and the configuration with its schedules."""
        self._takes_turns = takes_turns
        self._targets = targets
        self._urgency = urgency
        self._snapshot = snapshot
        names = (t.name for t in targets if t.kind is TargetKind.SCHEDULE)
        found = ((name, rotas.of(name)) for name in dict.fromkeys(names))
        self._rotas = [(name, rota) for name, rota in found if rota is not None]
        self._known: dict[tuple[Said, ...], LevelView] = {}

    def look(self, at: datetime) -> tuple[LevelView, datetime | None]:
        """Return what notifying the level at an instant does, and until when it is so.

        None: it never changes.
        """
        until: datetime | None = None
        answers: list[Said] = []
        for _, rota in self._rotas:
            said, ends_at = rota.at(at)
            answers.append(said)
            if until is None or ends_at < until:
                until = ends_at
        key = tuple(answers)
        view = self._known.get(key)
        if view is None:
            view = self._known[key] = self._view(key, at)
        return view, until

    def methods(self) -> Iterator[MethodKey]:
        """Yield the contact methods of everything looked at."""
        for view in self._known.values():
            yield from (contact.key for contact in view.contacts)

    def _view(self, answers: tuple[Said, ...], at: datetime) -> LevelView:
        names = (name for name, _ in self._rotas)
        said = dict(zip(names, answers, strict=True))

        def ask(schedule: Schedule, _: datetime) -> Answer:
            there = said[schedule.name]
            return there.users, there.shadows, ""

        plan = plan_level(
            self._targets,
            urgency=self._urgency,
            snapshot=self._snapshot,
            now=at,
            ask=ask,
        )
        responsible = {
            name: None
            for target in self._targets
            for name in self._people(target, said)
        }
        contacts: list[Contact] = []
        shadows: dict[Slug, None] = {}
        channels: dict[str, None] = {}
        for owed in plan.deliveries:
            kind, _, name = owed.recipient.partition(":")
            if kind != TargetKind.USER:
                channels[owed.recipient] = None
            elif name in responsible:
                key = MethodKey(Slug(name), owed.method, owed.kind, owed.address)
                carrier = provider(owed.kind, owed.address)
                contacts.append(Contact(key, carrier, owed.after))
            else:
                shadows[Slug(name)] = None
        reached = {contact.key.user for contact in contacts}
        return LevelView(
            targets=tuple(map(str, self._targets)),
            is_empty=plan.is_empty,
            contacts=tuple(contacts),
            silent=tuple(name for name in responsible if name not in reached),
            shadows=tuple(shadows),
            channels=tuple(channels),
            gaps=tuple(self._gaps(said)),
            takes_turns=self._takes_turns,
        )

    def _people(self, target: Target, said: Mapping[Slug, Said]) -> Iterator[Slug]:
        """Yield who is responsible behind a target, of those that exist."""
        match target.kind:
            case TargetKind.SCHEDULE:
                names = said[target.name].users if target.name in said else ()
            case TargetKind.TEAM:
                team = self._snapshot.teams.get(target.name)
                names = () if team is None else team.members
            case TargetKind.USER:
                names = (target.name,)
            case TargetKind.CHANNEL:
                names = ()
            case _:
                assert_never(target.kind)
        return (name for name in names if name in self._snapshot.users)

    def _gaps(self, said: Mapping[Slug, Said]) -> Iterator[Gap]:
        for target in self._targets:
            if target.kind is TargetKind.CHANNEL or any(self._people(target, said)):
                continue
            is_schedule = target.kind is TargetKind.SCHEDULE
            there = said.get(target.name) if is_schedule else None
            is_intended = there is not None and there.is_intended
            yield Gap(target=str(target), is_intended=is_intended)
