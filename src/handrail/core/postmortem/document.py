"""A postmortem as one Markdown document; the same input gives the same bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handrail.core.incident.duration import span
from handrail.core.postmortem.action_item import ActionItem
from handrail.core.postmortem.contributing_factor import QUESTION, unanswered_blame
from handrail.core.postmortem.draft import Draft, TimelineLine, clock, sentence
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.section import GUIDES, Section

NOT_WRITTEN = "*Not written yet.*"
_NOTHING = timedelta(0)
_BEFORE_FACTORS = (
    Section.SUMMARY,
    Section.IMPACT_USERS,
    Section.IMPACT_REVENUE,
    Section.IMPACT_ERROR_BUDGET,
)
_AFTER_FACTORS = (
    Section.WENT_WELL,
    Section.WENT_POORLY,
    Section.LUCK,
    Section.LESSONS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A postmortem with all that belongs to it.

    Attributes:
        draft: What the record says.
        items: Its action items, by number.
    """

    postmortem: Postmortem
    draft: Draft
    items: Sequence[ActionItem]


def markdown(whole: Whole) -> str:
    """Return the document, ending in a line feed."""
    return "\n".join(_lines(whole)).rstrip("\n") + "\n"


def _lines(whole: Whole) -> Iterator[str]:
    postmortem = whole.postmortem
    yield f"# Postmortem {postmortem.incident_name}: {one_line(postmortem.title)}"
    yield ""
    yield from _state(postmortem)
    for name, value in whole.draft.header:
        yield f"- **{name}:** {one_line(value)}"
    yield ""
    for section in _BEFORE_FACTORS:
        yield from _section(whole, section)
    yield from _timeline(whole)
    yield from _figures(whole)
    yield from _factors(postmortem)
    for section in _AFTER_FACTORS:
        yield from _section(whole, section)
    yield from _action_items(whole.items)
    yield from _section(whole, Section.SUPPORTING)


def _state(postmortem: Postmortem) -> Iterator[str]:
    if postmortem.state is PostmortemState.PUBLISHED and postmortem.published_at:
        yield f"Published {clock(postmortem.published_at)}."
    else:
        word = postmortem.state.replace("_", " ")
        yield f"**This is not published yet: {word}.**"
    yield ""


def _section(whole: Whole, section: Section) -> Iterator[str]:
    guide = GUIDES[section]
    yield f"## {guide.heading}"
    yield ""
    text = whole.postmortem.text(section)
    if text:
        yield text
    else:
        yield f"{NOT_WRITTEN} {guide.question}"
    yield ""
    facts = whole.draft.facts.get(section, ())
    if facts:
        yield "From the record:"
        yield ""
        yield from (f"- {one_line(fact)}" for fact in facts)
        yield ""


def _timeline(whole: Whole) -> Iterator[str]:
    guide = GUIDES[Section.TIMELINE]
    yield f"## {guide.heading}"
    yield ""
    text = whole.postmortem.text(Section.TIMELINE)
    if text:
        yield text
        yield ""
    if not whole.draft.timeline:
        return
    yield "From the record; all times are UTC, and the second column counts from"
    yield "detection."
    yield ""
    yield "| when | | what |"
    yield "|---|---|---|"
    for line in whole.draft.timeline:
        yield f"| {line.at:%Y-%m-%d %H:%M:%S} | {since(line)} | {_what(line)} |"
    yield ""


def since(line: TimelineLine) -> str:
    """Return how long after detection a line's thing happened: ``+4 min 0 s``."""
    sign = "-" if line.since_detected < _NOTHING else "+"
    return f"{sign}{span(abs(line.since_detected))}"


def _what(line: TimelineLine) -> str:
    words = _cell(line.what)
    if line.is_pinned:
        words = f"**{words}**"
    if line.told_at is not None:
        words += f" (written down {clock(line.told_at)})"
    return words


def _figures(whole: Whole) -> Iterator[str]:
    yield "## Response times"
    yield ""
    yield from (f"- {sentence(figure)}" for figure in whole.draft.figures)
    yield ""


def _factors(postmortem: Postmortem) -> Iterator[str]:
    yield "## Contributing factors"
    yield ""
    if not postmortem.factors:
        yield (
            f"{NOT_WRITTEN} What came together: in technology, process, organisation, "
            "information, or from outside?"
        )
        yield ""
    for factor in postmortem.factors:
        yield f"- **{factor.kind}:** {one_line(factor.text)}"
        if factor.made_possible:
            yield f"  - What made it possible: {one_line(factor.made_possible)}"
        if factor.would_have_caught:
            caught = one_line(factor.would_have_caught)
            yield f"  - What would have caught it: {caught}"
        if unanswered_blame(factor):
            yield f"  - *Not answered yet:* {QUESTION}"
    if postmortem.factors:
        yield ""


def _action_items(items: Sequence[ActionItem]) -> Iterator[str]:
    yield "## Action items"
    yield ""
    if not items:
        yield "None."
        yield ""
        return
    yield "| | what | category | owner | due | state |"
    yield "|---|---|---|---|---|---|"
    for item in items:
        plan = item.plan
        what = _cell(plan.title)
        if plan.mechanism:
            what += f"; changes {_cell(plan.mechanism)}"
        if plan.check:
            what += f"; shown by {_cell(plan.check)}"
        if plan.link:
            what += f" (<{_cell(plan.link)}>)"
        state = str(item.state) + (f": {_cell(item.outcome)}" if item.outcome else "")
        cells = (
            item.name,
            what,
            plan.category or "-",
            plan.owner or "-",
            plan.due_on.isoformat() if plan.due_on else "-",
            state,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def one_line(text: str) -> str:
    """Return the text with every run of white space as one blank."""
    return " ".join(text.split())


def _cell(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|")
