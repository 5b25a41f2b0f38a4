import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.paging import wording

ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT, st.integers(min_value=2, max_value=60))
def test_one_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = wording.one_line(text, limit=limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)
    line.encode()


@given(ANY_TEXT, st.integers(min_value=2, max_value=60))
def test_a_block_has_only_line_feeds_for_control(text: str, limit: int) -> None:
    lines = wording.block(text, limit=limit)

    assert len(lines) <= limit
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", lines)
    lines.encode()


@given(severity=ANY_TEXT, title=ANY_TEXT, service=ANY_TEXT)
def test_a_title_line_is_never_empty(severity: str, title: str, service: str) -> None:
    line = wording.title_line(
        severity=severity, title=title, service=service, limit=120
    )

    assert 0 < len(line) <= 120
    assert re.match(r"\[[^\n]+\] \S", line)


def test_what_is_cut_does_not_split_a_written_character() -> None:
    family = "👨\u200d👩\u200d👧"
    assert wording.cut(f"ab{family}cdef", limit=5) == "ab…"
    assert wording.cut("abe\u0301xyz", limit=4) == "ab…"
    assert wording.cut("plain", limit=5) == "plain"


def test_a_title_without_text_says_so() -> None:
    line = wording.title_line(severity="SEV1", title=" \x00", service="", limit=80)

    assert line == "[SEV1] (no title)"


def test_a_link_keeps_nothing_that_could_break_out() -> None:
    assert wording.link("https://a.test/\r\nX: 1\x1b[2J é") == "https://a.test/X:1[2J"


@pytest.mark.parametrize("fault", [ValueError, KeyError, AssertionError, TypeError])
def test_a_fault_in_rendering_gives_the_plain_form(fault: type[Exception]) -> None:
    def broken() -> str:
        raise fault

    assert wording.safely(broken, otherwise=lambda: "plain") == "plain"


@pytest.mark.parametrize(
    ("details", "count"),
    [
        ((), 1),
        ((("handrail_hops", "2"),), 3),
        ((("handrail_hops", "many"),), 1),
        ((("handrail_hops", "9" * 400),), 1),
    ],
)
def test_hops_grow_by_one(details: tuple[tuple[str, str], ...], count: int) -> None:
    assert wording.hops(details) == count
