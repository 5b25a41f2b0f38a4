"""A proof sees a level of turns at its worst."""

from datetime import timedelta

import pytest

from handrail.core.coverage.evidence import MethodKey
from handrail.core.coverage.provider import provider
from handrail.core.coverage.turns import at_worst
from handrail.core.coverage.view import Contact, LevelView
from handrail.core.coverage.walk import Step
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind

NEVER = None


def step(level: int, *people: str, takes_turns: bool = False) -> Step:
    contacts = tuple(
        Contact(
            MethodKey(Slug(who), Slug("mail"), ChannelKind.EMAIL, f"{who}@a.test"),
            provider(ChannelKind.EMAIL, f"{who}@a.test"),
            timedelta(0),
        )
        for who in people
    )
    view = LevelView(
        targets=(),
        is_empty=not people,
        contacts=contacts,
        silent=(),
        shadows=(),
        channels=(),
        gaps=(),
        takes_turns=takes_turns,
    )
    return Step(timedelta(minutes=5 * level), level, view)


def counted(*steps: Step, minutes: dict[str, int | None]) -> list[list[str]]:
    def after(_: Step, who: Slug) -> timedelta | None:
        found = minutes[who]
        return None if found is None else timedelta(minutes=found)

    found = at_worst(steps, after)
    return [[contact.key.user for contact in one.view.contacts] for one in found]


@pytest.mark.parametrize("worst", [9, NEVER])
def test_it_counts_for_whoever_is_reached_last(worst: int | None) -> None:
    turns = step(0, "ana", "ben", takes_turns=True)

    assert counted(turns, minutes={"ana": 1, "ben": worst}) == [["ben"]]


def test_it_adds_nobody_whose_turn_may_be_somebody_counted_already() -> None:
    turns = step(0, "ana", "ben", takes_turns=True)
    minutes: dict[str, int | None] = {"ana": 1, "ben": 2, "cleo": 3}

    assert counted(turns, step(1, "ben"), minutes=minutes) == [[], ["ben"]]
    again = step(1, "ben", "cleo", takes_turns=True)
    assert counted(turns, again, minutes=minutes) == [["ben"], []]


def test_levels_without_turns_stay_as_they_are() -> None:
    minutes: dict[str, int | None] = {"ana": 1, "ben": 2}
    assert counted(step(0, "ana", "ben"), minutes=minutes) == [["ana", "ben"]]
