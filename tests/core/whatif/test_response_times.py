from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.ids import Slug
from handrail.core.whatif.response_times import AsRecorded, Contact, response_times

CONTACTS = st.lists(
    st.builds(Contact, seconds=st.integers(0, 4000), is_answered=st.booleans()),
    max_size=40,
)


def answered(*seconds: int) -> list[Contact]:
    return [Contact(seconds=one, is_answered=True) for one in seconds]


def test_without_censoring_it_is_the_share_that_had_answered() -> None:
    times = response_times(answered(10, 20, 20, 40))

    assert dict(times.steps) == pytest.approx({10: 0.25, 20: 0.75, 40: 1.0})
    assert times.at(0.5) == timedelta(seconds=20)


def test_who_was_overtaken_might_have_answered_later() -> None:
    """Two of four left the risk set unanswered: the rest weighs the more."""
    overtaken = [Contact(seconds=15, is_answered=False)] * 2

    times = response_times([*answered(10, 40), *overtaken])

    assert dict(times.steps) == pytest.approx({10: 0.25, 40: 1.0})
    assert (times.contacts, times.answers) == (4, 2)


def test_an_answer_that_never_came_is_never_drawn() -> None:
    times = response_times([*answered(10), Contact(seconds=900, is_answered=False)])

    assert times.at(0.4) == timedelta(seconds=10)
    assert times.at(0.6) is None


def test_ten_answers_say_something_and_nine_do_not() -> None:
    assert response_times(answered(*range(10))).is_enough
    assert not response_times(answered(*range(9))).is_enough


def test_a_draw_is_the_same_in_every_run_and_never_a_shadows() -> None:
    people = AsRecorded(times=response_times(answered(*range(100))), seed="alert 1")
    others = AsRecorded(times=people.times, seed="alert 2")
    ana = Slug("ana")

    first = people.answers_after(ana, 0, is_shadow=False)

    assert first == people.answers_after(ana, 0, is_shadow=False)
    assert first != others.answers_after(ana, 0, is_shadow=False)
    assert people.answers_after(ana, 0, is_shadow=True) is None


@given(contacts=CONTACTS)
def test_the_share_answered_only_grows_and_stays_a_share(
    contacts: list[Contact],
) -> None:
    steps = response_times(contacts).steps

    assert list(steps) == sorted(steps)
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert all(0 < share <= 1 + 1e-9 for share in shares)
