"""What the turns of a level are counted by."""

from datetime import timedelta

from handrail.core.escalation.policy import (
    EscalationPolicy,
    Level,
    Target,
    TargetKind,
    TurningLevel,
)
from handrail.core.ids import Slug


def level(*names: str, round_robin: bool = True) -> Level:
    return Level(
        targets=tuple(Target(kind=TargetKind.USER, name=Slug(name)) for name in names),
        escalate_after=timedelta(minutes=5),
        round_robin=round_robin,
    )


def policy(*levels: Level) -> EscalationPolicy:
    return EscalationPolicy(name=Slug("first"), levels=levels)


def place(number: int) -> TurningLevel:
    return TurningLevel(policy=Slug("first"), place=number)


def test_levels_are_counted_where_people_take_turns_alone() -> None:
    plain, turning = level("mia", round_robin=False), level("ana", "ben")

    found = policy(plain, turning, plain, turning)

    assert found.turning == (place(1), place(2))
    assert [found.turning_level(n) for n in (1, 3)] == [place(1), place(2)]
    assert policy(plain).turning == ()


def test_another_level_in_front_or_another_person_changes_no_count() -> None:
    before = policy(level("ana", "ben"))
    after = policy(level("mia", round_robin=False), level("ana", "ben", "cleo"))

    assert before.turning_level(0) == after.turning_level(1)
