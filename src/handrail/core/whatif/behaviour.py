"""Who answers, and after how long, once they are told: the open half of a what-if."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from typing_extensions import override

from handrail.core.configuration.spelling import format_duration, parse_duration
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL

_ANSWER = re.compile(
    r"(?P<user>[a-z0-9][a-z0-9._-]*)(?:@(?P<level>[1-9]\d?|last))?(?:\+(?P<after>\w+))?"
)


class Behaviour(Protocol):
    """How people behave when they are told of a page."""

    def answers_after(
        self, user: Slug, level: int, *, is_shadow: bool
    ) -> timedelta | None:
        """Return how long after a first contact at this level they take the page.

        Args:
            user: Who is told.
            level: Index from 0, or ``LAST_RESORT_LEVEL``.
            is_shadow: Told without responsibility: nobody waits for them.

        Returns:
            The time from the contact to the acknowledgement; none for never.
        """
        ...

    def in_words(self) -> str:
        """Return it as people say it."""
        ...


@dataclass(frozen=True, slots=True)
class Nobody(Behaviour):
    """Nobody ever answers: the worst case, and the whole policy."""

    @override
    def answers_after(
        self, user: Slug, level: int, *, is_shadow: bool
    ) -> timedelta | None:
        return None

    @override
    def in_words(self) -> str:
        return "nobody answers"


@dataclass(frozen=True, slots=True)
class Everybody(Behaviour):
    """Whoever is told first takes it at once: the best case."""

    @override
    def answers_after(
        self, user: Slug, level: int, *, is_shadow: bool
    ) -> timedelta | None:
        return None if is_shadow else timedelta(0)

    @override
    def in_words(self) -> str:
        return "everybody answers at the first contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One person who answers.

    Attributes:
        level: Only when told at this level, index from 0; none for any.
        after: From the contact to the acknowledgement, 0 or more.
    """

    user: Slug
    level: int | None = None
    after: timedelta = timedelta(0)

    @override
    def __str__(self) -> str:
        at = "" if self.level is None else f"@{_spelled(self.level)}"
        after = f"+{format_duration(self.after)}" if self.after else ""
        return f"{self.user}{at}{after}"


@dataclass(frozen=True, slots=True)
class These(Behaviour):
    """These people answer, and nobody else; a shadow may, where one is named."""

    answers: tuple[Answer, ...]

    @override
    def answers_after(
        self, user: Slug, level: int, *, is_shadow: bool
    ) -> timedelta | None:
        found = [
            answer.after
            for answer in self.answers
            if answer.user == user and answer.level in {None, level}
        ]
        return min(found, default=None)

    def unheard(self, told: Collection[tuple[Slug, int]]) -> tuple[Answer, ...]:
        """Return the answers that nobody gave, since nobody was told there.

        Args:
            told: Who was told, and at which level.
        """
        people = {user for user, _ in told}
        return tuple(
            one
            for one in self.answers
            if (
                one.user not in people
                if one.level is None
                else (one.user, one.level) not in told
            )
        )

    @override
    def in_words(self) -> str:
        return "answered by " + ", ".join(map(str, self.answers))


def parse_answers(texts: Iterable[str], *, known: Iterable[Slug]) -> Behaviour:
    """Return the behaviour of ``ana@1``, ``ben``, ``cleo@last+2m``; none is nobody.

    Args:
        texts: One for each answer: who, at which level (from 1, or ``last`` for the
            last resort; any without), and how long after the contact (at once without).
        known: The people there are.

    Raises:
        InvalidError: One is spelled otherwise, or names nobody there is.
    """
    people = frozenset(known)
    answers = tuple(_answer(text, people) for text in texts)
    return These(answers) if answers else Nobody()


def _answer(text: str, known: frozenset[Slug]) -> Answer:
    found = _ANSWER.fullmatch(text.strip())
    after = None if found is None else _after(found["after"])
    if found is None or after is None:
        msg = f"{text!r} is no answer; write it like ana@1, ben or cleo@last+2m"
        raise InvalidError(msg, fields={"acks": msg})
    user = Slug(found["user"])
    if user not in known:
        msg = f"there is no user {user} to acknowledge anything"
        raise InvalidError(msg, fields={"acks": msg})
    return Answer(user=user, level=_level(found["level"]), after=after)


def _after(text: str | None) -> timedelta | None:
    if text is None:
        return timedelta(0)
    try:
        return parse_duration(text)
    except ValueError:
        return None


def _level(text: str | None) -> int | None:
    if text is None:
        return None
    return LAST_RESORT_LEVEL if text == "last" else int(text) - 1


def _spelled(level: int) -> str:
    return "last" if level == LAST_RESORT_LEVEL else str(level + 1)
