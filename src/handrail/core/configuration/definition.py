"""Every kind of configuration document and every field: the one definition.

Validation and the JSON Schema are made from it.
"""

from collections.abc import Mapping, Sequence

from handrail.core.configuration.kind import (
    coverage,
    escalation,
    mitigation,
    people,
    rest,
    schedule,
    service,
    status_page,
    tracker,
)
from handrail.core.configuration.kind.definition import KindDefinition


def definitions(source_kinds: Sequence[str]) -> Mapping[str, KindDefinition]:
    """Return every kind by its word.

    Args:
        source_kinds: The kinds of sender this installation can read.
    """
    kinds = (
        people.USER,
        people.TEAM,
        service.SERVICE,
        service.ROUTE,
        schedule.SCHEDULE,
        schedule.OVERRIDE,
        schedule.CALENDAR,
        rest.REST_RULES,
        escalation.POLICY,
        escalation.MATRIX,
        escalation.LAST_RESORT,
        service.integration(source_kinds),
        people.CHANNEL,
        status_page.STATUS_PAGE,
        status_page.COMPONENT,
        mitigation.MITIGATION,
        tracker.TRACKER,
        coverage.COVERAGE,
    )
    return {kind.kind: kind for kind in kinds}
