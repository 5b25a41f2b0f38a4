"""How long people took to answer once they were told, as the record has it.

Whoever had not answered when the page was taken by another, ended, or is still open, is
a censored observation: they might have answered later. The curve is Kaplan and Meier's
product-limit estimate over everybody at once; there is no figure for one person.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from typing_extensions import override

from handrail.core.ids import Slug
from handrail.core.whatif.behaviour import Behaviour

ANSWERS_MIN = 10
"""With fewer answers than this the record says nothing about how people answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody, unnamed, was told of a page.

    Attributes:
        seconds: From the first message to the answer, or to when it was over for them.
        is_answered: They acknowledged it; else they might have later.
    """

    seconds: int
    is_answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTimes:
    """The share of contacts answered by a time, as steps.

    Attributes:
        steps: Seconds, and the share answered by then; both grow.
        contacts: How many contacts it rests on.
        answers: How many of them were answered.
    """

    steps: tuple[tuple[int, float], ...]
    contacts: int
    answers: int

    @property
    def is_enough(self) -> bool:
        """Return whether the record says anything about how people answer."""
        return self.answers >= ANSWERS_MIN

    def at(self, share: float) -> timedelta | None:
        """Return by when this share of contacts, 0 to 1, is answered; none if never."""
        found = (seconds for seconds, answered in self.steps if answered > share)
        seconds = next(found, None)
        return None if seconds is None else timedelta(seconds=seconds)


def response_times(contacts: Iterable[Contact]) -> ResponseTimes:
    """Return the product-limit estimate of what these contacts show."""
    known = sorted(contacts, key=lambda one: one.seconds)
    answered = Counter(one.seconds for one in known if one.is_answered)
    left = Counter(one.seconds for one in known)
    at_risk, unanswered = len(known), 1.0
    steps: list[tuple[int, float]] = []
    for seconds in sorted(left):
        if answered[seconds]:
            unanswered *= 1 - answered[seconds] / at_risk
            steps.append((seconds, 1 - unanswered))
        at_risk -= left[seconds]
    return ResponseTimes(
        steps=tuple(steps), contacts=len(known), answers=answered.total()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRecorded(Behaviour):
    """People answer as the record has it: a draw for each, the same in every run.

    Attributes:
        seed: What makes the draws of one alert its own.
    """

    times: ResponseTimes
    seed: str

    @override
    def answers_after(
        self, user: Slug, level: int, *, is_shadow: bool
    ) -> timedelta | None:
        if is_shadow:
            return None
        drawn = hashlib.sha256(f"{self.seed} {user} {level}".encode()).digest()
        return self.times.at(int.from_bytes(drawn[:6]) / 2**48)

    @override
    def in_words(self) -> str:
        return "people answer as recorded"
