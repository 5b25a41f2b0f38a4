"""The ladder: which contact methods are used, and when."""

from datetime import timedelta

from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.user import NotificationRule, User
from handrail.core.severity.severity import Urgency

MAIL = ContactMethod(name=Slug("mail"), kind=ChannelKind.EMAIL, address="a@x.example")
HOOK = ContactMethod(
    name=Slug("hook"), kind=ChannelKind.WEBHOOK, address="https://x.example"
)
AT_ONCE = timedelta(0)


def rule(name: str, minutes: int) -> NotificationRule:
    return NotificationRule(method=Slug(name), after=timedelta(minutes=minutes))


def ana(
    *methods: ContactMethod,
    high: tuple[NotificationRule, ...] = (),
    low: tuple[NotificationRule, ...] = (),
) -> User:
    return User(
        name=Slug("ana"),
        full_name="Ana",
        email="ana@x.example",
        time_zone="UTC",
        contact_methods=methods,
        rules={Urgency.HIGH: high, Urgency.LOW: low},
    )


def test_rules_are_climbed_soonest_first() -> None:
    user = ana(MAIL, HOOK, high=(rule("mail", 5), rule("hook", 0)))

    assert user.ladder(Urgency.HIGH) == (
        (HOOK, AT_ONCE),
        (MAIL, timedelta(minutes=5)),
    )


def test_each_urgency_has_its_own_rules() -> None:
    user = ana(MAIL, HOOK, high=(rule("hook", 0),), low=(rule("mail", 10),))

    assert user.ladder(Urgency.LOW) == ((MAIL, timedelta(minutes=10)),)


def test_without_rules_high_urgency_uses_every_method_at_once() -> None:
    assert ana(HOOK, MAIL).ladder(Urgency.HIGH) == ((HOOK, AT_ONCE), (MAIL, AT_ONCE))


def test_without_rules_low_urgency_uses_mail() -> None:
    assert ana(HOOK, MAIL).ladder(Urgency.LOW) == ((MAIL, AT_ONCE),)


def test_without_rules_and_mail_low_urgency_uses_the_first_method() -> None:
    assert ana(HOOK).ladder(Urgency.LOW) == ((HOOK, AT_ONCE),)


def test_a_rule_for_a_method_that_is_gone_never_leaves_nobody_told() -> None:
    user = ana(MAIL, high=(rule("pager", 0),))

    assert user.ladder(Urgency.HIGH) == ((MAIL, AT_ONCE),)


def test_a_person_without_methods_has_an_empty_ladder() -> None:
    assert ana().ladder(Urgency.HIGH) == ()
    assert ana().ladder(Urgency.LOW) == ()


def test_a_method_is_found_by_its_name() -> None:
    assert ana(MAIL).method(Slug("mail")) is MAIL
    assert ana(MAIL).method(Slug("pager")) is None
