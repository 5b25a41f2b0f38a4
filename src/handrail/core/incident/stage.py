"""The stages of every incident, in order. Source: domain.md §4."""

from enum import StrEnum, unique


@unique
class Stage(StrEnum):
    """Where the response stands."""

    TRIAGE = "triage"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"
    LEARN = "learn"
    CLOSED = "closed"


RESPONDING = frozenset({Stage.TRIAGE, Stage.MITIGATE, Stage.RESOLVE})
"""From declaration to resolution: there is exactly one incident commander."""


@unique
class Detection(StrEnum):
    """Who noticed first."""

    MONITORING = "monitoring"
    CUSTOMER = "customer"
    EMPLOYEE = "employee"


@unique
class Ending(StrEnum):
    """How a response ended."""

    RESOLVED = "resolved"
    DECLINED = "declined"
    MERGED = "merged"
