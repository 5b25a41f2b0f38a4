"""The sections of a postmortem that people write. Source: mission.md rule 8.

There is no section for a root cause: contributing factors are a list of their own.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Section(StrEnum):
    """A section, in the order in which it is read."""

    SUMMARY = "summary"
    IMPACT_USERS = "impact_users"
    IMPACT_REVENUE = "impact_revenue"
    IMPACT_ERROR_BUDGET = "impact_error_budget"
    TIMELINE = "timeline"
    WENT_WELL = "went_well"
    WENT_POORLY = "went_poorly"
    LUCK = "luck"
    LESSONS = "lessons"
    SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How a section is headed, and what it asks of whoever writes it.

    Attributes:
        question: Shown while nothing is written; never counts as written.
    """

    heading: str
    question: str


GUIDES: dict[Section, Guide] = {
    Section.SUMMARY: Guide(
        heading="Summary",
        question=(
            "What happened, for whom, how long, and how did it end? Two to five "
            "sentences that somebody who was not there understands."
        ),
    ),
    Section.IMPACT_USERS: Guide(
        heading="Impact: users",
        question=(
            "How many were affected, who, and what could they not do? A number, or "
            "how the number could be had."
        ),
    ),
    Section.IMPACT_REVENUE: Guide(
        heading="Impact: revenue",
        question="What did it cost: orders lost, credits owed, or nothing?",
    ),
    Section.IMPACT_ERROR_BUDGET: Guide(
        heading="Impact: SLO and error budget",
        question="Which objective was missed, and how much of its budget is spent?",
    ),
    Section.TIMELINE: Guide(
        heading="Timeline",
        question=(
            "What does the record not say: what did people see and believe at the "
            "turning points, and what began before anybody noticed?"
        ),
    ),
    Section.WENT_WELL: Guide(
        heading="What went well",
        question="What helped, in the systems and in the response? Keep doing it.",
    ),
    Section.WENT_POORLY: Guide(
        heading="What went poorly",
        question="What was slow, missing or confusing, the response included?",
    ),
    Section.LUCK: Guide(
        heading="Where we were lucky",
        question="What would have made it worse, and did not happen this time?",
    ),
    Section.LESSONS: Guide(
        heading="Lessons learned",
        question="What do we know now that we did not know before?",
    ),
    Section.SUPPORTING: Guide(
        heading="Supporting material",
        question="Which graphs, queries, logs and links back this up?",
    ),
}
"""Every section's heading and question."""
