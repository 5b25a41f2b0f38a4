"""Coverage intent: when a service must be covered, by whom, how well and how fast."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique

from handrail.core.service.support_hours import SupportHours
from handrail.core.severity.severity import Urgency

EVIDENCE_LASTS_DEFAULT = timedelta(days=90)
TELL_AHEAD_DEFAULT = timedelta(days=7)
WITHIN_DEFAULT = timedelta(minutes=5)
PEOPLE_DEFAULT = 1
METHODS_DEFAULT = 2
"""One provider that fails must not be enough to lose a page."""


@unique
class When(StrEnum):
    """In which hours an intent asks for people; windows of its own are the fourth."""

    ALWAYS = "always"
    SUPPORT_HOURS = "support_hours"
    NEVER = "never"


@unique
class IntendedGaps(StrEnum):
    """What a turn of *nobody* is worth: an excuse, or a defect like any other."""

    EXCUSED = "excused"
    DEFECT = "defect"


@unique
class LastResortCounts(StrEnum):
    """Whether people of the last resort are cover. By default they are the net."""

    YES = "counts"
    NO = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageIntent:
    """At every page's start within the hours, so many people within so long.

    Attributes:
        hours: When a page may start; at all hours where none.
        people: How many, 1 or more, must be sought although nobody acknowledges.
        methods: Through how many verified contact methods each that do not fail
            together, 1 or more.
        within: Counted from the page's start, inclusive.
        urgency: The pages it is about.
        intended_gaps: Whether a turn of nobody excuses what is missing.
        last_resort: Whether the last resort's people count.
    """

    hours: SupportHours | None = None
    people: int = PEOPLE_DEFAULT
    methods: int = METHODS_DEFAULT
    within: timedelta = WITHIN_DEFAULT
    urgency: Urgency = Urgency.HIGH
    intended_gaps: IntendedGaps = IntendedGaps.EXCUSED
    last_resort: LastResortCounts = LastResortCounts.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is asked for a service.

    Attributes:
        intents: All of them hold; none where it needs no cover.
        declared_by: Who says so: ``service checkout``, ``team payments`` or
            ``coverage``; "" where nobody says anything.
    """

    intents: tuple[CoverageIntent, ...] = ()
    declared_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRules:
    """What holds for every service.

    Attributes:
        evidence_lasts: How long it counts that a contact method reached its person.
        tell_ahead: How long before a gap its team lead is told. Evidence that ends
            later than this counts as kept up: there is time to renew it.
    """

    evidence_lasts: timedelta = EVIDENCE_LASTS_DEFAULT
    tell_ahead: timedelta = TELL_AHEAD_DEFAULT
