"""A postmortem, read and written: people's words beside what the record says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handrail.core.access.permission import Verb
from handrail.core.incident.wording import plain
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.postmortem.contributing_factor import (
    ContributingFactor,
    FactorKind,
    unanswered_blame,
)
from handrail.core.postmortem.document import since
from handrail.core.postmortem.draft import sentence
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.publish import REQUIRED, Missing
from handrail.core.postmortem.section import GUIDES, Section
from handrail.usecases.postmortem import PostmortemStory
from handrail.web.screens.action_item import (
    ActionItemLine,
    action_item_lines,
    category_choices,
    people_of,
)
from handrail.web.screens.incident import Clock, clock
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

FACTOR_KINDS = {
    FactorKind.TECHNOLOGY: "technology",
    FactorKind.PROCESS: "process",
    FactorKind.ORGANISATION: "organisation",
    FactorKind.INFORMATION: "information",
    FactorKind.EXTERNAL: "from outside",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemLine:
    """One postmortem of the library."""

    incident: str
    title: str
    state: str
    begun: Moment
    published: Moment | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemListScreen:
    """The library, latest incidents first; ``next`` is where older ones begin."""

    lines: tuple[PostmortemLine, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """One section.

    Attributes:
        text: What people wrote, or "".
        typed: What stands in its field: the text, or what was typed and refused.
        is_refused: What was typed was not taken: both texts are shown.
        facts: What the record says.
        changed: When it was last changed, or none.
    """

    name: str
    heading: str
    question: str
    text: str
    typed: str
    is_refused: bool
    is_required: bool
    facts: tuple[str, ...]
    changed_by: str
    changed: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPart:
    """One contributing factor.

    Attributes:
        blames: The words that must be answered before it can be published, or "".
        fields: What stands in its form: as it is, or what was typed and refused.
    """

    id: str
    text: str
    kind: str
    made_possible: str
    would_have_caught: str
    blames: str
    fields: Mapping[str, str]
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLine:
    """One thing that publishing waits for, and where on the page it is given."""

    href: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One line of the generated timeline; ``since`` counts from detection."""

    at: str
    since: str
    what: str
    is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemScreen:
    """A postmortem whole.

    Attributes:
        due: When it was promised for, or none.
        version: Goes back with every change, so that nobody's words are lost.
        can_write: The reader may write, and it is not published.
    """

    incident: str
    title: str
    state: str
    is_published: bool
    is_draft: bool
    published: Moment | None
    published_by: str
    due: Clock | None
    version: int
    header: tuple[tuple[str, str], ...]
    missing: tuple[MissingLine, ...]
    before: tuple[SectionPart, ...]
    after: tuple[SectionPart, ...]
    timeline: tuple[TimelineRow, ...]
    figures: tuple[str, ...]
    factors: tuple[FactorPart, ...]
    factor_kinds: tuple[tuple[str, str], ...]
    items: tuple[ActionItemLine, ...]
    people: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]
    can_act: bool
    can_write: bool
    refusal: Refusal | None


def postmortem_list_screen(
    found: Sequence[Postmortem], *, following: int | None, reader: Reader
) -> PostmortemListScreen:
    """Return the library."""
    return PostmortemListScreen(
        lines=tuple(_line(one, reader) for one in found), next=following
    )


def _line(one: Postmortem, reader: Reader) -> PostmortemLine:
    zone, now, published = reader.zone, reader.now, one.published_at
    return PostmortemLine(
        incident=one.incident_name,
        title=one.title,
        state=plain(one.state),
        begun=moment(one.created_at, zone=zone, now=now),
        published=moment(published, zone=zone, now=now) if published else None,
        by=person(one.published_by, reader.snapshot, otherwise=""),
    )


_BEFORE_FACTORS = (
    Section.SUMMARY,
    Section.IMPACT_USERS,
    Section.IMPACT_REVENUE,
    Section.IMPACT_ERROR_BUDGET,
    Section.TIMELINE,
)


def postmortem_screen(
    story: PostmortemStory, *, reader: Reader, refusal: Refusal | None = None
) -> PostmortemScreen:
    """Return a postmortem whole, in the order in which it is read."""
    postmortem, draft = story.postmortem, story.whole.draft
    is_published = postmortem.state is PostmortemState.PUBLISHED
    zone, now, published = reader.zone, reader.now, postmortem.published_at
    can_act = reader.actor.may(Verb.INCIDENT_ACT)
    sections = [_section(story, s, reader, refusal) for s in Section]
    return PostmortemScreen(
        incident=postmortem.incident_name,
        title=postmortem.title,
        state=plain(postmortem.state),
        is_published=is_published,
        is_draft=postmortem.state is PostmortemState.DRAFT,
        published=moment(published, zone=zone, now=now) if published else None,
        published_by=person(postmortem.published_by, reader.snapshot, otherwise=""),
        due=_due(story, reader),
        version=postmortem.sequence,
        header=draft.header,
        missing=tuple(_missing(one, postmortem) for one in story.missing),
        before=tuple(p for p in sections if p.name in _BEFORE_FACTORS),
        after=tuple(p for p in sections if p.name not in _BEFORE_FACTORS),
        timeline=tuple(
            TimelineRow(
                at=f"{line.at:%Y-%m-%d %H:%M:%S}",
                since=since(line),
                what=line.what,
                is_pinned=line.is_pinned,
            )
            for line in draft.timeline
        ),
        figures=tuple(sentence(figure) for figure in draft.figures),
        factors=tuple(_factor(one, refusal) for one in postmortem.factors),
        factor_kinds=tuple((str(k), words) for k, words in FACTOR_KINDS.items()),
        items=action_item_lines(story.whole.items, reader=reader),
        people=people_of(reader),
        categories=category_choices(),
        can_act=can_act,
        can_write=can_act and not is_published,
        refusal=_placed(refusal, postmortem),
    )


def _due(story: PostmortemStory, reader: Reader) -> Clock | None:
    kind = ObligationKind.POSTMORTEM_PUBLISHED
    owed = (o for o in story.incident.obligations if o.kind is kind and o.is_open)
    return next((clock(one, reader=reader) for one in owed), None)


def _missing(one: Missing, postmortem: Postmortem) -> MissingLine:
    is_factor = any(factor.id == one.part for factor in postmortem.factors)
    if one.part in set(Section):
        href = f"#section-{one.part}"
    elif is_factor:
        href = f"#factor-{one.part}"
    elif one.part == "factors":
        href = "#factors"
    else:
        href = f"/action-items/{one.part}#plan"
    return MissingLine(href=href, why=one.why)


def _section(
    story: PostmortemStory, section: Section, reader: Reader, refusal: Refusal | None
) -> SectionPart:
    postmortem, guide = story.postmortem, GUIDES[section]
    mark, text = postmortem.marks.get(section), postmortem.text(section)
    is_refused = (
        refusal is not None
        and refusal.act == "sections"
        and refusal.kept.get("section") == section
    )
    typed = refusal.kept.get("text", "") if refusal and is_refused else text
    zone, now = reader.zone, reader.now
    return SectionPart(
        name=section,
        heading=guide.heading,
        question=guide.question,
        text=text,
        typed=typed,
        is_refused=is_refused,
        is_required=section in REQUIRED,
        facts=tuple(story.whole.draft.facts.get(section, ())),
        changed_by=person(mark.by if mark else None, reader.snapshot, otherwise=""),
        changed=moment(mark.at, zone=zone, now=now) if mark else None,
    )


def _factor(factor: ContributingFactor, refusal: Refusal | None) -> FactorPart:
    is_refused = (
        refusal is not None
        and refusal.act in {"factor-change", "factor-remove"}
        and refusal.kept.get("factor") == factor.id
    )
    is_typed = refusal is not None and refusal.act == "factor-change" and is_refused
    as_it_is = {
        "text": factor.text,
        "kind": str(factor.kind),
        "made_possible": factor.made_possible,
        "would_have_caught": factor.would_have_caught,
    }
    return FactorPart(
        id=factor.id,
        text=factor.text,
        kind=FACTOR_KINDS[factor.kind],
        made_possible=factor.made_possible,
        would_have_caught=factor.would_have_caught,
        blames=unanswered_blame(factor) or "",
        fields={**as_it_is, **refusal.kept} if refusal and is_typed else as_it_is,
        is_refused=is_refused,
    )


def _placed(refusal: Refusal | None, postmortem: Postmortem) -> Refusal | None:
    """Return the refusal; words for a factor that is gone go to the form for new ones.

    So that nothing typed is lost because somebody else took the factor away.
    """
    if refusal is None or refusal.act != "factor-change":
        return refusal
    if any(factor.id == refusal.kept.get("factor") for factor in postmortem.factors):
        return refusal
    return Refusal(act="factor-add", message=refusal.message, kept=refusal.kept)
