"""A service: what users depend on."""

from dataclasses import dataclass, field

from handrail.core.ids import Slug
from handrail.core.service.coverage_intent import Coverage
from handrail.core.service.support_hours import SupportHours
from handrail.core.severity.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What users depend on, who owns it, and who is paged for it.

    Attributes:
        name: The slug.
        title: What people see.
        team: The owning team, or none.
        escalation_policy: The policy pages about it run.
        tier: 1 is the most important; for people and reports.
        runbook: A link, or "".
        support_hours: When low-urgency pages go out; none means at all hours.
        default_severity: Used where neither route nor sender says one.
        coverage: When it must be covered, and how well.
    """

    name: Slug
    title: str
    team: Slug | None
    escalation_policy: Slug
    tier: int = 2
    runbook: str = ""
    support_hours: SupportHours | None = None
    default_severity: Severity | None = None
    coverage: Coverage = field(default_factory=Coverage)
