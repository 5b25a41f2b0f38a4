"""Levels at which people take turns, as a proof has to see them: at their worst.

A page tells one of them, and which is not known beforehand: every way in which the
turns may fall is looked at, and the worst of them counts. Where there are too many, a
level counts for whoever is reached latest, or not at all; and for nobody where one of
them is counted at another level already, since the turn may be theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import prod

from handrail.core.coverage.view import Contact
from handrail.core.coverage.walk import Step
from handrail.core.ids import Slug

WAYS_MAX = 128
"""Ways for the turns to fall that are looked at one by one."""

ReachedAfter = Callable[[Step, Slug], timedelta | None]
"""How long after the page's start somebody is reached by this step alone, if at all."""


def ways(
    steps: Sequence[Step], reached_after: ReachedAfter
) -> Iterator[tuple[Step, ...]]:
    """Yield the steps in each way that the turns may fall, one person a turn.

    Where there are too many, one that is no better than any of them.
    """
    turning = {
        place: sorted({contact.key.user for contact in step.view.contacts})
        for place, step in enumerate(steps)
        if step.view.takes_turns and step.view.contacts
    }
    if prod(map(len, turning.values())) > WAYS_MAX:
        yield at_worst(steps, reached_after)
        return
    for chosen in product(*turning.values()):
        told = dict(zip(turning, chosen, strict=True))
        yield tuple(
            _told(step, told[place]) if place in told else step
            for place, step in enumerate(steps)
        )


def at_worst(steps: Sequence[Step], reached_after: ReachedAfter) -> tuple[Step, ...]:
    """Return the steps with one person, or none, where people take turns."""
    settled = {
        contact.key.user
        for step in steps
        if not step.view.takes_turns
        for contact in step.view.contacts
    }
    return tuple(_each(steps, settled, reached_after))


def _each(
    steps: Sequence[Step], settled: set[Slug], reached_after: ReachedAfter
) -> Iterator[Step]:
    for step in steps:
        people = {contact.key.user for contact in step.view.contacts}
        if not step.view.takes_turns or not people:
            yield step
            continue
        if people & settled:
            yield _with(step, ())
            continue
        settled = settled | people
        last = max(sorted(people), key=lambda who: _late(reached_after(step, who)))
        yield _told(step, last)


def _late(after: timedelta | None) -> timedelta:
    return timedelta.max if after is None else after


def _told(step: Step, who: Slug) -> Step:
    theirs = (one for one in step.view.contacts if one.key.user == who)
    return _with(step, tuple(theirs))


def _with(step: Step, contacts: tuple[Contact, ...]) -> Step:
    return step._replace(view=replace(step.view, contacts=contacts))
