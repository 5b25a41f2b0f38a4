"""Which pages an incident demands: for a commander, and for who responds.

The severity matrix says whom and at what hours. What is sought already is not sought
twice. Source: domain.md §4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core import limits
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import EscalationPolicy, Level
from handrail.core.escalation.reach import reach_level
from handrail.core.ids import Slug
from handrail.core.incident.bulletin_words import page_title
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.obligation.demand import demand_of
from handrail.core.paging.event import PageOpened
from handrail.core.paging.page import Page, PageState
from handrail.core.service.support_hours import is_open
from handrail.core.severity.severity import Hours, Urgency

COMMAND_POLICY = Slug("incident-command")
"""The name of the policy that a page for a commander runs, made from the matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A page to open, and those it takes the place of."""

    purpose: PagePurpose
    opened: PageOpened
    supersedes: tuple[Page, ...]


def sought(
    incident: Incident, pages: Sequence[Page], *, snapshot: Snapshot, now: datetime
) -> tuple[Sought, ...]:
    """Return the pages to open, given those that the incident has.

    Args:
        incident: As it is now.
        pages: Every page linked to it.
        snapshot: The configuration in force.
        now: The present instant.
    """
    if not incident.is_responding or not _pages_now(incident, snapshot, now):
        return ()
    both = (
        _for_command(incident, pages, snapshot, now),
        _for_response(incident, pages, snapshot),
    )
    return tuple(one for one in both if one is not None)


def _pages_now(incident: Incident, snapshot: Snapshot, now: datetime) -> bool:
    """Return whether the matrix pages at this hour; nobody is while unassessed."""
    if incident.severity is None:
        return False
    match snapshot.matrix[incident.severity].hours:
        case Hours.ALWAYS:
            return True
        case Hours.NEVER:
            return False
        case Hours.SUPPORT_HOURS:
            service = snapshot.services.get(incident.service or Slug(""))
            support = service.support_hours if service else None
            return support is None or is_open(support, now)


def _for_command(
    incident: Incident, pages: Sequence[Page], snapshot: Snapshot, now: datetime
) -> Sought | None:
    targets = demand_of(incident.severity, snapshot.demands).page
    level = Level(targets=targets, escalate_after=limits.COMMAND_ESCALATE_AFTER)
    reached = reach_level(level, directory=snapshot, at=now)
    commander = f"user:{incident.commander}"
    if not targets or (reached and all(r.recipient == commander for r in reached)):
        return None
    policy = EscalationPolicy(
        name=COMMAND_POLICY, levels=(level,), version=snapshot.revision
    )
    opened = _opened(incident, snapshot, policy)
    theirs = [p for p in pages if incident.pages[p.id] is PagePurpose.COMMAND]
    if any(_covers(p, opened) and _seeks_all(p, policy) for p in theirs):
        return None
    return Sought(
        purpose=PagePurpose.COMMAND,
        opened=opened,
        supersedes=tuple(p for p in theirs if p.state in _UNANSWERED),
    )


def _for_response(
    incident: Incident, pages: Sequence[Page], snapshot: Snapshot
) -> Sought | None:
    service = snapshot.services.get(incident.service or Slug(""))
    if service is None:
        return None
    opened = _opened(
        incident, snapshot, snapshot.policies.get(service.escalation_policy)
    )
    theirs = [
        p
        for p in pages
        if p.service == incident.service
        and incident.pages[p.id] is not PagePurpose.COMMAND
    ]
    if any(_covers(p, opened) for p in theirs):
        return None
    return Sought(
        purpose=PagePurpose.RESPONSE,
        opened=opened,
        supersedes=tuple(
            p
            for p in theirs
            if p.state in _UNANSWERED and incident.pages[p.id] is PagePurpose.RESPONSE
        ),
    )


_UNANSWERED = frozenset({PageState.OPEN, PageState.EXHAUSTED})


def _covers(page: Page, wanted: PageOpened) -> bool:
    """Return whether somebody has the page, or is sought no less loudly."""
    if page.state is PageState.ACKNOWLEDGED:
        return True
    is_quieter = page.urgency is Urgency.LOW and wanted.urgency is Urgency.HIGH
    return page.is_seeking and not is_quieter


def _seeks_all(page: Page, policy: EscalationPolicy) -> bool:
    levels = page.policy.levels if page.policy else ()
    known = {target for level in levels for target in level.targets}
    return all(t in known for level in policy.levels for t in level.targets)


def _opened(
    incident: Incident, snapshot: Snapshot, policy: EscalationPolicy | None
) -> PageOpened:
    assert incident.severity is not None, "nobody is paged while it is to be assessed"
    return PageOpened(
        incident_id=incident.id,
        title=page_title(incident),
        service=incident.service,
        severity=incident.severity,
        urgency=snapshot.matrix[incident.severity].urgency,
        policy=policy,
        revision=snapshot.revision,
    )
