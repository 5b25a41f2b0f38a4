"""What a file says of coverage: what is asked, and how long evidence counts."""

from datetime import timedelta

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.kind.window import WINDOW
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    WholeShape,
)
from handrail.core.configuration.spelling import format_duration
from handrail.core.service.coverage_intent import (
    EVIDENCE_LASTS_DEFAULT,
    METHODS_DEFAULT,
    PEOPLE_DEFAULT,
    TELL_AHEAD_DEFAULT,
    WITHIN_DEFAULT,
    IntendedGaps,
    LastResortCounts,
    When,
)
from handrail.core.severity.severity import Urgency

_DAY = timedelta(days=1)

INTENT = ObjectShape(
    fields=(
        Field(
            name="when",
            shape=ChoiceShape(words=tuple(When)),
            description=(
                "always; the service's support_hours; or never, where it needs no "
                "cover. Windows are written in windows instead."
            ),
            default=str(When.ALWAYS),
        ),
        Field(
            name="windows",
            shape=ListShape(
                item=WINDOW,
                minimum=1,
                maximum=50,
                empty="no window; leave windows out for all hours",
                allows_single=True,
            ),
            description="Hours of the week in which it holds: one window or several.",
        ),
        Field(
            name="people",
            shape=WholeShape(minimum=1, maximum=20),
            description="How many people must be sought, though nobody acknowledges.",
            default=PEOPLE_DEFAULT,
        ),
        Field(
            name="methods",
            shape=WholeShape(minimum=1, maximum=10),
            description=(
                "Through how many verified contact methods each, of providers that "
                "do not fail together."
            ),
            default=METHODS_DEFAULT,
        ),
        Field(
            name="within",
            shape=scalar.duration(timedelta(0), _DAY),
            description="How long after the page's start, at most.",
            default=format_duration(WITHIN_DEFAULT),
        ),
        Field(
            name="urgency",
            shape=scalar.URGENCY,
            description="Which pages it is about.",
            default=str(Urgency.HIGH),
        ),
        Field(
            name="intended_gaps",
            shape=ChoiceShape(words=tuple(IntendedGaps)),
            description=(
                "excused: a turn of nobody is meant and no defect. "
                "defect: it is one like any other gap."
            ),
            default=str(IntendedGaps.EXCUSED),
        ),
        Field(
            name="last_resort",
            shape=ChoiceShape(words=tuple(LastResortCounts)),
            description=(
                "never: people of the last resort are no cover. "
                "counts: they are, when the page gets there in time."
            ),
            default=str(LastResortCounts.NO),
        ),
    )
)

INTENTS = ListShape(
    item=INTENT,
    minimum=1,
    maximum=10,
    empty="asks for nothing; leave it out, or write when: never",
    allows_single=True,
)

COVERAGE = KindDefinition(
    kind="coverage",
    plural="",
    description="What is asked of every service, and how long evidence counts.",
    shape=ObjectShape(
        fields=(
            Field(
                name="default",
                shape=INTENTS,
                description="For services when neither they nor their team say any.",
            ),
            Field(
                name="evidence_lasts",
                shape=scalar.duration(_DAY, 730 * _DAY),
                description=(
                    "How long it counts that a contact method reached its person."
                ),
                default=format_duration(EVIDENCE_LASTS_DEFAULT),
            ),
            Field(
                name="tell_ahead",
                shape=scalar.duration(_DAY, 84 * _DAY),
                description="How long before a gap its team lead is told.",
                default=format_duration(TELL_AHEAD_DEFAULT),
            ),
        )
    ),
)
