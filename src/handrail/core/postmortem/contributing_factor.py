"""A contributing factor: one of the things that together made the incident possible.

"Human error" is no factor but a prompt: it stands only once it is answered by what made
it possible, and what would have caught it. Source: mission.md rule 8, domain.md §6.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class FactorKind(StrEnum):
    """What sort of thing contributed."""

    TECHNOLOGY = "technology"
    PROCESS = "process"
    ORGANISATION = "organisation"
    INFORMATION = "information"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributingFactor:
    """One factor.

    Attributes:
        id: Within its postmortem: ``f1``, ``f2``; never used again.
        made_possible: What made it possible, or "".
        would_have_caught: What would have caught it, or "".
    """

    id: str
    text: str
    kind: FactorKind
    made_possible: str = ""
    would_have_caught: str = ""


QUESTION = "what made it possible, and what would have caught it?"

_PHRASES = (
    r"human[\s-]+(?:error|mistake|failure)s?",
    r"(?:operator|user|pilot|engineer|developer|admin)[\s-]+(?:error|mistake)s?",
    r"(?:error|mistake)s?\s+(?:made\s+)?by",
    r"careless(?:ly|ness)?",
    r"negligen(?:t|tly|ce)",
    r"inattenti(?:on|ve)",
    r"incompeten(?:t|ce)",
    r"(?:the\s+)?fault\s+of",
    r"should\s+have\s+(?:known|been\s+more\s+careful|paid\s+(?:more\s+)?attention)",
    r"(?:was|were)\s+not\s+careful(?:\s+enough)?",
)
_BLAME = re.compile(rf"\b(?:{'|'.join(_PHRASES)})\b", re.IGNORECASE)


def blame_in(text: str) -> str | None:
    """Return the first words that blame a person, or none."""
    found = _BLAME.search(text)
    return " ".join(found.group().split()) if found else None


def unanswered_blame(factor: ContributingFactor) -> str | None:
    """Return the words that block publishing until they are answered, or none.

    An answer that only blames again is no answer.
    """
    blamed = blame_in(factor.text)
    if blamed is None:
        return None
    answers = (factor.made_possible, factor.would_have_caught)
    is_answered = all(answer.strip() and not blame_in(answer) for answer in answers)
    return None if is_answered else blamed
