"""What a file says of the team's tracker."""

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import ChoiceShape, Field, ObjectShape
from handrail.core.configuration.snapshot import TrackerKind

TRACKER = KindDefinition(
    kind="tracker",
    plural="",
    description="Where backlog tickets go: alerts and incidents that never page.",
    shape=ObjectShape(
        fields=(
            Field(
                name="kind",
                shape=ChoiceShape(words=tuple(TrackerKind)),
                description="webhook; or none, where the tickets are kept here.",
                is_required=True,
            ),
            Field(
                name="url",
                shape=scalar.URL,
                description="Where the tracker, or what stands before it, listens.",
            ),
            Field(
                name="secret",
                shape=scalar.SECRET,
                description="Where the signing secret is: env:NAME or file:PATH.",
            ),
        )
    ),
)
