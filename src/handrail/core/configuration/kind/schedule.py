"""What a file says of schedules, overrides and calendars."""

from datetime import timedelta

from handrail.core import limits
from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.kind.layer import LAYERS, ROTATION
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
)
from handrail.core.schedule.schedule import OverrideMode

CLOSED_MAX = limits.CALENDAR_EVENTS_MAX

_EDIT = ObjectShape(
    fields=(
        Field(
            name="effective_from",
            shape=scalar.MOMENT,
            description="From when on; local time or an instant.",
            is_required=True,
        ),
        Field(name="rotation", shape=ROTATION, description="The turns from then on."),
        Field(name="layers", shape=LAYERS, description="The layers from then on."),
    )
)

_NOTICES = ObjectShape(
    fields=(
        Field(
            name="before_start",
            shape=scalar.duration(timedelta(minutes=5), timedelta(days=14)),
            description="So long before a shift begins, such as 1d.",
        ),
        Field(
            name="at",
            shape=ListShape(
                item=ChoiceShape(words=("start", "end")),
                minimum=1,
                maximum=2,
                empty="neither start nor end; leave at out",
                is_set=True,
            ),
            description=(
                "start: when a shift begins, with what is open. end: when it ends, "
                "with what happened in it and what is still open."
            ),
        ),
    )
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
                shape=ROTATION,
                description="The turns, where there is one layer at all hours.",
            ),
            Field(
                name="layers",
                elsewhere=("rotations",),
                shape=LAYERS,
                description=(
                    "Layers in order, instead of one rotation: a later one covers "
                    "those before it where it counts, or goes together with them."
                ),
            ),
            Field(
                name="edits",
                elsewhere=("revisions", "versions"),
                shape=ListShape(
                    item=_EDIT,
                    minimum=1,
                    maximum=50,
                    empty="no edit; leave edits out",
                ),
                description="Layers that take the place of these at a later time.",
            ),
            Field(
                name="notices",
                shape=_NOTICES,
                description="Which of their shifts people are told of, by themselves.",
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
                shape=scalar.STAND_IN,
                description="Who is put on call; with mode remove, who is taken off.",
                is_required=True,
            ),
            Field(
                name="mode",
                shape=ChoiceShape(words=tuple(OverrideMode)),
                description=(
                    "replace: in the place of everyone the layers put on call. "
                    "add: beside them. remove: take the user off."
                ),
                default=OverrideMode.REPLACE.value,
            ),
            Field(
                name="instead_of",
                shape=scalar.reference("user"),
                description="Replace this user only, and only while on call.",
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


CALENDAR = KindDefinition(
    kind="calendar",
    plural="calendars",
    description="Days on which layers that skip it are silent: public holidays.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What people see; the name by default.",
            ),
            Field(
                name="closed",
                shape=ListShape(
                    item=ObjectShape(
                        fields=(
                            Field(
                                name="day",
                                shape=scalar.DATE,
                                description="A whole day of the layer's zone.",
                            ),
                            Field(
                                name="from",
                                shape=scalar.MOMENT,
                                description="Inclusive; instead of a day.",
                            ),
                            Field(
                                name="until",
                                shape=scalar.MOMENT,
                                description="Exclusive; written like from.",
                            ),
                            Field(
                                name="title",
                                shape=scalar.TITLE,
                                description="What it is.",
                            ),
                        )
                    ),
                    minimum=0,
                    maximum=CLOSED_MAX,
                ),
                description="The closed days or hours.",
                default=[],
            ),
            Field(
                name="ics",
                shape=scalar.ICS_FILE,
                description=(
                    "Calendar file beside this one whose events are the closed days "
                    "and hours."
                ),
            ),
        )
    ),
)
