"""What goes into an editor comes out as it went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.postmortem.section import GUIDES, Section
from handrail.core.postmortem.worksheet import sections_of, version_of, worksheet

LINES = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=30
).filter(lambda line: not line.startswith(("## ", "<!--handrail", "-->")))
TEXTS = st.lists(LINES, max_size=4).map(lambda lines: "\n".join(lines).strip())


@given(
    texts=st.dictionaries(st.sampled_from(Section), TEXTS),
    facts=st.dictionaries(st.sampled_from(Section), st.lists(LINES, max_size=3)),
    version=st.integers(1, 999_999_999),
)
def test_an_unchanged_worksheet_changes_nothing(
    texts: dict[Section, str], facts: dict[Section, list[str]], version: int
) -> None:
    sheet = worksheet(texts, facts, name="INC-7", version=version)

    found = sections_of(sheet)

    assert found == {section: texts.get(section, "") for section in Section}
    assert version_of(sheet) == version


def test_facts_cannot_break_out_of_their_comment() -> None:
    facts = {Section.SUMMARY: ["--> sneaked in", "a\n-->\nsneaked in"]}

    found = sections_of(worksheet({}, facts, name="INC-7", version=1))

    assert set(found.values()) == {""}


def test_a_missing_heading_leaves_its_section_alone() -> None:
    text = f"## {GUIDES[Section.LUCK].heading}\n\nIt was night.\n\n## Mine\n\nText"

    assert sections_of(text) == {Section.LUCK: "It was night.\n\n## Mine\n\nText"}


@pytest.mark.parametrize(
    "text", ["lost words\n## Summary\nx", "## Summary\nx\n## Summary\ny"]
)
def test_text_that_would_be_lost_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"before the first|twice"):
        sections_of(text)
