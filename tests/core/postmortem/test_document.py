"""The document: deterministic, every section there, what is unwritten visibly so."""

from dataclasses import replace

from tests.core.postmortem.making import ANA, incident, item, written

from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.document import NOT_WRITTEN, Whole, markdown
from handrail.core.postmortem.draft import Record, draft
from handrail.core.postmortem.event import FactorAdded
from handrail.core.postmortem.section import GUIDES, Section

DRAFT = draft(Record(incident=incident(), entries=()))
BLAMING = ContributingFactor(
    id="f1", text="Human error", kind=FactorKind.PROCESS, made_possible="no dry run"
)


def test_every_section_is_there_and_asks_while_it_is_not_written() -> None:
    text = markdown(Whole(postmortem=written(), draft=DRAFT, items=()))

    for guide in GUIDES.values():
        assert f"## {guide.heading}\n" in text
    for section in Section:
        if section is not Section.TIMELINE:
            assert f"{NOT_WRITTEN} {GUIDES[section].question}" in text
    assert "root cause" not in text.lower()
    assert "This is not published yet: draft." in text


def test_what_is_written_stands_there_and_the_question_is_gone() -> None:
    made = written(sections={Section.LUCK: "It was night.\n\n- and quiet"})

    text = markdown(Whole(postmortem=made, draft=DRAFT, items=()))

    assert "## Where we were lucky\n\nIt was night.\n\n- and quiet\n" in text
    assert GUIDES[Section.LUCK].question not in text


def test_the_same_gives_the_same_bytes() -> None:
    made = written(FactorAdded(factor=BLAMING, by=ANA))
    whole = Whole(postmortem=made, draft=DRAFT, items=(item(1), item(2)))

    assert markdown(whole) == markdown(replace(whole))
    assert "*Not answered yet:* what made it possible" in markdown(whole)


def test_a_title_cannot_break_the_table_of_action_items() -> None:
    hostile = item(1, title="a | b\n| c \\| d", link="https://example.org/x")

    text = markdown(Whole(postmortem=written(), draft=DRAFT, items=(hostile,)))

    row = next(line for line in text.splitlines() if line.startswith("| ACT-1"))
    assert row.startswith(r"| ACT-1 | a \| b \| c \\\| d (<https://example.org/x>) |")
