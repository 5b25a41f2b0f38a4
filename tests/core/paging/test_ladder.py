from dataclasses import replace
from datetime import timedelta

from tests.core.paging.making import NOW, PLAN, target, user

from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import Slug
from handrail.core.paging.ladder import account_email, plan_level
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import NotificationRule, User
from handrail.core.severity.severity import Urgency

CHAT = ContactMethod(name=Slug("chat"), kind=ChannelKind.WEBHOOK, address="http://c")


def planned(*targets: Target, urgency: Urgency = Urgency.HIGH) -> list[str]:
    plan = plan_level(targets, urgency=urgency, snapshot=PEOPLE, now=NOW)
    return [f"{d.recipient} {d.method} {d.after}" for d in plan.deliveries]


def with_rules(**rules: tuple[NotificationRule, ...]) -> User:
    ana = user("ana")
    return replace(
        ana,
        contact_methods=(*ana.contact_methods, CHAT),
        rules={Urgency(name): ladder for name, ladder in rules.items()},
    )


LATER = NotificationRule(method=Slug("chat"), after=timedelta(minutes=1))
AT_ONCE = NotificationRule(method=Slug("mail"), after=timedelta(0))
LOST = NotificationRule(method=Slug("lost"), after=timedelta(0))
BARE = replace(user("bare"), contact_methods=(), email="bare@account.test")
PEOPLE = replace(
    PLAN,
    users={
        **PLAN.users,
        Slug("ana"): with_rules(high=(LATER, AT_ONCE), low=(LOST,)),
        Slug("bare"): BARE,
        Slug("nameless"): replace(BARE, email=""),
    },
    teams={
        Slug("sre"): Team(
            name=Slug("sre"), title="SRE", members=(Slug("ben"), Slug("ana"))
        )
    },
    channels={Slug("ops"): replace(CHAT, name=Slug("ops"))},
)
SRE = Target(kind=TargetKind.TEAM, name=Slug("sre"))


def test_a_persons_rules_say_the_order_and_the_delays() -> None:
    assert planned(target("ana")) == [
        "user:ana mail 0:00:00",
        "user:ana chat 0:01:00",
    ]


def test_rules_that_name_nothing_fall_back_to_mail() -> None:
    assert planned(target("ana"), urgency=Urgency.LOW) == ["user:ana mail 0:00:00"]


def test_whoever_several_targets_lead_to_is_sought_once() -> None:
    told = planned(target("ben"), SRE)

    assert told == [
        "user:ben mail 0:00:00",
        "user:ana mail 0:00:00",
        "user:ana chat 0:01:00",
    ]


def test_a_channel_is_told_at_once_and_an_unknown_one_leads_nowhere() -> None:
    ops = Target(kind=TargetKind.CHANNEL, name=Slug("ops"))
    ghost = Target(kind=TargetKind.CHANNEL, name=Slug("ghost"))

    assert planned(ops) == ["channel:ops ops 0:00:00"]
    assert planned(ghost) == []


def test_a_person_without_methods_is_told_by_account_email() -> None:
    assert planned(target("bare")) == ["user:bare account-email 0:00:00"]
    assert planned(target("nameless")) == []
    assert account_email(replace(BARE, email="")) == ()


def test_a_target_that_leads_nowhere_is_named() -> None:
    plan = plan_level([target("ghost")], urgency=Urgency.HIGH, snapshot=PEOPLE, now=NOW)

    assert plan.deliveries == ()
    assert "user:ghost" in plan.left_out[0]
