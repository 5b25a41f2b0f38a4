"""What each severity demands beyond paging: the other half of the severity matrix.

Source: mission.md rule 3 and domain.md §4; every limit is configurable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handrail.core.escalation.policy import Target
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.severity.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one severity demands of a response.

    Attributes:
        within: By kind of obligation, how long there is. From when the severity took
            effect; for ``next_update`` from the last word; for
            ``postmortem_published`` from the resolution.
        page: The commanders' rota, paged at once; who acknowledges is offered command.
        tell: By audience of an internal update (``incident.event.Audience``), to whom
            it is sent.
    """

    within: Mapping[ObligationKind, timedelta]
    page: tuple[Target, ...] = ()
    tell: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


Demands = Mapping[Severity | None, Demand]
"""By severity; none is for while it is to be assessed."""

DEFAULT_DEMANDS: Demands = {
    Severity.SEV1: Demand(
        within={
            ObligationKind.RESPONDER_ACKNOWLEDGED: _minutes(5),
            ObligationKind.COMMUNICATIONS_LEAD_NAMED: _minutes(10),
            ObligationKind.SCRIBE_NAMED: _minutes(10),
            ObligationKind.EXECUTIVES_TOLD: _minutes(15),
            ObligationKind.PUBLIC_NOTICE: _minutes(15),
            ObligationKind.NEXT_UPDATE: _minutes(30),
            ObligationKind.POSTMORTEM_PUBLISHED: timedelta(days=3),
        }
    ),
    Severity.SEV2: Demand(
        within={
            ObligationKind.RESPONDER_ACKNOWLEDGED: _minutes(5),
            ObligationKind.STAKEHOLDERS_TOLD: _minutes(30),
            ObligationKind.PUBLIC_NOTICE: _minutes(30),
            ObligationKind.NEXT_UPDATE: _minutes(60),
            ObligationKind.POSTMORTEM_PUBLISHED: timedelta(days=5),
        }
    ),
    Severity.SEV3: Demand(within={}),
    Severity.SEV4: Demand(within={}),
    # While nobody has said how bad it is, saying so is what is owed.
    None: Demand(within={ObligationKind.SEVERITY_ASSESSED: _minutes(10)}),
}


def demand_of(severity: Severity | None, demands: Demands) -> Demand:
    """Return what the severity demands; none means to be assessed."""
    return demands[severity]
