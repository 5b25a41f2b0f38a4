"""Blame is a prompt to ask on, never a factor that stands by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.postmortem.contributing_factor import (
    ContributingFactor,
    FactorKind,
    blame_in,
    unanswered_blame,
)


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("Human error during the deploy", "Human error"),
        ("it was human-error", "human-error"),
        ("An operator   error", "operator error"),
        ("user errors", "user errors"),
        ("a mistake by the on-call engineer", "mistake by"),
        ("mistakes made by the vendor", "mistakes made by"),
        ("carelessness", "carelessness"),
        ("negligent review", "negligent"),
        ("the fault of the night shift", "the fault of"),
        ("somebody should have known", "should have known"),
        ("They should have been more careful", "should have been more careful"),
        ("She was not careful enough", "was not careful enough"),
    ],
)
def test_words_that_blame_are_found(text: str, blamed: str) -> None:
    assert blame_in(text) == blamed


@pytest.mark.parametrize(
    "text",
    [
        "The error rate rose to 40 %",
        "The default fault tolerance of the queue is one node",
        "The dashboard should have shown the lag",
        "Humans read the error message as a success",
    ],
)
def test_words_about_systems_are_not(text: str) -> None:
    assert blame_in(text) is None


FACTOR = ContributingFactor(id="f1", text="Human error", kind=FactorKind.PROCESS)


@pytest.mark.parametrize(
    ("made_possible", "would_have_caught", "blocks"),
    [
        ("", "", True),
        ("the tool takes any host", "", True),
        ("", "a dry run", True),
        ("carelessness", "a dry run", True),
        ("the tool takes any host", "a dry run", False),
    ],
)
def test_blame_blocks_until_both_questions_are_answered(
    *, made_possible: str, would_have_caught: str, blocks: bool
) -> None:
    factor = ContributingFactor(
        id="f1",
        text=FACTOR.text,
        kind=FACTOR.kind,
        made_possible=made_possible,
        would_have_caught=would_have_caught,
    )

    assert (unanswered_blame(factor) is not None) is blocks


@given(
    before=st.text(alphabet="abc xyz.,\n", max_size=20),
    after=st.text(alphabet="abc xyz.,\n", max_size=20),
    phrase=st.sampled_from(["human error", "carelessness", "fault of"]),
)
def test_blame_is_found_wherever_it_stands(
    before: str, after: str, phrase: str
) -> None:
    assert blame_in(f"{before} {phrase.upper()} {after}") is not None
