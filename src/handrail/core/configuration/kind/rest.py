"""What a file says of rest: how much on-call time one person may have."""

from datetime import timedelta

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    WholeShape,
)
from handrail.core.configuration.spelling import WEEKDAYS
from handrail.core.schedule.rest import RestRule

COUNT_MAX = 366
_LENGTH = scalar.duration_or_none(timedelta(minutes=1), timedelta(days=366))
_COUNT = WholeShape(minimum=0, maximum=COUNT_MAX)
_HOURS = (
    Field(
        name="from",
        shape=scalar.WALL_TIME,
        description="Local time of the person, inclusive.",
        is_required=True,
    ),
    Field(
        name="to",
        shape=scalar.END_TIME,
        description="Local time of the person, exclusive.",
        is_required=True,
    ),
)
_LIMITS = (
    Field(
        name=str(RestRule.MIN_REST),
        shape=_LENGTH,
        description="Least time off between shifts, over all schedules together.",
    ),
    Field(
        name=str(RestRule.LONGEST_RUN),
        shape=_LENGTH,
        description="Longest time on call without a break.",
    ),
    Field(
        name=str(RestRule.MAX_NIGHTS),
        shape=_COUNT,
        description="Most nights on call in any per.",
    ),
    Field(
        name=str(RestRule.MAX_WEEKENDS),
        shape=_COUNT,
        description="Most weekends on call in any per.",
    ),
    Field(
        name="per",
        shape=scalar.duration(timedelta(days=1), timedelta(days=366)),
        description="Over how long nights and weekends are counted, in whole days.",
    ),
    Field(
        name="errors",
        shape=ListShape(
            item=ChoiceShape(words=tuple(RestRule)),
            minimum=0,
            maximum=len(RestRule),
            is_set=True,
        ),
        description="Limits that must hold for files to be applied; others warn.",
    ),
)


def _names(kind: str) -> ListShape:
    return ListShape(
        item=scalar.reference(kind),
        minimum=1,
        maximum=scalar.PEOPLE_MAX,
        empty=f"no {kind}; leave it out",
        is_set=True,
    )


REST_RULES = KindDefinition(
    kind="rest_rules",
    plural="",
    description="How much on-call time one person may have, over all schedules.",
    shape=ObjectShape(
        fields=(
            *_LIMITS,
            Field(
                name="night",
                shape=ObjectShape(fields=_HOURS),
                description="When people sleep.",
                default={"from": "22:00", "to": "06:00"},
            ),
            Field(
                name="working_hours",
                shape=ObjectShape(
                    fields=(
                        Field(
                            name="days",
                            shape=ListShape(
                                item=ChoiceShape(words=WEEKDAYS),
                                minimum=1,
                                maximum=len(WEEKDAYS),
                                empty="no day; leave days out for Monday to Friday",
                                is_set=True,
                            ),
                            description="Weekdays on which people work.",
                            default=list(WEEKDAYS[:5]),
                        ),
                        *_HOURS,
                    )
                ),
                description="A page outside of them is an interruption out of hours.",
            ),
            Field(
                name="holidays",
                shape=_names("calendar"),
                description="Calendars whose days are counted as holidays.",
            ),
            Field(
                name="ignores",
                shape=_names("schedule"),
                description="Schedules whose shifts are no burden and never count.",
            ),
            Field(
                name="exceptions",
                shape=ListShape(
                    item=ObjectShape(
                        fields=(
                            Field(
                                name="teams",
                                shape=_names("team"),
                                description="Whose people it is for.",
                            ),
                            Field(
                                name="schedules",
                                shape=_names("schedule"),
                                description="Whose shifts it is for.",
                            ),
                            *_LIMITS,
                        )
                    ),
                    minimum=1,
                    maximum=50,
                    empty="no exception; leave exceptions out",
                ),
                description="Other limits for some; the first that fits holds.",
            ),
        )
    ),
)
