"""A person with an account, and their ladder of contact methods."""

from dataclasses import dataclass, field
from datetime import timedelta

from handrail.core.access.role import Role
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.severity.severity import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRule:
    """Use this contact method so long after the person was first sought.

    Attributes:
        method: Name of one of the person's contact methods.
        after: Delay from when the level was notified; 0 or more.
    """

    method: Slug
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an account.

    Attributes:
        name: The slug; stable, unique.
        full_name: What people see.
        email: Where sign-in links go; not by itself a contact method.
        time_zone: IANA name; times are shown to this person in it.
        role: What the person may do.
        contact_methods: In the order of preference.
        rules: Per urgency, the ladder; an absent urgency gets the default ladder.
    """

    name: Slug
    full_name: str
    email: str
    time_zone: str
    role: Role = Role.RESPONDER
    contact_methods: tuple[ContactMethod, ...] = ()
    rules: dict[Urgency, tuple[NotificationRule, ...]] = field(default_factory=dict)

    @property
    def is_reachable(self) -> bool:
        """Return whether anything is told them: else their account's e-mail is used."""
        return bool(self.contact_methods or self.email)

    def method(self, name: Slug) -> ContactMethod | None:
        """Return the contact method of that name, or none."""
        return next((m for m in self.contact_methods if m.name == name), None)

    def ladder(self, urgency: Urgency) -> tuple[tuple[ContactMethod, timedelta], ...]:
        """Return the methods to use and when, for this urgency, soonest first.

        A rule that names a method the person does not have is left out; where that
        leaves nothing, or where no rule is set, the default ladder holds: every
        method at once for high urgency, e-mail (or else the first method) for low.
        """
        chosen = [
            (method, rule.after)
            for rule in self.rules.get(urgency, ())
            if (method := self.method(rule.method)) is not None
        ]
        if chosen:
            return tuple(sorted(chosen, key=lambda pair: pair[1]))
        methods = self.contact_methods
        if urgency is Urgency.LOW:
            mails = tuple(m for m in methods if m.kind is ChannelKind.EMAIL)
            methods = mails or methods[:1]
        return tuple((method, timedelta(0)) for method in methods)
