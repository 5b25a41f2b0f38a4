"""What publishing needs, all of it named at once; when the learning is finished."""

from dataclasses import replace
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.postmortem.making import ANA, START, incident, item, written

from handrail.core.errors import ConflictError, InvalidError
from handrail.core.incident.stage import Ending, Stage
from handrail.core.postmortem.action_item import ActionState
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.event import FactorAdded, ReviewAsked
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.publish import learned_by, missing, publish
from handrail.core.postmortem.section import Section

REQUIRED = [
    Section.SUMMARY,
    Section.IMPACT_USERS,
    Section.WENT_WELL,
    Section.WENT_POORLY,
]
FACTOR = ContributingFactor(id="f1", text="One queue", kind=FactorKind.TECHNOLOGY)
RESOLVED = replace(
    incident(), stage=Stage.LEARN, ending=Ending.RESOLVED, resolved_at=START
)


def whole(factor: ContributingFactor = FACTOR) -> Postmortem:
    sections = dict.fromkeys(REQUIRED, "said")
    named = FactorAdded(factor=factor, by=ANA)
    return written(named, ReviewAsked(by=ANA), sections=sections)


SUBSETS = list(chain.from_iterable(combinations(REQUIRED, n) for n in range(5)))


@pytest.mark.parametrize("given_ones", SUBSETS, ids=str)
def test_each_required_section_that_is_not_written_is_named(
    given_ones: tuple[Section, ...],
) -> None:
    made = written(sections=dict.fromkeys(given_ones, "said"))

    parts = [lack.part for lack in missing(made, [])]

    assert parts == [*(s for s in REQUIRED if s not in given_ones), "factors"]


@given(st.sampled_from(REQUIRED), st.text(alphabet=" \t\n", max_size=5))
def test_white_space_is_not_writing(section: Section, blank: str) -> None:
    made = replace(whole(), sections={**whole().sections, section: blank})

    assert [lack.part for lack in missing(made, [])] == [section]


@pytest.mark.parametrize("lacking", ["owner", "due_on", "category"])
@pytest.mark.parametrize("state", list(ActionState))
def test_every_action_item_needs_owner_date_and_category_unless_waived(
    lacking: str, state: ActionState
) -> None:
    plan: dict[str, Any] = {lacking: None}
    lame = replace(item(2, **plan), state=state)

    parts = [lack.part for lack in missing(whole(), [item(1), lame])]

    assert parts == ([] if state is ActionState.WAIVED else ["ACT-2"])


def test_blame_blocks_and_says_what_to_ask() -> None:
    blaming = replace(FACTOR, text="Operator error")

    lacks = missing(whole(blaming), [])

    assert [lack.part for lack in lacks] == ["f1"]
    assert "what made it possible, and what would have caught it?" in lacks[0].why


def test_what_is_missing_is_refused_all_at_once() -> None:
    with pytest.raises(InvalidError) as refused:
        publish(written(), RESOLVED, [item(1, owner=None)], by=ANA)

    assert set(refused.value.fields) == {*REQUIRED, "factors", "ACT-1"}


def test_a_draft_is_reviewed_first_and_an_open_incident_waits() -> None:
    draft = replace(whole(), state=PostmortemState.DRAFT)

    with pytest.raises(ConflictError, match="submit it for review"):
        publish(draft, RESOLVED, [], by=ANA)
    with pytest.raises(ConflictError, match="open again"):
        publish(whole(), incident(), [], by=ANA)
    (event,) = publish(whole(), RESOLVED, [], by=ANA)

    assert getattr(event, "record_until", None) == RESOLVED.sequence


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("state", list(PostmortemState))
@pytest.mark.parametrize("second", list(ActionState))
def test_learning_is_finished_when_published_and_no_item_is_open(
    stage: Stage, state: PostmortemState, second: ActionState
) -> None:
    items = [replace(item(1), state=ActionState.DONE), replace(item(2), state=second)]

    why = learned_by(
        replace(RESOLVED, stage=stage), replace(whole(), state=state), items
    )

    is_finished = (
        stage is Stage.LEARN
        and state is PostmortemState.PUBLISHED
        and second is not ActionState.OPEN
    )
    assert (why is not None) is is_finished
