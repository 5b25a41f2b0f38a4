"""What a file says of one layer of a schedule: its turns, hours and bounds."""

from datetime import timedelta

from handrail.core import limits
from handrail.core.configuration import scalar
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
)
from handrail.core.configuration.spelling import WEEKDAYS
from handrail.core.schedule.schedule import Combination, Turns

LAYERS_MAX = 50
SHIFTS_MAX = limits.CALENDAR_EVENTS_MAX
"""A calendar of several people's days for some years; more is a mistake."""

PARTY = ListShape(
    item=scalar.PARTICIPANT,
    minimum=1,
    maximum=20,
    empty="nobody has this turn; write nobody for an intended gap",
    allows_single=True,
    is_set=True,
)

ROTATION = ObjectShape(
    fields=(
        Field(
            name="every",
            elsewhere=("length", "shift_length", "turn_length", "interval"),
            shape=ListShape(
                item=scalar.EVERY,
                minimum=1,
                maximum=20,
                empty="no length; write 1 day, 1 week, or a list that repeats",
                allows_single=True,
            ),
            description=(
                "A turn's length: 12 hours, 1 day, 2 weeks, 1 month, 1 year; or "
                "several of one unit that repeat in order: [5 days, 2 days]."
            ),
            is_required=True,
        ),
        Field(
            name="handoff",
            elsewhere=("handover", "handoff_time", "handover_time", "start_time"),
            shape=scalar.WALL_TIME,
            description="Local time of the handoffs.",
            is_required=True,
        ),
        Field(
            name="starts_on",
            elsewhere=("start", "start_date", "anchor"),
            shape=scalar.DATE,
            description="Local date on which the first participant's turn begins.",
            is_required=True,
        ),
        Field(
            name="participants",
            elsewhere=("users", "members", "people"),
            shape=ListShape(
                item=PARTY,
                minimum=1,
                maximum=scalar.PEOPLE_MAX,
                empty="nobody takes turns; name at least one user",
            ),
            description=(
                "Users in order; a list of users shares a turn; nobody is an "
                "intended gap."
            ),
            is_required=True,
        ),
        Field(
            name="lasts",
            shape=scalar.duration(timedelta(minutes=1), timedelta(days=366)),
            description=(
                "How long of each turn counts, from its handoff on; in the rest of "
                "it the layer is silent. By default all of it."
            ),
        ),
        Field(
            name="time_zone",
            shape=scalar.ZONE,
            description="IANA zone of the handoffs; the layer's by default.",
        ),
    )
)

_ACTIVE = ObjectShape(
    fields=(
        Field(
            name="days",
            shape=ListShape(
                item=ChoiceShape(words=WEEKDAYS),
                minimum=1,
                maximum=7,
                empty="no day; such hours would never begin",
                is_set=True,
            ),
            description="Weekdays on which the window begins; every day by default.",
        ),
        Field(
            name="from",
            shape=scalar.WEEK_TIME,
            description='Local time, inclusive: "09:00", or with its day fri 18:00.',
            is_required=True,
        ),
        Field(
            name="to",
            shape=scalar.WEEK_TIME,
            description=(
                "Local time, exclusive. Not after from, it means the next day, or "
                "the next week where days are written."
            ),
            is_required=True,
        ),
    )
)

_SHIFT = ObjectShape(
    fields=(
        Field(
            name="users",
            shape=PARTY,
            description="Who is on duty.",
            is_required=True,
        ),
        Field(
            name="from",
            shape=scalar.MOMENT,
            description="Inclusive; local time, or an instant with an offset.",
            is_required=True,
        ),
        Field(
            name="until",
            shape=scalar.MOMENT,
            description="Exclusive; written like from.",
            is_required=True,
        ),
    )
)

_NAME = ObjectShape(
    fields=(
        Field(
            name="text",
            shape=scalar.text(200, "Dr. Example (on call)"),
            description="A summary, a part of one, or an address, as the calendar has.",
            is_required=True,
        ),
        Field(
            name="user",
            shape=scalar.PARTICIPANT,
            description="Whom it means; nobody for an intended gap.",
            is_required=True,
        ),
    )
)

LAYER = ObjectShape(
    fields=(
        Field(
            name="name",
            shape=scalar.NAME,
            description="Unique within the schedule.",
            is_required=True,
        ),
        Field(name="rotation", shape=ROTATION, description="The turns."),
        Field(
            name="shifts",
            shape=ListShape(
                item=_SHIFT,
                minimum=1,
                maximum=SHIFTS_MAX,
                empty="no shift; leave the layer out",
            ),
            description="Listed shifts, instead of turns.",
        ),
        Field(
            name="ics",
            shape=scalar.ICS_FILE,
            description=(
                "Calendar file beside this one whose events are the shifts, instead "
                "of turns."
            ),
        ),
        Field(
            name="names",
            shape=ListShape(
                item=_NAME,
                minimum=1,
                maximum=scalar.PEOPLE_MAX,
                empty="no name; leave names out",
            ),
            description="Whom the calendar means by other words than their names.",
        ),
        Field(
            name="active",
            elsewhere=("restriction", "restrictions", "windows", "hours", "when"),
            shape=ListShape(
                item=_ACTIVE,
                minimum=1,
                maximum=50,
                empty="no window; leave active out for all hours",
                allows_single=True,
            ),
            description="Hours of the week in which the layer counts; by default all.",
        ),
        Field(
            name="turns",
            shape=ChoiceShape(words=tuple(Turns)),
            description=(
                "always: the rotation turns also outside the active hours. "
                "only_active: a period wholly outside them uses up no turn."
            ),
            default=Turns.ALWAYS.value,
        ),
        Field(
            name="combine",
            shape=ChoiceShape(words=tuple(Combination)),
            description=(
                "cover: in the place of the layers above it in the file. "
                "together: beside them. join: as one layer with the one above it."
            ),
            default=Combination.COVER.value,
        ),
        Field(
            name="role",
            shape=ChoiceShape(words=("duty", "shadow")),
            description=(
                "shadow: gets the same pages without responsibility; it covers no gap."
            ),
            default="duty",
        ),
        Field(
            name="starts_at",
            shape=scalar.MOMENT,
            description="The layer is silent before; local time or an instant.",
        ),
        Field(
            name="ends_at",
            shape=scalar.MOMENT,
            description="The layer is silent from then on.",
        ),
        Field(
            name="skip",
            elsewhere=("holidays", "except"),
            shape=ListShape(
                item=scalar.reference("calendar"),
                minimum=1,
                maximum=20,
                empty="no calendar; leave skip out",
                allows_single=True,
                is_set=True,
            ),
            description="Calendars on whose closed days the layer is silent.",
        ),
        Field(
            name="time_zone",
            shape=scalar.ZONE,
            description="IANA zone of the layer's times; the schedule's by default.",
        ),
    )
)

LAYERS = ListShape(
    item=LAYER,
    minimum=1,
    maximum=LAYERS_MAX,
    empty="no layer; write at least one",
)
