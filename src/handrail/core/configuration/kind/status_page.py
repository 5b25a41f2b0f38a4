"""What a file says of the public status page and of what it shows."""

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import Field, ObjectShape

STATUS_PAGE = KindDefinition(
    kind="status_page",
    plural="",
    description="The public status page as a whole.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="The heading, such as the name of your product.",
                default="Status",
            ),
            Field(
                name="link",
                shape=scalar.URL,
                description="Where the public reads it; feeds and JSON refer to it.",
            ),
            Field(
                name="support",
                shape=scalar.text(300, "support@example.org"),
                description="Where customers turn to: an e-mail address or a link.",
            ),
        )
    ),
)


COMPONENT = KindDefinition(
    kind="component",
    plural="components",
    description="A part of what customers use, shown in the order of the files.",
    is_ordered=True,
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What customers call it; the name by default.",
            ),
            Field(
                name="description",
                shape=scalar.text(300, "Paying, by card and by invoice"),
                description="One line below the title.",
            ),
            Field(
                name="group",
                shape=scalar.TITLE,
                description="The heading it stands under.",
            ),
            Field(
                name="service",
                shape=scalar.reference("service"),
                description="The service behind it, from which notices are suggested.",
            ),
        )
    ),
)
