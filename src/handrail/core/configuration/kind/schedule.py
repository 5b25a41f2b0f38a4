"""What a file says of schedules and overrides."""

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import (
    Field,
    ListShape,
    ObjectShape,
)

SCHEDULE = KindDefinition(
    kind="schedule",
    plural="schedules",
    description="Who is on call when: people take turns, in wall-clock time.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What people see; the name by default.",
            ),
            Field(
                name="time_zone",
                shape=scalar.ZONE,
                description="IANA zone in which dates and times are read.",
                is_required=True,
            ),
            Field(
                name="rotation",
                shape=ObjectShape(
                    fields=(
                        Field(
                            name="every",
                            shape=scalar.EVERY,
                            description="A turn's length: 1 day, 1 week, 2 weeks.",
                            is_required=True,
                        ),
                        Field(
                            name="handoff",
                            shape=scalar.WALL_TIME,
                            description="Local time of every handoff.",
                            is_required=True,
                        ),
                        Field(
                            name="starts_on",
                            shape=scalar.DATE,
                            description="Local date on which the first turn begins.",
                            is_required=True,
                        ),
                        Field(
                            name="participants",
                            shape=ListShape(
                                item=scalar.PARTICIPANT,
                                minimum=1,
                                maximum=scalar.PEOPLE_MAX,
                                empty="nobody takes turns; name at least one user",
                            ),
                            description="Users in order; nobody is an intended gap.",
                            is_required=True,
                        ),
                    )
                ),
                description="The turns.",
                is_required=True,
            ),
        )
    ),
)


OVERRIDE = KindDefinition(
    kind="override",
    plural="overrides",
    description="Somebody else is on call for a while; the last one written wins.",
    is_ordered=True,
    shape=ObjectShape(
        fields=(
            Field(
                name="schedule",
                shape=scalar.reference("schedule"),
                description="Whose turns it covers.",
                is_required=True,
            ),
            Field(
                name="user",
                shape=scalar.reference("user"),
                description="Who is on call instead.",
                is_required=True,
            ),
            Field(
                name="from",
                shape=scalar.MOMENT,
                description=(
                    "Inclusive; local time in the schedule's zone, or an instant "
                    "with an offset."
                ),
                is_required=True,
            ),
            Field(
                name="until",
                shape=scalar.MOMENT,
                description="Exclusive; written like from.",
                is_required=True,
            ),
        )
    ),
)
