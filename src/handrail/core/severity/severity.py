"""Severity drives the process; urgency drives how loudly a person is paged."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Urgency(StrEnum):
    """How a person is paged."""

    HIGH = "high"
    LOW = "low"


@unique
class Severity(StrEnum):
    """SEV1 is worst. A starting estimate, agreed in advance in the matrix."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"

    @property
    def rank(self) -> int:
        """Return 1 for the worst to 4; lower is worse."""
        return int(self.value[-1])


@unique
class Hours(StrEnum):
    """When a severity pages."""

    ALWAYS = "always"
    SUPPORT_HOURS = "support_hours"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRule:
    """What one severity demands.

    Attributes:
        severity: Which one.
        impact: In plain words, for the person who must choose.
        urgency: How people are paged.
        hours: At what hours they are paged; ``never`` makes a backlog ticket instead.
        communication: Who is told, in plain words.
    """

    severity: Severity
    impact: str
    urgency: Urgency
    hours: Hours
    communication: str


Matrix = dict[Severity, SeverityRule]

DEFAULT_MATRIX: Matrix = {
    rule.severity: rule
    for rule in (
        SeverityRule(
            severity=Severity.SEV1,
            impact="critical: major outage or data loss",
            urgency=Urgency.HIGH,
            hours=Hours.ALWAYS,
            communication="executives told; public status page within 15 min",
        ),
        SeverityRule(
            severity=Severity.SEV2,
            impact="significant degradation",
            urgency=Urgency.HIGH,
            hours=Hours.ALWAYS,
            communication="internal stakeholders and status page",
        ),
        SeverityRule(
            severity=Severity.SEV3,
            impact="minor or partial",
            urgency=Urgency.LOW,
            hours=Hours.SUPPORT_HOURS,
            communication="internal channel only",
        ),
        SeverityRule(
            severity=Severity.SEV4,
            impact="negligible",
            urgency=Urgency.LOW,
            hours=Hours.NEVER,
            communication="none",
        ),
    )
}
"""Source: the product's mission, rule 3."""

WORDS: dict[str, Severity] = {
    "critical": Severity.SEV1,
    "fatal": Severity.SEV1,
    "page": Severity.SEV2,
    "error": Severity.SEV2,
    "major": Severity.SEV2,
    "high": Severity.SEV2,
    "warning": Severity.SEV3,
    "warn": Severity.SEV3,
    "minor": Severity.SEV3,
    "info": Severity.SEV4,
    "none": Severity.SEV4,
} | {severity.value.lower(): severity for severity in Severity}
"""Senders' words for severity; a route may decide otherwise."""

UNKNOWN_WORD = Severity.SEV2
"""A signal that says nothing, or an unknown word, pages at all hours: fail open."""


def from_word(word: str | None) -> Severity:
    """Return the severity of a sender's word; unknown and absent words page."""
    return WORDS.get((word or "").strip().lower(), UNKNOWN_WORD)
