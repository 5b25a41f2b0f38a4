"""What a file says of a window of the week, in its own time zone."""

from handrail.core.configuration import scalar
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
)
from handrail.core.configuration.spelling import WEEKDAYS

WINDOW = ObjectShape(
    fields=(
        Field(
            name="time_zone",
            shape=scalar.ZONE,
            description="IANA zone; the same in every window of a list.",
            is_required=True,
        ),
        Field(
            name="days",
            shape=ListShape(
                item=ChoiceShape(words=WEEKDAYS),
                minimum=1,
                maximum=7,
                empty="no day; such hours would never begin",
                is_set=True,
            ),
            description="Weekdays on which the window begins.",
            is_required=True,
        ),
        Field(
            name="from",
            shape=scalar.WALL_TIME,
            description="Local time, inclusive.",
            is_required=True,
        ),
        Field(
            name="to",
            shape=scalar.END_TIME,
            description=(
                "Local time, exclusive. Not after from, it means the next day; "
                '"24:00" is midnight.'
            ),
            is_required=True,
        ),
    )
)
