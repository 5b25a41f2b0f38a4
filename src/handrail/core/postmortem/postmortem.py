"""A postmortem: the present state of its stream of events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from functools import singledispatch

from handrail.core.ids import IncidentId, PostmortemId, Slug
from handrail.core.postmortem import event as e
from handrail.core.postmortem.contributing_factor import ContributingFactor
from handrail.core.postmortem.section import Section


@unique
class PostmortemState(StrEnum):
    """How far it is."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Who changed a part last, when, and by which event."""

    sequence: int
    by: Slug
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """One postmortem.

    Attributes:
        title: The incident's when it was begun; shown where that cannot be.
        sections: What people wrote; a section nobody wrote is absent or empty.
        factors: Contributing factors in the order they were named.
        factors_named: How many ever were, so that no id is used twice.
        marks: Who changed each part last: a section's word or a factor's id.
        record_until: While published, the incident's last entry it tells of.
        sequence: Number of the last event in its stream; the version people see.
    """

    id: PostmortemId
    incident_id: IncidentId
    incident_number: int
    title: str
    created_at: datetime
    state: PostmortemState = PostmortemState.DRAFT
    sections: Mapping[Section, str] = field(default_factory=dict)
    factors: tuple[ContributingFactor, ...] = ()
    factors_named: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)
    published_at: datetime | None = None
    published_by: Slug | None = None
    record_until: int | None = None
    sequence: int = 0

    @property
    def incident_name(self) -> str:
        """Return what people call its incident, such as ``INC-42``."""
        return f"INC-{self.incident_number}"

    def text(self, section: Section) -> str:
        """Return what people wrote in the section, or ""."""
        return self.sections.get(section, "")


def begin(
    postmortem_id: PostmortemId, event: e.PostmortemBegun, *, at: datetime
) -> Postmortem:
    """Return the postmortem as its first event leaves it."""
    return Postmortem(
        id=postmortem_id,
        incident_id=event.incident_id,
        incident_number=event.incident_number,
        title=event.title,
        created_at=at,
        sections=dict(event.sections),
        sequence=1,
    )


def evolve(
    postmortem: Postmortem, event: e.PostmortemEvent, *, at: datetime
) -> Postmortem:
    """Return the postmortem after one more event that happened at ``at``."""
    after = _apply(event, postmortem, at)
    return replace(after, sequence=postmortem.sequence + 1)


def rebuild(
    postmortem_id: PostmortemId, events: Iterable[tuple[e.PostmortemEvent, datetime]]
) -> Postmortem:
    """Return the postmortem that this whole stream of events and times amounts to."""
    stream = iter(events)
    first, at = next(stream)
    assert isinstance(first, e.PostmortemBegun), "a stream begins with the draft"
    postmortem = begin(postmortem_id, first, at=at)
    for event, happened_at in stream:
        postmortem = evolve(postmortem, event, at=happened_at)
    return postmortem


@singledispatch
def _apply(event: object, postmortem: Postmortem, at: datetime) -> Postmortem:
    del postmortem, at
    msg = f"a postmortem cannot go through {type(event).__name__}"
    raise AssertionError(msg)


@_apply.register
def _(event: e.SectionsWritten, postmortem: Postmortem, at: datetime) -> Postmortem:
    marked = _marked(postmortem, tuple(event.sections), by=event.by, at=at)
    return replace(marked, sections={**postmortem.sections, **event.sections})


@_apply.register
def _(event: e.FactorAdded, postmortem: Postmortem, at: datetime) -> Postmortem:
    marked = _marked(postmortem, (event.factor.id,), by=event.by, at=at)
    return replace(
        marked,
        factors=(*postmortem.factors, event.factor),
        factors_named=postmortem.factors_named + 1,
    )


@_apply.register
def _(event: e.FactorChanged, postmortem: Postmortem, at: datetime) -> Postmortem:
    marked = _marked(postmortem, (event.factor.id,), by=event.by, at=at)
    changed = event.factor
    factors = tuple(changed if f.id == changed.id else f for f in postmortem.factors)
    return replace(marked, factors=factors)


@_apply.register
def _(event: e.FactorRemoved, postmortem: Postmortem, at: datetime) -> Postmortem:
    marked = _marked(postmortem, (event.factor_id,), by=event.by, at=at)
    kept = tuple(f for f in postmortem.factors if f.id != event.factor_id)
    return replace(marked, factors=kept)


@_apply.register
def _(event: e.ReviewAsked, postmortem: Postmortem, at: datetime) -> Postmortem:
    del event, at
    return replace(postmortem, state=PostmortemState.IN_REVIEW)


@_apply.register
def _(event: e.Published, postmortem: Postmortem, at: datetime) -> Postmortem:
    return replace(
        postmortem,
        state=PostmortemState.PUBLISHED,
        published_at=at,
        published_by=event.by,
        record_until=event.record_until,
    )


@_apply.register
def _(event: e.TakenUpAgain, postmortem: Postmortem, at: datetime) -> Postmortem:
    del event, at
    return replace(
        postmortem,
        state=PostmortemState.DRAFT,
        published_at=None,
        published_by=None,
        record_until=None,
    )


def _marked(
    postmortem: Postmortem, parts: tuple[str, ...], *, by: Slug, at: datetime
) -> Postmortem:
    mark = Mark(sequence=postmortem.sequence + 1, by=by, at=at)
    return replace(
        postmortem, marks={**postmortem.marks, **{str(part): mark for part in parts}}
    )
