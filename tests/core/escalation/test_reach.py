"""A target leads to people and channels that exist, with the reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import Level, Target, TargetKind
from handrail.core.escalation.reach import reach, reach_level
from handrail.core.ids import Slug
from handrail.core.limits import ESCALATE_AFTER_MIN
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import User
from handrail.core.schedule.schedule import (
    Layer,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
)

AT = datetime(2026, 7, 7, 12, tzinfo=UTC)
ANA, BO, GONE, OPS = map(Slug, ("ana", "bo", "gone", "ops"))


def user(name: Slug) -> User:
    return User(name=name, full_name=name, email=f"{name}@x.example", time_zone="UTC")


def schedule(name: str, participant: Slug | None) -> Schedule:
    rotation = Rotation(
        participants=((participant,) if participant else (),),
        unit=RotationUnit.DAY,
        lengths=(1,),
        starts_on=date(2026, 1, 1),
        handoff=time(0),
    )
    return Schedule(
        name=Slug(name),
        title=name,
        time_zone="UTC",
        revisions=(Revision(layers=(Layer(name=Slug("days"), rotation=rotation),)),),
    )


SCHEDULES = (
    schedule("primary", ANA),
    schedule("quiet", None),
    schedule("stale", GONE),
)
DIRECTORY = Snapshot(
    users={ANA: user(ANA), BO: user(BO)},
    teams={Slug("sre"): Team(name=Slug("sre"), title="SRE", members=(BO, ANA, GONE))},
    schedules={one.name: one for one in SCHEDULES},
    channels={OPS: ContactMethod(name=OPS, kind=ChannelKind.EMAIL, address="o@x")},
)


def target(text: str) -> Target:
    kind, _, name = text.partition(":")
    return Target(kind=TargetKind(kind), name=Slug(name))


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("schedule:primary", ["user:ana"]),
        ("user:bo", ["user:bo"]),
        ("team:sre", ["user:bo", "user:ana"]),
        ("channel:ops", ["channel:ops"]),
    ],
)
def test_a_target_leads_to_whom_it_names(text: str, recipients: list[str]) -> None:
    found = reach(target(text), directory=DIRECTORY, at=AT)

    assert [one.recipient for one in found] == recipients
    assert {one.target for one in found} == {text}


@pytest.mark.parametrize(
    "text",
    [
        "schedule:quiet",
        "schedule:stale",
        "schedule:unknown",
        "user:gone",
        "team:unknown",
        "channel:unknown",
    ],
)
def test_a_target_that_leads_nowhere_reaches_nobody(text: str) -> None:
    assert reach(target(text), directory=DIRECTORY, at=AT) == ()


def test_the_reason_of_a_schedule_is_its_chain() -> None:
    (found,) = reach(target("schedule:primary"), directory=DIRECTORY, at=AT)

    assert found.why.startswith("schedule primary → layer days, turn")
    assert found.why.endswith("→ ana")


def test_a_level_reaches_nobody_twice_and_keeps_the_first_reason() -> None:
    texts = ("schedule:quiet", "schedule:primary", "team:sre", "user:ana")
    level = Level(targets=tuple(map(target, texts)), escalate_after=ESCALATE_AFTER_MIN)

    found = reach_level(level, directory=DIRECTORY, at=AT)

    assert [one.recipient for one in found] == ["user:ana", "user:bo"]
    assert [one.target for one in found] == ["schedule:primary", "team:sre"]


def test_a_shadow_goes_along_and_responsibility_comes_first() -> None:
    learner = Layer(
        name=Slug("learner"),
        is_shadow=True,
        rotation=SCHEDULES[0].revisions[0].layers[0].rotation,
    )
    along = schedule("along", BO)
    layers = (*along.revisions[0].layers, learner)
    along = replace(along, revisions=(Revision(layers=layers),))
    directory = replace(DIRECTORY, schedules={along.name: along})
    texts = ("schedule:along", "user:ana")
    level = Level(targets=tuple(map(target, texts)), escalate_after=ESCALATE_AFTER_MIN)

    shadowed = reach(level.targets[0], directory=directory, at=AT)
    both = reach_level(level, directory=directory, at=AT)

    assert [(one.recipient, one.is_shadow) for one in shadowed] == [
        ("user:bo", False),
        ("user:ana", True),
    ]
    assert [(one.recipient, one.is_shadow) for one in both] == [
        ("user:bo", False),
        ("user:ana", False),
    ]
