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
    TruthShape,
    WholeShape,
)
from handrail.core.configuration.spelling import format_duration
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.severity.severity import Hours, Severity

PROMISE_MIN = timedelta(seconds=1)
PROMISE_MAX = timedelta(days=90)
"""No promise runs for longer: it would be nobody's."""
AUDIENCES = {
    "responders": "Who else gets updates for the responders.",
    "stakeholders": "Who gets updates for stakeholders inside.",
    "executives": "Who gets updates for executives.",
}
"""Whom internal updates can be for; ``incident.event.Audience`` has the same words."""

_PROMISES = {
    ObligationKind.RESPONDER_ACKNOWLEDGED: "until somebody answers a page about it",
    ObligationKind.COMMUNICATIONS_LEAD_NAMED: "to name a communications lead",
    ObligationKind.SCRIBE_NAMED: "to name a scribe",
    ObligationKind.EXECUTIVES_TOLD: "until an update for executives",
    ObligationKind.STAKEHOLDERS_TOLD: "until an update for stakeholders",
    ObligationKind.PUBLIC_NOTICE: "until the first public notice",
    ObligationKind.NEXT_UPDATE: "from one word to the next",
    ObligationKind.POSTMORTEM_PUBLISHED: "from resolution to postmortem",
}
_PROMISE = scalar.duration_or_none(PROMISE_MIN, PROMISE_MAX)


def _targets(empty: str) -> ListShape:
    return ListShape(
        item=scalar.target(
            "schedule",
            "user",
            "team",
            "channel",
            remedy="write schedule:, user:, team: or channel: and a name",
        ),
        minimum=1,
        maximum=limits.TARGETS_PER_LEVEL_MAX,
        empty=empty,
        allows_single=True,
        is_set=True,
    )


_LEVEL = ObjectShape(
    fields=(
        Field(
            name="notify",
            elsewhere=("targets", "who", "recipients"),
            shape=_targets("the level is empty; name at least one target"),
            description="schedule:, user:, team: or channel: and a name; or a list.",
            is_required=True,
        ),
        Field(
            name="escalate_after",
            elsewhere=("delay", "wait", "timeout", "after"),
            shape=scalar.duration(limits.ESCALATE_AFTER_MIN, limits.ESCALATE_AFTER_MAX),
            description="How long this level has before the next is told.",
            is_required=True,
        ),
        Field(
            name="round_robin",
            shape=TruthShape(),
            description="One of the people it leads to for each page, in turn.",
            default=False,
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
                elsewhere=("levels", "steps", "tiers", "escalation_rules"),
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
                elsewhere=("repeat", "repeats", "loops", "num_loops"),
                shape=WholeShape(minimum=1, maximum=limits.ROUNDS_MAX),
                description="Total passes over the levels, before the last resort.",
                default=1,
            ),
        )
    ),
)


_OBLIGATIONS = ObjectShape(
    fields=tuple(
        Field(
            name=str(kind),
            shape=_PROMISE,
            description=f"How long there is {what}; none lifts it.",
        )
        for kind, what in _PROMISES.items()
    )
)
_TELL = ObjectShape(
    fields=tuple(
        Field(
            name=audience,
            shape=_targets("nobody is named; name somebody or remove the line"),
            description=what,
        )
        for audience, what in AUDIENCES.items()
    )
)
_SEVERITY = ObjectShape(
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
        Field(
            name="page",
            shape=_targets("the rota is empty; name a target or remove the line"),
            description="Who is paged to command an incident of this severity.",
        ),
        Field(
            name="obligations",
            shape=_OBLIGATIONS,
            description="What is owed, and how long there is for it.",
        ),
        Field(
            name="tell",
            shape=_TELL,
            description="Where internal updates go, by audience.",
        ),
    )
)


MATRIX = KindDefinition(
    kind="severity_matrix",
    plural="",
    description="What each severity demands; what is left out keeps its default.",
    shape=ObjectShape(
        fields=(
            Field(
                name="assess_within",
                shape=_PROMISE,
                description="How long a severity may be to be assessed; none lifts it.",
            ),
            *(
                Field(
                    name=str(severity),
                    description=f"What {severity} demands.",
                    shape=_SEVERITY,
                )
                for severity in Severity
            ),
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
