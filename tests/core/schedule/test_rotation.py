"""Turns tile time, hand over at the stated wall time, and go in order."""

from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.schedule import rotas

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.rotation import turn_at
from handrail.core.schedule.schedule import Rotation, RotationUnit

ANA, BO, CY = ((Slug(name),) for name in ("ana", "bo", "cy"))
BERLIN = ZoneInfo("Europe/Berlin")
MICROSECOND = timedelta(microseconds=1)


distant = rotas.minutes.flatmap(rotas.rotations)


def weekly(*participants: str | None) -> Rotation:
    return Rotation(
        participants=tuple(() if p is None else (Slug(p),) for p in participants),
        unit=RotationUnit.WEEK,
        lengths=(1,),
        starts_on=date(2026, 3, 23),
        handoff=time(9),
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_weekly_handoff_stays_at_nine_across_a_clock_change() -> None:
    turn = turn_at(weekly("ana", "bo"), BERLIN, utc("2026-03-29T12:00:00"))

    assert turn.users == ANA
    assert turn.starts_at == utc("2026-03-23T08:00:00")
    assert turn.ends_at == utc("2026-03-30T07:00:00")


def test_a_turn_holds_its_start_and_not_its_end() -> None:
    rotation = weekly("ana", "bo")
    handoff = utc("2026-03-30T07:00:00")

    assert turn_at(rotation, BERLIN, handoff).users == BO
    assert turn_at(rotation, BERLIN, handoff - MICROSECOND).users == ANA


def test_turns_before_the_first_date_go_backwards_in_the_same_order() -> None:
    turn = turn_at(weekly("ana", "bo", "cy"), BERLIN, utc("2026-03-20T12:00:00"))

    assert (turn.users, turn.index) == (CY, -1)


def test_an_intended_gap_is_nobodys_turn() -> None:
    turn = turn_at(weekly("ana", None), BERLIN, utc("2026-04-01T12:00:00"))

    assert turn.users == ()
    assert turn.index == 1


def test_a_rotation_of_no_one_is_nobodys_turn() -> None:
    assert turn_at(weekly(), BERLIN, utc("2026-04-01T12:00:00")).users == ()


def test_the_repeated_hour_belongs_to_the_turn_that_holds_it() -> None:
    hourly = Rotation(
        participants=(ANA, BO),
        unit=RotationUnit.HOUR,
        lengths=(1,),
        starts_on=date(2026, 10, 25),
        handoff=time(0),
    )

    turn = turn_at(hourly, BERLIN, utc("2026-10-25T01:30:00"))

    assert turn.ends_at - turn.starts_at == timedelta(hours=2)


def test_the_skipped_hour_has_no_turn() -> None:
    hourly = Rotation(
        participants=(ANA, BO, CY, ()),
        unit=RotationUnit.HOUR,
        lengths=(1,),
        starts_on=date(2026, 3, 29),
        handoff=time(0),
    )

    before = turn_at(hourly, BERLIN, utc("2026-03-29T00:30:00"))
    after = turn_at(hourly, BERLIN, before.ends_at)

    assert (before.index, after.index) == (1, 3)


@given(distant, rotas.places)
@example(
    Rotation(
        participants=(ANA,),
        unit=RotationUnit.DAY,
        lengths=(1,),
        starts_on=date(2011, 12, 1),
        handoff=time(0),
    ),
    ("Pacific/Apia", utc("2011-12-30T10:00:00")),
)
def test_turns_meet_without_gap_or_overlap(
    rotation: Rotation, place: tuple[str, datetime]
) -> None:
    zone, at = ZoneInfo(place[0]), place[1]

    turn = turn_at(rotation, zone, at)
    following = turn_at(rotation, zone, turn.ends_at)
    previous = turn_at(rotation, zone, turn.starts_at - MICROSECOND)

    assert turn.starts_at <= at < turn.ends_at
    assert following.starts_at == turn.ends_at
    assert previous.ends_at == turn.starts_at
    assert previous.index < turn.index < following.index
    assert turn_at(rotation, zone, turn.starts_at) == turn
    assert turn_at(rotation, zone, turn.ends_at - MICROSECOND) == turn


@given(distant, rotas.places)
def test_a_handoff_is_at_the_stated_wall_time(
    rotation: Rotation, place: tuple[str, datetime]
) -> None:
    zone, at = ZoneInfo(place[0]), place[1]

    turn = turn_at(rotation, zone, at)

    stated = _stated(rotation, turn.index)
    reads = wall_clock.local(turn.starts_at, zone)
    a_second_before = wall_clock.local(turn.starts_at - timedelta(seconds=1), zone)
    assert reads == stated or a_second_before < stated < reads


@given(distant, rotas.places, st.integers(0, 10**6))
def test_the_turn_is_the_last_whose_handoff_the_wall_has_reached(
    rotation: Rotation, place: tuple[str, datetime], later: int
) -> None:
    zone, at = ZoneInfo(place[0]), place[1]

    turn = turn_at(rotation, zone, at)
    other = turn_at(rotation, zone, at + timedelta(minutes=later))

    assert turn.index <= other.index
    size = len(rotation.participants)
    expected = rotation.participants[turn.index % size] if size else ()
    assert turn.users == expected


def _stated(rotation: Rotation, index: int) -> datetime:
    """Say what the wall clock should read, written apart from the code under test."""
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    count = 0
    for k in range(abs(index)):
        place = k if index > 0 else -1 - k
        step = rotation.lengths[place % len(rotation.lengths)]
        count += step if index > 0 else -step
    match rotation.unit:
        case RotationUnit.HOUR:
            return first + timedelta(hours=count)
        case RotationUnit.DAY:
            return first + timedelta(days=count)
        case RotationUnit.WEEK:
            return first + timedelta(days=7 * count)
        case RotationUnit.MONTH:
            months = first.year * 12 + first.month - 1 + count
            month = date(months // 12, months % 12 + 1, 1)
            day = month + timedelta(days=first.day - 1)
            return datetime.combine(day, rotation.handoff)
        case _:
            assert_never(rotation.unit)
