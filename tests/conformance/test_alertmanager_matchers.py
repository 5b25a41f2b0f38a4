"""Matchers mean what they mean to Alertmanager, in each of its three modes."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.cases import by_id, load

from handrail.core.routing import matcher
from handrail.core.routing.matcher import Matcher, MatchOp

TEXTS = load("alertmanager_matchers.json")
VALUES = load("alertmanager_matcher_eval.json")

READERS: dict[tuple[str, str], Callable[[str], Matcher | tuple[Matcher, ...]]] = {
    ("matcher", "classic"): matcher.parse_classic_matcher,
    ("matcher", "utf8"): matcher.parse_utf8_matcher,
    ("matcher", "default_fallback"): matcher.parse_matcher,
    ("matchers", "classic"): matcher.parse_classic,
    ("matchers", "utf8"): matcher.parse_utf8,
    ("matchers", "default_fallback"): matcher.parse_matchers,
}


@pytest.mark.parametrize("mode", ["classic", "utf8", "default_fallback"])
@pytest.mark.parametrize("case", by_id(TEXTS))
def test_a_text_is_read_as_alertmanager_reads_it(
    case: dict[str, Any], mode: str
) -> None:
    read = READERS[case["kind"], mode]

    try:
        answer = read(case["input"])
    except ValueError:
        got: list[dict[str, str]] | None = None
    else:
        several = (answer,) if isinstance(answer, Matcher) else answer
        got = [{"name": m.name, "op": m.op.value, "value": m.value} for m in several]

    expected = case[mode]
    if "matcher" in expected:
        assert got == [expected["matcher"]]
    else:
        assert got == expected.get("matchers")


@pytest.mark.parametrize("case", by_id(VALUES))
def test_a_value_matches_as_it_does_in_alertmanager(case: dict[str, Any]) -> None:
    condition = Matcher("label", MatchOp(case["op"]), case["value"])

    answer = condition.matches({"label": case["label_value"]})

    assert answer is case["expect"]
