import pytest
from tests.core.paging.making import MINUTE, NOW, PLAN, Record, opened, opening, policy

from handrail.core.ids import PageId
from handrail.core.paging import escalate
from handrail.core.paging.evolve import begin, evolve, rebuild
from handrail.core.paging.page import PageState


def test_a_page_is_what_its_record_says() -> None:
    page, record = opened(policy(["ghost"], ["ana"], ["ben"]))
    story: Record = list(record)
    for minutes in (5, 10):
        at = NOW + minutes * MINUTE
        for event in escalate.advance(
            page, snapshot=PLAN, nobody_was_told=False, now=at
        ):
            page = evolve(page, event, at=at)
            story.append((event, at))

    assert rebuild(PageId("page"), story) == page
    assert page.sequence == len(story)


def test_telling_a_further_level_takes_an_acknowledgement_back() -> None:
    page, _ = opened(policy(["ana"], ["ben"]))
    for event in escalate.acknowledge(page, by=None, via="sender"):
        page = evolve(page, event, at=NOW)
    assert page.state is PageState.ACKNOWLEDGED

    for event in escalate.escalate_now(page, by=None, snapshot=PLAN, now=NOW):
        page = evolve(page, event, at=NOW)

    assert page.state is PageState.OPEN
    assert page.acknowledged_at is None


def test_a_page_is_opened_once() -> None:
    page = begin(PageId("page"), opening(None), at=NOW)

    with pytest.raises(AssertionError, match="opened once"):
        evolve(page, opening(None), at=NOW)


def test_a_record_begins_with_the_opening() -> None:
    _, record = opened(policy(["ana"]))

    with pytest.raises(AssertionError, match="begins with its opening"):
        rebuild(PageId("page"), record[1:])
