"""What a file says of users, teams and channels."""

from handrail.core.access.role import Role
from handrail.core.configuration import scalar
from handrail.core.configuration.kind.coverage import INTENTS
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
)
from handrail.core.people.contact_method import ChannelKind
from handrail.core.severity.severity import Urgency

_LADDER = ListShape(
    item=ObjectShape(
        fields=(
            Field(
                name="method",
                shape=scalar.NAME,
                description="The name of one of this user's contact methods.",
                is_required=True,
            ),
            Field(
                name="after",
                shape=scalar.DELAY,
                description="How long after the person was first sought; 0s: at once.",
                default="0s",
            ),
        )
    ),
    minimum=1,
    maximum=20,
    empty="no rule; leave the urgency out to use the default ladder",
)


_ADDRESS_FIELDS = (
    Field(
        name="kind",
        shape=ChoiceShape(words=tuple(ChannelKind)),
        description="How the message travels.",
        is_required=True,
    ),
    Field(
        name="address",
        shape=scalar.text(2000, "ana@example.org"),
        description=(
            "An e-mail address for email, a link for webhook, a label for terminal "
            "(there the name is the default)."
        ),
    ),
    Field(
        name="secret",
        shape=scalar.SECRET,
        description="Where the webhook's signing secret is: env:NAME or file:PATH.",
    ),
)


USER = KindDefinition(
    kind="user",
    plural="users",
    description="A person with an account, and how to reach them.",
    shape=ObjectShape(
        fields=(
            Field(
                name="full_name",
                elsewhere=("title", "display_name"),
                shape=scalar.text(120, "Ana Example"),
                description="What people see; the name by default.",
            ),
            Field(
                name="email",
                shape=scalar.EMAIL,
                description=(
                    "Where sign-in links go. Not by itself a contact method: "
                    "pages go to contact_methods only."
                ),
            ),
            Field(
                name="time_zone",
                shape=scalar.ZONE,
                description="IANA zone in which times are shown to this person.",
                default="UTC",
            ),
            Field(
                name="role",
                shape=ChoiceShape(words=tuple(Role)),
                description="What the person may do.",
                default=str(Role.RESPONDER),
            ),
            Field(
                name="contact_methods",
                elsewhere=("contacts", "methods"),
                shape=ListShape(
                    item=ObjectShape(
                        fields=(
                            Field(
                                name="name",
                                shape=scalar.NAME,
                                description="Unique within this user.",
                                is_required=True,
                            ),
                            *_ADDRESS_FIELDS,
                        )
                    ),
                    minimum=0,
                    maximum=20,
                ),
                description="Ways to reach this person, in the order of preference.",
                default=[],
            ),
            Field(
                name="notification_rules",
                elsewhere=("rules", "notify"),
                shape=ObjectShape(
                    fields=(
                        Field(
                            name=str(Urgency.HIGH),
                            shape=_LADDER,
                            description=(
                                "For urgent pages. Default: every method at once."
                            ),
                        ),
                        Field(
                            name=str(Urgency.LOW),
                            shape=_LADDER,
                            description=(
                                "For pages that can wait. Default: e-mail, else the "
                                "first method."
                            ),
                        ),
                    )
                ),
                description="Per urgency, which contact method is used and when.",
                default={},
            ),
        )
    ),
)


TEAM = KindDefinition(
    kind="team",
    plural="teams",
    description="Some users; owns services, and is sought whole as team:NAME.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What people see; the name by default.",
            ),
            Field(
                name="members",
                shape=ListShape(
                    item=scalar.reference("user"),
                    minimum=0,
                    maximum=scalar.PEOPLE_MAX,
                    is_set=True,
                ),
                description="Names of users.",
                default=[],
            ),
            Field(
                name="lead",
                shape=scalar.reference("user"),
                description="The user who is told of defects in what the team owns.",
            ),
            Field(
                name="coverage",
                shape=INTENTS,
                description="For its services that say nothing themselves.",
            ),
        )
    ),
)


CHANNEL = KindDefinition(
    kind="channel",
    plural="channels",
    description="A place that belongs to nobody in particular, for channel:NAME.",
    shape=ObjectShape(fields=_ADDRESS_FIELDS),
)
