from datetime import timedelta

import pytest

from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.whatif.behaviour import Everybody, Nobody, parse_answers

ANA, BEN = Slug("ana"), Slug("ben")
KNOWN = (ANA, BEN)
AT_ONCE = timedelta(0)


def test_who_answers_is_spelled_with_level_and_time() -> None:
    these = parse_answers(["ana@2", "ben@last+1m30s"], known=KNOWN)

    assert these.answers_after(ANA, 1, is_shadow=False) == AT_ONCE
    assert these.answers_after(ANA, 0, is_shadow=False) is None
    after = these.answers_after(BEN, LAST_RESORT_LEVEL, is_shadow=False)
    assert after == timedelta(seconds=90)
    assert these.in_words() == "answered by ana@2, ben@last+1m30s"


def test_without_a_level_any_will_do_and_the_soonest_answer_counts() -> None:
    these = parse_answers(["ana+5m", "ana@3"], known=KNOWN)

    assert these.answers_after(ANA, 0, is_shadow=False) == timedelta(minutes=5)
    assert these.answers_after(ANA, 2, is_shadow=False) == AT_ONCE


def test_without_answers_it_is_nobody() -> None:
    assert isinstance(parse_answers([], known=KNOWN), Nobody)


def test_a_shadow_answers_only_where_it_is_asked_by_name() -> None:
    assert Everybody().answers_after(ANA, 0, is_shadow=True) is None
    named = parse_answers(["ana"], known=KNOWN)
    assert named.answers_after(ANA, 0, is_shadow=True) == AT_ONCE


@pytest.mark.parametrize("text", ["ana@0", "ana@", "ana@1+soon", "Ana Lind", "", "+5m"])
def test_a_misspelled_answer_says_how_it_is_written(text: str) -> None:
    with pytest.raises(InvalidError, match="write it like ana@1"):
        parse_answers([text], known=KNOWN)


def test_who_is_not_there_cannot_answer() -> None:
    with pytest.raises(InvalidError, match="no user zoe"):
        parse_answers(["zoe@1"], known=KNOWN)
