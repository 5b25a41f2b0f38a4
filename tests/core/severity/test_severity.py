"""Words of senders fail open: what is not understood pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.severity.severity import (
    DEFAULT_MATRIX,
    UNKNOWN_WORD,
    WORDS,
    Hours,
    Severity,
    Urgency,
    from_word,
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("critical", Severity.SEV1),
        (" CRITICAL ", Severity.SEV1),
        ("error", Severity.SEV2),
        ("Warning", Severity.SEV3),
        ("info", Severity.SEV4),
        ("sev1", Severity.SEV1),
        ("SEV4", Severity.SEV4),
    ],
)
def test_a_known_word_is_its_severity(word: str, expected: Severity) -> None:
    assert from_word(word) is expected


@pytest.mark.parametrize("word", [None, "", "  ", "catastrophic", "sev0", "5"])
def test_an_absent_or_unknown_word_pages_at_all_hours(word: str | None) -> None:
    rule = DEFAULT_MATRIX[from_word(word)]

    assert rule.urgency is Urgency.HIGH
    assert rule.hours is Hours.ALWAYS


@given(st.text())
def test_only_a_listed_word_can_keep_people_asleep(word: str) -> None:
    severity = from_word(word)

    listed = word.strip().lower() in WORDS
    assert listed or severity is UNKNOWN_WORD


def test_the_matrix_has_a_rule_for_every_severity() -> None:
    assert list(DEFAULT_MATRIX) == list(Severity)
    assert all(rule.severity is severity for severity, rule in DEFAULT_MATRIX.items())


def test_severities_are_ranked_worst_first() -> None:
    assert [severity.rank for severity in Severity] == [1, 2, 3, 4]


def test_a_worse_severity_never_pages_less() -> None:
    loudness = {Hours.ALWAYS: 2, Hours.SUPPORT_HOURS: 1, Hours.NEVER: 0}

    heard = [loudness[DEFAULT_MATRIX[severity].hours] for severity in Severity]

    assert heard == sorted(heard, reverse=True)
