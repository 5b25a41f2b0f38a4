"""Conditions on labels and the texts they are read from."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.routing.matcher import (
    Matcher,
    MatchOp,
    parse_matcher,
    parse_matchers,
)

NAMES = st.text(min_size=1, max_size=12).filter(lambda t: t.isprintable())
MATCHERS = st.builds(
    Matcher,
    name=NAMES,
    op=st.sampled_from([MatchOp.EQUAL, MatchOp.NOT_EQUAL]),
    value=st.text(max_size=12),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("severity=critical", True),
        ("severity=warning", False),
        ("severity!=warning", True),
        ("severity=~crit.*", True),
        ("severity=~crit", False),
        ("severity!~crit", True),
        ("team=", True),
        ("team!=", False),
        ("team=~.*", True),
        ("team=~.+", False),
        ("team!=sre", True),
    ],
)
def test_a_missing_label_counts_as_empty_and_regexes_match_whole(
    text: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert parse_matcher(text).matches({"severity": "critical"}) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('severity="critical', "position 9: the quote is not closed"),
        ("severity critical", "position 9: 'critical' where one of = != =~ !~"),
        ("severity!critical", "position 8: '!' where one of = != =~ !~"),
        ('"a\\q"=b', "position 0"),
        ('a=b,"x"=y z', "position 10: 'z' where a comma or the end"),
        ("größe={", "position 6: '{' where a value"),
        ("größe=~(", "missing )"),
        ('{"größe"=a', "position 10: the end where a comma or a closing brace"),
        ("größe=a}", "position 7: '}' where a comma or the end"),
        ('"größe"="\\ud800"', "not allowed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_matchers(text)


@pytest.mark.parametrize("text", ["{a=b}", "{a=b", "a=b}"])
def test_a_single_matcher_has_no_braces(text: str) -> None:
    with pytest.raises(ValueError, match="leave out the braces"):
        parse_matcher(text)


@pytest.mark.parametrize("text", ['"größe"=a,b=c', ""])
def test_a_single_matcher_is_one(text: str) -> None:
    with pytest.raises(ValueError, match="where one is expected"):
        parse_matcher(text)


def test_a_bad_regular_expression_is_refused_before_it_is_used() -> None:
    with pytest.raises(ValueError, match="RE2"):
        Matcher("a", MatchOp.MATCHES, "(?=x)")


def test_the_classic_reading_wins_where_the_two_differ() -> None:
    (found,) = parse_matchers(r'path="C:\temp"')

    assert found.value == r"C:\temp"


@given(st.lists(MATCHERS, max_size=4))
def test_what_is_written_is_read_back(matchers: list[Matcher]) -> None:
    text = "{" + ",".join(map(str, matchers)) + "}"

    assert parse_matchers(text) == tuple(matchers)


@given(MATCHERS, st.dictionaries(NAMES, st.text(), max_size=3))
def test_an_operator_and_its_opposite_never_agree(
    matcher: Matcher, labels: dict[str, str]
) -> None:
    equal = Matcher(matcher.name, MatchOp.EQUAL, matcher.value)
    unequal = Matcher(matcher.name, MatchOp.NOT_EQUAL, matcher.value)

    assert equal.matches(labels) is not unequal.matches(labels)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_matchers(text)
    except ValueError:
        return

    assert parse_matchers(",".join(map(str, found))) == found
