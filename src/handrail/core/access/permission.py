"""Who may do what: one table of roles and verbs; what it does not grant is denied."""

from collections.abc import Mapping
from enum import StrEnum, unique

from handrail.core.access.role import Role


@unique
class Outsider(StrEnum):
    """Callers without an account: nobody signed in, or a sender with its key."""

    ANONYMOUS = "anonymous"
    INTEGRATION = "integration"


Standing = Role | Outsider
"""What a request comes with: the role of an account, or an outsider's place."""


@unique
class Verb(StrEnum):
    """Everything that can be asked of Handrail. Every route declares exactly one.

    ``public`` needs nothing: health, sign-in, and acknowledge links and calendar
    feeds, which carry their own capability in the address.
    """

    PUBLIC = "public"
    ALERT_READ = "alert.read"
    AUDIT_READ = "audit.read"
    CHANGE_READ = "change.read"
    CHANGE_REPORT = "change.report"
    CONFIG_APPLY = "config.apply"
    CONFIG_CHECK = "config.check"
    CONFIG_READ = "config.read"
    CONTACT_READ = "contact.read"
    CONTACT_TEST = "contact.test"
    EXPLAIN_READ = "explain.read"
    FEED_CREATE = "feed.create"
    FEED_READ = "feed.read"
    FEED_REVOKE = "feed.revoke"
    INCIDENT_ACT = "incident.act"
    INCIDENT_DECLARE = "incident.declare"
    INCIDENT_READ = "incident.read"
    INCIDENT_READ_PRIVATE = "incident.read_private"
    INTEGRATION_KEY_ISSUE = "integration_key.issue"
    METRICS_READ = "metrics.read"
    ONCALL_CHANGE = "oncall.change"
    ONCALL_READ = "oncall.read"
    OPERATOR_RELEASE = "operator.release"
    PAGE_ACKNOWLEDGE = "page.acknowledge"
    PAGE_ESCALATE = "page.escalate"
    PAGE_READ = "page.read"
    PAGE_RESOLVE = "page.resolve"
    RECEIPT_READ = "receipt.read"
    SESSION_END = "session.end"
    SIGNAL_READ = "signal.read"
    SIGNAL_SEND = "signal.send"
    USER_LINK = "user.link"
    TOKEN_CREATE = "token.create"  # noqa: S105 - the name of a verb
    TOKEN_READ = "token.read"  # noqa: S105 - the name of a verb
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 - the name of a verb


_ANYBODY = frozenset({Verb.PUBLIC})

_OBSERVER = _ANYBODY | {
    Verb.ALERT_READ,
    Verb.CHANGE_READ,
    Verb.EXPLAIN_READ,
    Verb.FEED_CREATE,
    Verb.FEED_READ,
    Verb.FEED_REVOKE,
    Verb.INCIDENT_READ,
    Verb.ONCALL_READ,
    Verb.PAGE_READ,
    Verb.RECEIPT_READ,
    Verb.SESSION_END,
    Verb.TOKEN_CREATE,
    Verb.TOKEN_READ,
    Verb.TOKEN_REVOKE,
}
"""Looks on. Sees no addresses and no configuration. Its tokens may do no more."""

_RESPONDER = _OBSERVER | {
    Verb.CHANGE_REPORT,
    Verb.CONFIG_CHECK,
    Verb.CONFIG_READ,
    Verb.CONTACT_READ,
    Verb.CONTACT_TEST,
    Verb.INCIDENT_ACT,
    Verb.INCIDENT_DECLARE,
    Verb.METRICS_READ,
    Verb.ONCALL_CHANGE,
    Verb.PAGE_ACKNOWLEDGE,
    Verb.PAGE_ESCALATE,
    Verb.PAGE_RESOLVE,
}
"""Answers pages, and must see how people are reached to do so."""

_ADMIN = _RESPONDER | {
    Verb.AUDIT_READ,
    Verb.CONFIG_APPLY,
    Verb.INCIDENT_READ_PRIVATE,
    Verb.INTEGRATION_KEY_ISSUE,
    Verb.OPERATOR_RELEASE,
    Verb.USER_LINK,
}
"""Changes who is paged. Sending signals needs an integration's key all the same."""

GRANTS: Mapping[Standing, frozenset[Verb]] = {
    Role.ADMIN: _ADMIN,
    Role.RESPONDER: _RESPONDER,
    Role.OBSERVER: _OBSERVER,
    Outsider.ANONYMOUS: _ANYBODY,
    Outsider.INTEGRATION: _ANYBODY | {Verb.SIGNAL_READ, Verb.SIGNAL_SEND},
}


def may(standing: Standing, verb: Verb) -> bool:
    """Return whether the table grants the verb; anything else is denied."""
    return verb in GRANTS.get(standing, frozenset())


_RANK = {Role.OBSERVER: 0, Role.RESPONDER: 1, Role.ADMIN: 2}


def lesser(one: Role, other: Role) -> Role:
    """Return the role that may do less: a token never exceeds its owner."""
    return min(one, other, key=_RANK.__getitem__)
