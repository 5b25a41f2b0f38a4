"""A postmortem as the wire has it: what people wrote beside what the record says."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from handrail.api import action_item
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.incident.duration import Figure, span
from handrail.core.postmortem.contributing_factor import (
    ContributingFactor,
    FactorKind,
    unanswered_blame,
)
from handrail.core.postmortem.draft import TimelineLine
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.section import GUIDES, Section
from handrail.usecases.postmortem import PostmortemStory


class HeadingView(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the document's head."""

    name: str
    value: str


class SectionView(msgspec.Struct, frozen=True, kw_only=True):
    """One section.

    Attributes:
        text: What people wrote, in Markdown, or "".
        question: What it asks of whoever writes it.
        facts: What the record says; not stored, and not to be written.
    """

    name: Section
    heading: str
    question: str
    text: str
    facts: list[str]
    is_written: bool
    changed_by: str | None
    changed_at: datetime | None


class FactorView(msgspec.Struct, frozen=True, kw_only=True):
    """A contributing factor.

    Attributes:
        blames: The words that must be answered before it can be published, or none.
    """

    id: str
    text: str
    kind: FactorKind
    made_possible: str
    would_have_caught: str
    blames: str | None


class TimelineLineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the generated timeline.

    Attributes:
        seconds_since_detected: Negative before detection.
        told_at: When it was written down, where that was later.
    """

    entry: int
    at: datetime
    seconds_since_detected: float
    what: str
    is_pinned: bool
    told_at: datetime | None


class FigureView(msgspec.Struct, frozen=True, kw_only=True):
    """A duration, its definition, and why it is not known where it is not."""

    name: str
    title: str
    definition: str
    seconds: float | None
    words: str


class MissingView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that publishing waits for."""

    part: str
    why: str


class PostmortemSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A postmortem in a list."""

    incident: str
    title: str
    state: PostmortemState
    version: int
    created_at: datetime
    published_at: datetime | None
    published_by: str | None


class PostmortemView(PostmortemSummary, frozen=True, kw_only=True):
    """A postmortem with all that belongs to it.

    Attributes:
        version: Goes back with every change, so that nobody's words are lost.
        missing: What publishing waits for; nothing means it may go out.
    """

    header: list[HeadingView]
    sections: list[SectionView]
    factors: list[FactorView]
    timeline: list[TimelineLineView]
    figures: list[FigureView]
    action_items: list[action_item.ActionItemView]
    missing: list[MissingView]


def summary(postmortem: Postmortem) -> PostmortemSummary:
    """Return the postmortem as a list has it."""
    return PostmortemSummary(
        incident=postmortem.incident_name,
        title=postmortem.title,
        state=postmortem.state,
        version=postmortem.sequence,
        created_at=postmortem.created_at,
        published_at=postmortem.published_at,
        published_by=postmortem.published_by,
    )


def view(
    story: PostmortemStory, *, snapshot: Snapshot, now: datetime
) -> PostmortemView:
    """Return the postmortem as the wire has it."""
    postmortem, draft = story.postmortem, story.whole.draft
    items = story.whole.items
    return PostmortemView(
        **msgspec.structs.asdict(summary(postmortem)),
        header=[HeadingView(name=name, value=value) for name, value in draft.header],
        sections=[
            _section(postmortem, section, draft.facts.get(section, ()))
            for section in Section
        ],
        factors=[_factor(factor) for factor in postmortem.factors],
        timeline=[_line(line) for line in draft.timeline],
        figures=[_figure(figure) for figure in draft.figures],
        action_items=[
            action_item.view(item, snapshot=snapshot, now=now) for item in items
        ],
        missing=[MissingView(part=one.part, why=one.why) for one in story.missing],
    )


def _section(
    postmortem: Postmortem, section: Section, facts: Sequence[str]
) -> SectionView:
    guide, mark = GUIDES[section], postmortem.marks.get(section)
    text = postmortem.text(section)
    return SectionView(
        name=section,
        heading=guide.heading,
        question=guide.question,
        text=text,
        facts=list(facts),
        is_written=bool(text.strip()),
        changed_by=mark.by if mark else None,
        changed_at=mark.at if mark else None,
    )


def _factor(factor: ContributingFactor) -> FactorView:
    return FactorView(
        id=factor.id,
        text=factor.text,
        kind=factor.kind,
        made_possible=factor.made_possible,
        would_have_caught=factor.would_have_caught,
        blames=unanswered_blame(factor),
    )


def _line(line: TimelineLine) -> TimelineLineView:
    return TimelineLineView(
        entry=line.sequence,
        at=line.at,
        seconds_since_detected=line.since_detected.total_seconds(),
        what=line.what,
        is_pinned=line.is_pinned,
        told_at=line.told_at,
    )


def _figure(figure: Figure) -> FigureView:
    value = figure.value
    return FigureView(
        name=figure.key,
        title=figure.name,
        definition=figure.definition,
        seconds=None if value is None else value.total_seconds(),
        words=f"unknown: {figure.unknown}" if value is None else span(value),
    )
