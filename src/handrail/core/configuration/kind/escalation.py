"""What a file says of escalation policies, the severity matrix and the last resort."""

from datetime import timedelta

from handrail.core import limits
from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    WholeShape,
)
from handrail.core.configuration.spelling import format_duration
from handrail.core.severity.severity import Hours, Severity

_LEVEL = ObjectShape(
    fields=(
        Field(
            name="notify",
            shape=ListShape(
                item=scalar.target(
                    "schedule",
                    "user",
                    "team",
                    "channel",
                    remedy="write schedule:, user:, team: or channel: and a name",
                ),
                minimum=1,
                maximum=limits.TARGETS_PER_LEVEL_MAX,
                empty="the level is empty; name at least one target",
                allows_single=True,
                is_set=True,
            ),
            description="schedule:, user:, team: or channel: and a name; or a list.",
            is_required=True,
        ),
        Field(
            name="escalate_after",
            shape=scalar.duration(limits.ESCALATE_AFTER_MIN, limits.ESCALATE_AFTER_MAX),
            description="How long this level has before the next is told.",
            is_required=True,
        ),
    )
)


POLICY = KindDefinition(
    kind="escalation_policy",
    plural="escalation_policies",
    description="Who is told, in which order, and how long each level has.",
    shape=ObjectShape(
        fields=(
            Field(
                name="rules",
                shape=ListShape(
                    item=_LEVEL,
                    minimum=1,
                    maximum=limits.LEVELS_MAX,
                    empty="the policy has no level; nobody would be told",
                ),
                description="The levels, in order.",
                is_required=True,
            ),
            Field(
                name="rounds",
                shape=WholeShape(minimum=1, maximum=limits.ROUNDS_MAX),
                description="Total passes over the levels, before the last resort.",
                default=1,
            ),
        )
    ),
)


MATRIX = KindDefinition(
    kind="severity_matrix",
    plural="",
    description="What each severity demands; what is left out keeps its default.",
    shape=ObjectShape(
        fields=tuple(
            Field(
                name=str(severity),
                description=f"What {severity} demands.",
                shape=ObjectShape(
                    fields=(
                        Field(
                            name="impact",
                            shape=scalar.text(300, "major outage"),
                            description="In plain words, for the person who chooses.",
                        ),
                        Field(
                            name="urgency",
                            shape=scalar.URGENCY,
                            description="How people are paged.",
                        ),
                        Field(
                            name="hours",
                            shape=ChoiceShape(words=tuple(Hours)),
                            description="When people are paged; never pages nobody.",
                        ),
                        Field(
                            name="communication",
                            shape=scalar.text(300, "status page within 15 min"),
                            description="Who is told, in plain words.",
                        ),
                    )
                ),
            )
            for severity in Severity
        )
    ),
)


LAST_RESORT = KindDefinition(
    kind="last_resort",
    plural="",
    description="Whom to tell when every level was empty or nobody acknowledged.",
    shape=ObjectShape(
        fields=(
            Field(
                name="notify",
                shape=ListShape(
                    item=scalar.target(
                        "user",
                        "channel",
                        remedy=(
                            "the last resort must not be able to be empty; "
                            "write user:NAME or channel:NAME"
                        ),
                    ),
                    minimum=1,
                    maximum=limits.TARGETS_PER_LEVEL_MAX,
                    empty="the last resort is empty; name a user or channel",
                    allows_single=True,
                    is_set=True,
                ),
                description="user:NAME or channel:NAME; or a list.",
                is_required=True,
            ),
            Field(
                name="repeat_after",
                shape=scalar.duration(timedelta(minutes=1), timedelta(days=1)),
                description="Told again this long after, while nobody acknowledges.",
                default=format_duration(limits.LAST_RESORT_REPEAT_DEFAULT),
            ),
            Field(
                name="times",
                shape=WholeShape(minimum=1, maximum=100),
                description="How often in all before the page is marked exhausted.",
                default=limits.LAST_RESORT_TIMES_DEFAULT,
            ),
        )
    ),
)
