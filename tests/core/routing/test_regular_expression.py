"""RE2's dialect, whole texts only, and no text that makes it slow."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.limits import LABEL_VALUE_CHARS_MAX
from handrail.core.routing.regular_expression import Pattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", ""),
        ("foo|bar", "bar"),
        ("(?i)foo", "FoO"),
        ("[^a]", "\n"),
        (r"\Qa.b\E+", "a.bbb"),
        (r"\pL+", "größe"),
        (r"\p{Greek}", "λ"),
        ("^a$", "a"),
    ],
)
def test_a_text_matches_as_in_re2(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("foo", "foobar"),
        ("bar", "foobar"),
        ("a.b", "a\nb"),
        ("a$", "a\n"),
        (r"\d", "٣"),
    ],
)
def test_a_text_does_not_match_as_in_re2(pattern: str, text: str) -> None:
    assert not Pattern(pattern).matches(text)


@pytest.mark.parametrize(
    "pattern",
    ["a(?=b)", "(?<!a)b", r"(a)\1", "a**", "(a", "[z-a]", "a{1001}", "\ud800"],
)
def test_what_re2_refuses_is_refused_with_the_pattern_named(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"regular expression .* RE2"):
        compile_pattern(pattern)


@given(st.text(), st.text(max_size=50))
def test_a_pattern_that_quotes_a_text_matches_that_text_alone(
    text: str, other: str
) -> None:
    pattern = Pattern(re.escape(text) if "\0" not in text else ".*")

    assert pattern.matches(text) or "\n" in text or "\0" in text
    if "\0" not in text and other != text:
        assert not pattern.matches(other)


def test_a_text_that_is_no_unicode_is_still_compared() -> None:
    assert Pattern(".").matches("\ud800")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", ".*.*.*=.*", "(.*)*x"])
def test_no_value_makes_a_pattern_slow(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    began = time.perf_counter()

    compiled.matches("a" * LABEL_VALUE_CHARS_MAX)

    # A backtracking engine takes hours; a second is a factor of a thousand above RE2.
    assert time.perf_counter() - began < 1.0
