"""Values to rows and back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.escalation.policy import (
    EscalationPolicy,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import Slug
from handrail.storage.codec import (
    from_json,
    from_policy_text,
    storable,
    to_json,
    to_policy_text,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TARGETS = st.builds(
    Target,
    kind=st.sampled_from(TargetKind),
    name=st.from_regex(r"[a-z0-9._-]+", fullmatch=True).map(Slug),
)
LEVELS = st.builds(
    Level,
    targets=st.lists(TARGETS, min_size=1, max_size=3).map(tuple),
    escalate_after=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)),
)
POLICIES = st.builds(
    EscalationPolicy,
    name=st.just(Slug("p")),
    levels=st.lists(LEVELS, min_size=1, max_size=3).map(tuple),
    rounds=st.integers(1, 9),
    version=st.integers(1, 9),
)


@given(ANY_TEXT)
def test_any_text_becomes_storable_once_and_for_all(text: str) -> None:
    kept = storable(text)

    kept.encode()
    assert "\x00" not in kept
    assert storable(kept) == kept


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_any_labels_come_back_from_storable_json(labels: dict[str, str]) -> None:
    text = to_json(labels)

    assert storable(text) == text
    assert from_json(text) == labels


@given(POLICIES)
def test_any_policy_comes_back(policy: EscalationPolicy) -> None:
    assert from_policy_text(to_policy_text(policy)) == policy
