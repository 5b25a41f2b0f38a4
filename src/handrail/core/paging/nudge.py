"""Who works on something grave undeclared is asked, once, to declare an incident.

Declaring is the most skipped and most important step. Source: mission.md rule 1.
"""

from datetime import datetime

from handrail.core import limits
from handrail.core.ids import Slug
from handrail.core.paging.event import DeclarationNudged
from handrail.core.paging.page import Page, PageState
from handrail.core.severity.severity import Severity

GRAVE = frozenset({Severity.SEV1, Severity.SEV2})


def nudge_at(page: Page, *, by: Slug | None, now: datetime) -> datetime | None:
    """Return when who takes the page now is asked, or none if they never are."""
    is_grave = page.alert_id is not None and page.severity in GRAVE
    return now + limits.NUDGE_AFTER if is_grave and by is not None else None


def nudge(
    page: Page, *, declared: str | None, now: datetime
) -> tuple[DeclarationNudged, ...]:
    """Return the nudge whose time has come, told or not needed; else nothing.

    Args:
        page: The page.
        declared: The name of an incident about the same alert, or none.
        now: The present instant.
    """
    due_at = page.nudge_due_at
    if due_at is None or now < due_at or page.state is not PageState.ACKNOWLEDGED:
        return ()
    if declared is not None:
        return (DeclarationNudged(told=None, why=f"{declared} is declared"),)
    minutes = int(limits.NUDGE_AFTER.total_seconds() // 60)
    why = f"worked on for {minutes} minutes without an incident"
    return (DeclarationNudged(told=page.acknowledged_by, why=why),)
