"""Levels at which people take turns, as a proof has to see them: at their worst.

A page tells one of them, and which is not known beforehand. So such a level counts for
whoever is reached latest, or not at all; and for nobody where one of them is counted at
another level already, since the turn may be theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from handrail.core.coverage.view import Contact
from handrail.core.coverage.walk import Step
from handrail.core.ids import Slug

ReachedAfter = Callable[[Step, Slug], timedelta | None]
"""How long after the page's start somebody is reached by this step alone, if at all."""


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
        theirs = (c for c in step.view.contacts if c.key.user == last)
        yield _with(step, tuple(theirs))


def _late(after: timedelta | None) -> timedelta:
    return timedelta.max if after is None else after


def _with(step: Step, contacts: tuple[Contact, ...]) -> Step:
    return step._replace(view=replace(step.view, contacts=contacts))
