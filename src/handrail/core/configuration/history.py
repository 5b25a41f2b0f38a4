"""A schedule through time: what each version of its documents said while it held.

The past is immutable. An apply, an override that comes or goes, another zone, a
calendar: each changes what is answered from the instant it took effect, and nothing
before. A schedule that was removed leads to nobody from then on; before the first
version, that one is taken to have held always.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, pairwise

from handrail.core.configuration import compile_schedule, former_names
from handrail.core.configuration.document import Document
from handrail.core.configuration.former_names import FormerNames
from handrail.core.configuration.part import Part, part_of
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Layer, Override, Party, Revision, Schedule

KINDS = ("schedule", "override", "calendar")
"""What documents a schedule's answers rest on."""
KINDS_AND_PEOPLE = (*KINDS, former_names.KIND)
"""With these, people are called what they are called now, whenever it was."""

_Key = tuple[str, Slug]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """One version and the time in which it held, ``[starts_at, ends_at)``, UTC.

    Attributes:
        starts_at: None: always before.
        ends_at: None: still.
    """

    part: Part
    starts_at: datetime | None
    ends_at: datetime | None


class ScheduleHistory:
    """Every version of schedules, overrides and calendars, ready to be asked.

    Args:
        documents: Of ``KINDS``, or of ``KINDS_AND_PEOPLE``, in the order in which they
            were stored.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        documents = tuple(documents)
        self._people = FormerNames(documents)
        versions: dict[_Key, list[Document]] = {}
        for document in documents:
            versions.setdefault((document.kind, document.name), []).append(document)
        self._versions = versions
        self._overrides_of = _overrides_by_schedule(versions)

    @property
    def names(self) -> tuple[Slug, ...]:
        """Return every schedule there is or was, by its last name."""
        older = {
            document.renamed_from
            for (kind, _), held in self._versions.items()
            if kind == "schedule"
            for document in held
        }
        return tuple(
            sorted(
                name
                for kind, name in self._versions
                if kind == "schedule"
                and (name not in older or not self._last("schedule", name).is_removed)
            )
        )

    def schedule(self, name: Slug) -> Schedule | None:
        """Return the schedule through all times, or none where there never was one.

        Asked about instants from the last version on, it answers as the configuration
        in force does.
        """
        held = list(self._held("schedule", name))
        if not held:
            return None
        last = held[-1].part
        zone = _zone(last)
        names = {one.part.name for one in held}
        return Schedule(
            name=name,
            title=last.title,
            time_zone=zone,
            revisions=tuple(self._revisions(held, zone)),
            overrides=tuple(self._overrides(held, names)),
        )

    def _last(self, kind: str, name: Slug) -> Document:
        return self._versions[kind, name][-1]

    def _held(self, kind: str, name: Slug) -> Iterator[_Held]:
        """Yield the versions of a document and of what it was called before."""
        chain = self._chain(kind, name)
        if not chain:
            return
        bounds = [None, *_beginnings(chain)[1:], None]
        for document, (starts_at, ends_at) in zip(chain, pairwise(bounds), strict=True):
            if not document.is_removed and (ends_at is None or starts_at != ends_at):
                yield _Held(
                    part=part_of(document), starts_at=starts_at, ends_at=ends_at
                )

    def _chain(
        self, kind: str, name: Slug, until: datetime | None = None
    ) -> list[Document]:
        """Return the versions from the first name on, those stored before ``until``.

        Where a name was somebody else's before, these come first, up to where what
        bears it now began under whatever name.
        """
        own = [
            one
            for one in self._versions.get((kind, name), [])
            if until is None or one.effective_from < until
        ]
        begins = _begins(own)
        if begins is None or own[begins].renamed_from in {None, name}:
            return own
        before = Slug(own[begins].renamed_from or "")
        # Its old name's end came with this one's beginning, and is no end.
        older = self._chain(kind, before, own[begins].effective_from)
        others = [
            one
            for one in own[:begins]
            if not older or one.effective_from < older[0].effective_from
        ]
        return [*others, *older, *own[begins:]]

    def _revisions(self, held: Sequence[_Held], zone: str) -> Iterator[Revision]:
        """Yield the layers in force from each instant on."""
        for place, one in enumerate(held):
            yield from self._while_held(one, zone)
            following = held[place + 1].starts_at if place + 1 < len(held) else None
            if one.ends_at is not None and one.ends_at != following:
                yield Revision(layers=(), effective_from=one.ends_at)

    def _while_held(self, one: _Held, zone: str) -> Iterator[Revision]:
        """Yield the layers of one version, anew whenever its calendars change."""
        own_zone = _zone(one.part)
        skipped = set(compile_schedule.calendars_of(one.part.body))
        closed = {name: list(self._held("calendar", name)) for name in skipped}
        edges = {
            edge
            for versions in closed.values()
            for version in versions
            for edge in (version.starts_at, version.ends_at)
            if edge is not None and _holds(one, edge)
        }
        bounds = [one.starts_at, *sorted(edges), one.ends_at]
        for starts_at, ends_at in pairwise(bounds):
            calendars = {
                name: version.part.body
                for name, versions in closed.items()
                for version in versions
                if _is_at(version, starts_at)
            }
            plan = compile_schedule.schedule(one.part, (), calendars)
            for revision in _within(plan.revisions, starts_at, ends_at):
                layers = tuple(
                    self._named_now(_in_zone(layer, own_zone, zone), one.part)
                    for layer in revision.layers
                )
                yield replace(revision, layers=layers)

    def _named_now(self, layer: Layer, part: Part) -> Layer:
        """Return the layer with its people as they are called now."""
        said_at = part.document.effective_from

        def party(users: Party) -> Party:
            return tuple(self._people.now(user, said_at) for user in users)

        if layer.rotation is None:
            shifts = (replace(one, users=party(one.users)) for one in layer.shifts)
            return replace(layer, shifts=tuple(shifts))
        parties = tuple(map(party, layer.rotation.participants))
        return replace(layer, rotation=replace(layer.rotation, participants=parties))

    def _overrides(self, held: Sequence[_Held], names: set[Slug]) -> Iterator[Override]:
        """Yield every version of every override, cut to the time in which it held.

        What came with the first version of the schedule has held always, as it has.
        """
        began = held[0].part.document.effective_from
        in_zones = list(_by_zone(held))
        for name in sorted(names):
            for version in self._overrides_of.get(name, ()):
                is_first = version.starts_at is None or version.starts_at <= began
                starts_at = None if is_first else version.starts_at
                for one in in_zones:
                    for made in _cut(version, one, starts_at):
                        yield self._override_now(made, version.part)

    def _override_now(self, override: Override, part: Part) -> Override:
        said_at = part.document.effective_from
        relieved = override.instead_of
        return replace(
            override,
            user=self._people.now(override.user, said_at),
            instead_of=relieved and self._people.now(relieved, said_at),
        )


def _begins(own: Sequence[Document]) -> int | None:
    """Return the place of the version since which a name was never free again."""
    begins = None
    for place, document in enumerate(own):
        if not document.is_removed and (place == 0 or own[place - 1].is_removed):
            begins = place
    return begins


def _beginnings(chain: Sequence[Document]) -> list[datetime]:
    """Return since when each version holds, in order, whatever the clock did.

    Where it was set back, a later version holds from its instant on, and what was
    stored before with a later instant has no time of its own.
    """
    instants = [one.effective_from for one in chain]
    return list(accumulate(reversed(instants), min))[::-1]


def _overrides_by_schedule(
    versions: Mapping[_Key, Sequence[Document]],
) -> dict[Slug, list[_Held]]:
    """Return every version of every override with the time in which it held."""
    found: dict[Slug, list[_Held]] = {}
    for (kind, _), own in versions.items():
        if kind != "override":
            continue
        ends = [one.effective_from for one in own[1:]]
        for document, ends_at in zip(own, [*ends, None], strict=True):
            if document.is_removed:
                continue
            part, starts_at = part_of(document), document.effective_from
            held = _Held(part=part, starts_at=starts_at, ends_at=ends_at)
            found.setdefault(Slug(part.body["schedule"]), []).append(held)
    return found


def _by_zone(held: Sequence[_Held]) -> Iterator[_Held]:
    """Yield the versions with neighbours of the same zone made one."""
    last: _Held | None = None
    for one in held:
        if (
            last
            and last.ends_at == one.starts_at
            and _zone(last.part) == _zone(one.part)
        ):
            last = replace(last, ends_at=one.ends_at)
            continue
        if last:
            yield last
        last = one
    if last is not None:
        yield last


def _cut(
    version: _Held, schedule: _Held, starts_at: datetime | None
) -> Iterator[Override]:
    """Yield the override where version and schedule both held, if they did."""
    made = compile_schedule.override(_zone(schedule.part), version.part)
    begins = [made.starts_at, starts_at, schedule.starts_at]
    ends = [made.ends_at, version.ends_at, schedule.ends_at]
    first = max(at for at in begins if at is not None)
    last = min(at for at in ends if at is not None)
    if first < last:
        yield replace(made, starts_at=first, ends_at=last)


def _within(
    revisions: Sequence[Revision], start: datetime | None, end: datetime | None
) -> Iterator[Revision]:
    """Yield what the revisions say within a time, the first from its beginning on."""
    in_force = revisions[0]
    coming = []
    for revision in revisions[1:]:
        at = revision.effective_from
        if at is None or (start is not None and at <= start):
            in_force = revision
        elif end is None or at < end:
            coming.append(revision)
    yield replace(in_force, effective_from=start)
    yield from coming


def _in_zone(layer: Layer, own: str, shown: str) -> Layer:
    """Return the layer with its zone said, where the schedule's has changed since."""
    if layer.time_zone is not None or own == shown:
        return layer
    return replace(layer, time_zone=own)


def _zone(part: Part) -> str:
    return str(part.body.get("time_zone", "UTC"))


def _holds(one: _Held, at: datetime) -> bool:
    """Return whether an instant lies strictly inside the time in which it held."""
    return (one.starts_at is None or one.starts_at < at) and (
        one.ends_at is None or at < one.ends_at
    )


def _is_at(one: _Held, at: datetime | None) -> bool:
    if one.starts_at is None:
        return at is None or one.ends_at is None or at < one.ends_at
    if at is None:
        return False
    return one.starts_at <= at and (one.ends_at is None or at < one.ends_at)


def naming(documents: Iterable[Document], user: Slug) -> frozenset[Slug]:
    """Return the schedules that may put a person on duty, at one time or another.

    Found in the text of the documents, so that the others need not be compiled; it may
    be a few more.
    """
    documents = tuple(documents)
    words = [f'"{name}"' for name in FormerNames(documents).of(user)]
    found: set[Slug] = set()
    renamed: list[tuple[Slug, Slug]] = []
    for document in documents:
        if document.kind == "schedule":
            if document.renamed_from is not None:
                renamed.append((Slug(document.renamed_from), document.name))
            if any(word in document.body for word in words):
                found.add(document.name)
        elif document.kind == "override" and any(w in document.body for w in words):
            found.add(Slug(part_of(document).body["schedule"]))
    for before, after in renamed:
        if before in found:
            found.add(after)
    return frozenset(found)


def compiled(
    documents: Iterable[Document], names: Iterable[Slug] | None = None
) -> Mapping[Slug, Schedule]:
    """Return schedules through time, all of them or those of these names."""
    history = ScheduleHistory(documents)
    asked = history.names if names is None else names
    found = {name: history.schedule(name) for name in asked}
    return {name: one for name, one in found.items() if one is not None}
