"""Whose turn it is: one person for each page, the next for the next."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.escalation.reach import Reached
from handrail.core.escalation.turn import in_turn


def seat(who: str, *, target: str = "team:sre", is_shadow: bool = False) -> Reached:
    kind = "channel" if who == "ops" else "user"
    return Reached(
        recipient=f"{kind}:{who}", target=target, why="it says so", is_shadow=is_shadow
    )


def told(seats: list[Reached], turn: int, *, silent: str = "") -> list[str]:
    found = in_turn(seats, turn=turn, is_reachable=lambda who: who != f"user:{silent}")
    return [one.recipient for one in found.told]


SEATS = [seat("ana"), seat("ben"), seat("cleo")]


def test_each_page_is_the_next_ones() -> None:
    assert [told(SEATS, turn) for turn in range(1, 5)] == [
        ["user:ana"],
        ["user:ben"],
        ["user:cleo"],
        ["user:ana"],
    ]


def test_the_reason_says_whose_turn_it_is_of_whom() -> None:
    (one,) = in_turn(SEATS, turn=7, is_reachable=lambda _: True).told

    assert one.why == "turn 7 of ana, ben, cleo: it says so"


def test_who_cannot_be_reached_is_passed_over() -> None:
    assert told(SEATS, 2, silent="ben") == ["user:cleo"]


def test_channels_are_told_every_time_and_have_no_turn() -> None:
    assert told([seat("ops"), *SEATS[:2]], 2) == ["user:ben", "channel:ops"]


def test_shadows_go_along_with_their_own_target_and_have_no_turn() -> None:
    first = seat("ana", target="schedule:a")
    second = seat("ben", target="schedule:b")
    learner = seat("lea", target="schedule:b", is_shadow=True)

    assert told([first, second, learner], 1) == ["user:ana"]
    assert told([first, second, learner], 2) == ["user:ben", "user:lea"]


def test_where_nobody_is_reached_no_turn_is_taken() -> None:
    chosen = in_turn([seat("ana"), seat("ops")], turn=1, is_reachable=lambda _: False)

    assert not chosen.is_taken
    assert [one.recipient for one in chosen.told] == ["channel:ops"]
    assert not in_turn([], turn=1, is_reachable=lambda _: True).is_taken


@given(people=st.integers(1, 9), rounds=st.integers(1, 5), first=st.integers(1, 50))
def test_over_whole_rounds_everybody_has_as_many_turns(
    people: int, rounds: int, first: int
) -> None:
    seats = [seat(f"p{number}") for number in range(people)]

    had = Counter(
        told(seats, turn)[0] for turn in range(first, first + rounds * people)
    )

    assert set(had.values()) == {rounds}
    assert len(had) == people
