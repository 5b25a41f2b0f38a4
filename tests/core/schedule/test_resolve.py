"""How layers go together: cover, together, join; turns that count in part."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from handrail.core.ids import Slug
from handrail.core.schedule.explain import explain
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import (
    Combination,
    FixedShift,
    Layer,
    Override,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
    Turns,
    Window,
)

JOIN = Combination.JOIN
MONDAY = date(2026, 7, 6)
HOUR = timedelta(hours=1)


def rotation(
    *people: str,
    unit: RotationUnit = RotationUnit.DAY,
    every: int = 1,
    handoff: time = time(0),
    lasts: timedelta | None = None,
    time_zone: str | None = None,
) -> Rotation:
    return Rotation(
        participants=tuple(() if one == "nobody" else (Slug(one),) for one in people),
        unit=unit,
        lengths=(every,),
        starts_on=MONDAY,
        handoff=handoff,
        lasts=lasts,
        time_zone=time_zone,
    )


def hours(start: int, end: int) -> tuple[Window, ...]:
    return tuple(
        Window(weekday=day, start=time(start), days=0, end=time(end))
        for day in range(7)
    )


def layer(name: str, rotation: Rotation, **rest: object) -> Layer:
    return Layer(name=Slug(name), rotation=rotation, **rest)  # type: ignore[arg-type]


def schedule(*layers: Layer, time_zone: str = "UTC") -> Schedule:
    return Schedule(
        name=Slug("primary"),
        title="Primary",
        time_zone=time_zone,
        revisions=(Revision(layers=layers),),
    )


def held(plan: Schedule, days: int = 1, start: date = MONDAY) -> list[tuple[str, str]]:
    """Return who holds what from a midnight of UTC on, as hours from there."""
    first = datetime.combine(start, time(0), tzinfo=UTC)
    return [
        (
            str(shift.user),
            f"{(shift.starts_at - first) / HOUR:g}-{(shift.ends_at - first) / HOUR:g}",
        )
        for shift in shifts(plan, first, first + timedelta(days=days))
    ]


def test_layers_that_join_are_together_where_both_count_and_cover_as_one() -> None:
    plan = schedule(
        layer("base", rotation("ana")),
        layer("early", rotation("bo"), windows=hours(6, 12)),
        layer(
            "late",
            rotation("cy"),
            windows=hours(10, 18),
            combination=JOIN,
        ),
    )

    assert held(plan) == [
        ("ana", "0-6"),
        ("bo", "6-12"),
        ("cy", "10-18"),
        ("ana", "18-24"),
    ]


def test_layers_that_join_one_that_goes_together_go_together() -> None:
    plan = schedule(
        layer("base", rotation("ana")),
        layer(
            "early",
            rotation("bo"),
            windows=hours(6, 12),
            combination=Combination.TOGETHER,
        ),
        layer("late", rotation("cy"), windows=hours(10, 18), combination=JOIN),
    )

    assert held(plan) == [("ana", "0-24"), ("bo", "6-12"), ("cy", "10-18")]


def test_nobody_of_a_layer_that_joins_leaves_the_other_on_duty() -> None:
    plan = schedule(
        layer("base", rotation("ana")),
        layer("one", rotation("bo"), windows=hours(6, 12)),
        layer("two", rotation("nobody"), windows=hours(8, 14), combination=JOIN),
    )

    assert held(plan) == [
        ("ana", "0-6"),
        ("bo", "6-12"),
        ("None", "12-14"),
        ("ana", "14-24"),
    ]


def test_a_turn_counts_as_long_as_it_lasts_and_then_the_layer_is_silent() -> None:
    plan = schedule(
        layer("base", rotation("ana")),
        layer("start", rotation("bo", handoff=time(9), lasts=3 * HOUR)),
    )

    assert held(plan) == [("ana", "0-9"), ("bo", "9-12"), ("ana", "12-24")]
    told = explain(plan, datetime(2026, 7, 6, 13, tzinfo=UTC))
    assert "layer start is silent: the part of its turn that counts is over" in [
        step.says for step in told.steps
    ]


def test_the_reason_names_the_end_of_the_part_that_counts() -> None:
    plan = schedule(layer("start", rotation("bo", handoff=time(9), lasts=3 * HOUR)))

    assert "turn 0 of bo until 2026-07-06 12:00 UTC" in (
        explain(plan, datetime(2026, 7, 6, 10, tzinfo=UTC)).in_words()
    )


def test_a_shadow_who_is_relieved_of_duty_is_a_shadow() -> None:
    plan = schedule(
        layer("base", rotation("ana")), layer("learn", rotation("ana"), is_shadow=True)
    )
    noon = datetime(2026, 7, 6, 12, tzinfo=UTC)
    cover = Override(
        name=Slug("cover"),
        user=Slug("bo"),
        starts_at=noon,
        ends_at=noon + HOUR,
        order=0,
    )

    before, during = (
        resolve(replace(plan, overrides=(cover,)), at, at + HOUR)[0]
        for at in (noon - HOUR, noon)
    )

    assert (before.users, before.companions) == (("ana",), ())
    assert (during.users, during.companions) == (("bo",), ("ana",))


def test_every_other_week_is_a_turn_of_two_weeks_that_lasts_one() -> None:
    weeks = rotation(
        "ana", "bo", unit=RotationUnit.WEEK, every=2, lasts=timedelta(days=7)
    )

    assert held(schedule(layer("weeks", weeks)), days=28) == [
        ("ana", "0-168"),
        ("None", "168-336"),
        ("bo", "336-504"),
        ("None", "504-672"),
    ]


def test_a_part_that_counts_ends_on_the_wall_clock() -> None:
    nights = rotation("ana", handoff=time(0), lasts=8 * HOUR)
    plan = schedule(layer("nights", nights), time_zone="Europe/Berlin")

    # The night in which the clocks go forward, and 02:00 is skipped.
    assert held(plan, start=date(2026, 3, 29))[0] == ("ana", "0-6")
    assert held(plan, start=date(2026, 3, 28))[0] == ("ana", "0-7")


def test_a_part_that_counts_decides_which_turns_are_used_up() -> None:
    days = rotation("ana", "bo", handoff=time(9), lasts=3 * HOUR)
    mornings = Window(weekday=0, start=time(8), days=0, end=time(10))
    evenings = Window(weekday=1, start=time(20), days=0, end=time(22))
    plan = schedule(
        layer("days", days, windows=(mornings, evenings), turns=Turns.ONLY_ACTIVE)
    )

    mondays = [found for found in held(plan, days=15) if found[0] != "None"]

    assert mondays == [("ana", "9-10"), ("bo", "177-178"), ("ana", "345-346")]


def test_handoffs_may_be_of_another_zone_than_the_hours() -> None:
    plan = schedule(
        layer(
            "office",
            rotation("ana", "bo", handoff=time(10), time_zone="UTC"),
            windows=hours(9, 17),
        ),
        time_zone="Europe/Berlin",
    )

    assert held(plan) == [
        ("None", "0-7"),
        ("bo", "7-10"),
        ("ana", "10-15"),
        ("None", "15-24"),
    ]


def test_a_listed_shift_of_nobody_is_an_intended_gap() -> None:
    first = datetime.combine(MONDAY, time(0), tzinfo=UTC)
    listed = FixedShift(users=(), starts_at=first, ends_at=first + HOUR)
    plan = schedule(Layer(name=Slug("rota"), shifts=(listed,)))

    found = resolve(plan, first, first + 2 * HOUR)

    assert [(tile.users, tile.is_intended) for tile in found] == [
        ((), True),
        ((), False),
    ]


def test_a_listed_shift_of_no_length_puts_nobody_on_duty() -> None:
    first = datetime.combine(MONDAY, time(0), tzinfo=UTC)
    at = first + HOUR
    empty = FixedShift(users=(Slug("ana"),), starts_at=at, ends_at=at)
    whole = FixedShift(users=(Slug("bo"),), starts_at=first, ends_at=first + 4 * HOUR)
    plan = schedule(Layer(name=Slug("rota"), shifts=(whole, empty)))

    found = resolve(plan, first, first + 4 * HOUR)

    assert [tile.users for tile in found] == [("bo",)]
