"""What a file says of services, routes and integrations."""

from collections.abc import Sequence

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.coverage import INTENTS
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.kind.window import WINDOW
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    WholeShape,
)

SERVICE = KindDefinition(
    kind="service",
    plural="services",
    description="What users depend on, who owns it and who is paged for it.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What people see; the name by default.",
            ),
            Field(
                name="team",
                shape=scalar.reference("team"),
                description="The owning team.",
            ),
            Field(
                name="escalation_policy",
                elsewhere=("policy", "escalation"),
                shape=scalar.reference("escalation_policy"),
                description="The policy that pages about this service run.",
                is_required=True,
            ),
            Field(
                name="tier",
                shape=WholeShape(minimum=1, maximum=4),
                description="1 is the most important; for people and reports.",
                default=2,
            ),
            Field(
                name="runbook",
                shape=scalar.URL,
                description="A link to what to do when it breaks.",
            ),
            Field(
                name="support_hours",
                shape=ListShape(
                    item=WINDOW,
                    minimum=1,
                    maximum=50,
                    empty="no window; leave support_hours out for all hours",
                    allows_single=True,
                ),
                description=(
                    "When what can wait is paged: one window or a list of them. "
                    "Default: at all hours."
                ),
            ),
            Field(
                name="default_severity",
                shape=scalar.SEVERITY,
                description="Used where neither route nor sender says one.",
            ),
            Field(
                name="coverage",
                shape=INTENTS,
                description=(
                    "When somebody must be there, and how well; by default what its "
                    "team says, or else what coverage says for all."
                ),
            ),
        )
    ),
)


ROUTE = KindDefinition(
    kind="route",
    plural="routes",
    description="Which alerts go to which service; the first match decides.",
    is_ordered=True,
    shape=ObjectShape(
        fields=(
            Field(
                name="match",
                elsewhere=("matchers", "labels", "filter"),
                shape=ListShape(
                    item=scalar.MATCHERS,
                    minimum=0,
                    maximum=50,
                    allows_single=True,
                ),
                description=(
                    "Matchers on labels, as Alertmanager writes them; all must match, "
                    "none at all matches everything."
                ),
                default=[],
            ),
            Field(
                name="service",
                shape=scalar.reference("service"),
                description="Where the alert goes.",
                is_required=True,
            ),
            Field(
                name="severity",
                shape=scalar.SEVERITY,
                description="Overrides the sender's word.",
            ),
            Field(
                name="urgency",
                shape=scalar.URGENCY,
                description="Overrides the severity matrix.",
            ),
            Field(
                name="settle",
                shape=scalar.DELAY,
                description=(
                    "Wait this long before paging; resolved within it, nobody is paged."
                ),
                default="0s",
            ),
        )
    ),
)


def integration(source_kinds: Sequence[str]) -> KindDefinition:
    """Return what a file says of an integration, given the kinds of sender."""
    return KindDefinition(
        kind="integration",
        plural="integrations",
        description="A sender: what it speaks, its key, and its default service.",
        shape=ObjectShape(
            fields=(
                Field(
                    name="source",
                    shape=ChoiceShape(words=tuple(source_kinds)),
                    description="What the sender speaks.",
                    is_required=True,
                ),
                Field(
                    name="key",
                    shape=scalar.KEY,
                    description=(
                        "Where the integration key is on the server (env:NAME or "
                        "file:PATH), or sha256:HEX of it. Without it, issue one."
                    ),
                ),
                Field(
                    name="service",
                    shape=scalar.reference("service"),
                    description="Where alerts go that no route matches.",
                ),
            )
        ),
    )
