"""One answer at every instant; shifts that tile, meet and add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule import rotas, wall_watcher

from handrail.core.ids import Slug
from handrail.core.schedule.explain import explain
from handrail.core.schedule.on_call import change_after, on_call, shifts, tile_at
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import (
    Layer,
    Override,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
)
from handrail.core.schedule.tile import joined

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def override(name: str, user: str, start: str, end: str, order: int = 0) -> Override:
    return Override(
        name=Slug(name),
        user=Slug(user),
        starts_at=utc(start),
        ends_at=utc(end),
        order=order,
    )


def primary(*overrides: Override, people: tuple[str, ...] = ("ana", "bo")) -> Schedule:
    return Schedule(
        name=Slug("primary"),
        title="Primary",
        time_zone="Europe/Berlin",
        revisions=(
            Revision(
                layers=(
                    Layer(
                        name=Slug("rotation"),
                        rotation=Rotation(
                            participants=tuple((Slug(name),) for name in people),
                            unit=RotationUnit.WEEK,
                            lengths=(1,),
                            starts_on=date(2026, 7, 6),
                            handoff=time(9),
                        ),
                    ),
                )
            ),
        ),
        overrides=overrides,
    )


DENTIST = override("dentist", "cy", "2026-07-07T10:00:00", "2026-07-07T12:00:00")


def test_without_overrides_the_turn_decides() -> None:
    answer = on_call(primary(), utc("2026-07-07T10:00:00"))

    assert answer.users == ("ana",)
    assert answer.override is None
    assert answer.until == utc("2026-07-13T07:00:00")
    assert answer.why == (
        "schedule primary → layer rotation, turn 0 of ana "
        "until 2026-07-13 09:00 Europe/Berlin → ana"
    )


def test_an_override_holds_from_its_start_up_to_its_end() -> None:
    schedule = primary(DENTIST)

    asked = ["09:59:59", "10:00:00", "11:59:59", "12:00:00"]
    users = [on_call(schedule, utc(f"2026-07-07T{at}")).users for at in asked]

    assert users == [("ana",), ("cy",), ("cy",), ("ana",)]


def test_the_reason_names_rule_override_and_person() -> None:
    answer = on_call(primary(DENTIST), utc("2026-07-07T10:30:00"))

    assert answer.override == "dentist"
    assert answer.why == (
        "schedule primary → layer rotation, turn 0 of ana "
        "until 2026-07-13 09:00 Europe/Berlin → override dentist: cy instead of "
        "everyone until 2026-07-07 14:00 Europe/Berlin → cy"
    )


def test_the_override_created_last_wins_and_the_reason_names_the_other() -> None:
    later = override(
        "swap", "bo", "2026-07-07T11:00:00", "2026-07-07T13:00:00", order=1
    )
    schedule = primary(later, DENTIST)

    first = on_call(schedule, utc("2026-07-07T10:30:00"))
    second = on_call(schedule, utc("2026-07-07T11:30:00"))

    assert (first.users, first.until) == (("cy",), utc("2026-07-07T11:00:00"))
    assert (second.users, second.until) == (("bo",), utc("2026-07-07T13:00:00"))
    told = [step.says for step in explain(schedule, utc("2026-07-07T11:30:00")).steps]
    assert any("dentist" in says and "shadowed by swap" in says for says in told)


def test_an_older_override_that_begins_meanwhile_changes_nothing() -> None:
    later = override(
        "swap", "bo", "2026-07-07T09:00:00", "2026-07-07T13:00:00", order=1
    )

    answer = on_call(primary(DENTIST, later), utc("2026-07-07T09:30:00"))

    assert answer.until == utc("2026-07-07T13:00:00")


def test_an_override_without_length_never_holds() -> None:
    empty = replace(DENTIST, ends_at=DENTIST.starts_at)

    assert on_call(primary(empty), DENTIST.starts_at).users == ("ana",)


def test_an_override_covers_an_intended_gap() -> None:
    schedule = primary(DENTIST, people=())

    before = on_call(schedule, utc("2026-07-07T09:00:00"))
    during = on_call(schedule, utc("2026-07-07T10:00:00"))

    assert before.users == ()
    assert "nobody" in before.why
    assert during.users == ("cy",)


def test_shifts_are_cut_at_both_ends_and_by_overrides() -> None:
    start, end = utc("2026-07-07T00:00:00"), utc("2026-07-14T00:00:00")

    found = shifts(primary(DENTIST), start, end)

    assert [(s.user, s.starts_at, s.override) for s in found] == [
        ("ana", start, None),
        ("cy", utc("2026-07-07T10:00:00"), "dentist"),
        ("ana", utc("2026-07-07T12:00:00"), None),
        ("bo", utc("2026-07-13T07:00:00"), None),
    ]
    assert found[-1].ends_at == end


def test_turns_of_the_same_person_are_one_shift() -> None:
    start, end = utc("2026-07-07T00:00:00"), utc("2027-07-07T00:00:00")

    found = shifts(primary(people=("ana",)), start, end)

    assert [(s.user, s.starts_at, s.ends_at) for s in found] == [("ana", start, end)]


@pytest.mark.parametrize("end", ["2026-07-07T00:00:00", "2026-07-06T00:00:00"])
def test_an_empty_window_has_no_shifts(end: str) -> None:
    assert shifts(primary(), utc("2026-07-07T00:00:00"), utc(end)) == ()


@settings(deadline=None)
@given(rotas.schedules(), st.integers(1, 8000))
def test_tiles_fill_the_window_and_give_the_answer_of_every_instant(
    drawn: tuple[Schedule, datetime], length: int
) -> None:
    schedule, start = drawn
    end = start + length * MINUTE

    found = resolve(schedule, start, end)

    assert found[0].starts_at == start
    assert found[-1].ends_at == end
    for one, other in pairwise(found):
        assert one.ends_at == other.starts_at
        assert one.answer != other.answer
    for tile in found:
        for at in (tile.starts_at, tile.ends_at - MICROSECOND):
            assert tile_at(schedule, at).answer == tile.answer


@settings(deadline=None)
@given(rotas.schedules(), st.integers(0, 5000), st.integers(0, 5000))
def test_the_tiles_of_two_windows_add_up(
    drawn: tuple[Schedule, datetime], first: int, second: int
) -> None:
    schedule, a = drawn
    b, c = a + first * MINUTE, a + (first + second) * MINUTE

    whole = resolve(schedule, a, c)

    assert whole == joined(resolve(schedule, a, b) + resolve(schedule, b, c))


@settings(deadline=None)
@given(rotas.schedules())
def test_an_answer_holds_until_the_time_it_gives(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, at = drawn

    answer = on_call(schedule, at)

    if answer.until is not None:
        assert answer.until > at
        last = on_call(schedule, answer.until - MICROSECOND)
        assert (last.users, last.shadows) == (answer.users, answer.shadows)
        assert last.until == answer.until


@settings(deadline=None)
@given(rotas.schedules(), st.integers(0, 6000))
def test_an_answer_found_again_is_the_one_that_would_be_found_anew(
    drawn: tuple[Schedule, datetime], later: int
) -> None:
    schedule, at = drawn

    on_call(schedule, at)
    again = on_call(schedule, at + later * MINUTE)
    anew = on_call(replace(schedule), at + later * MINUTE)

    assert (again.users, again.shadows) == (anew.users, anew.shadows)
    assert (again.why, again.override) == (anew.why, anew.override)
    assert again.until in {None, anew.until}


@settings(deadline=None)
@given(rotas.schedules(), st.integers(0, 6000))
def test_the_reason_and_the_next_change_agree_with_the_tiles(
    drawn: tuple[Schedule, datetime], later: int
) -> None:
    schedule, start = drawn
    at = start + later * MINUTE

    told = explain(schedule, at)
    change = change_after(schedule, at)

    tiles = resolve(schedule, at, at + timedelta(days=20))
    assert (told.users, told.shadows) == (tiles[0].users, tiles[0].companions)
    assert change == tiles[0].ends_at or len(tiles) == 1
    last = [step for step in told.steps if step.is_decisive][-1]
    assert all(user in last.says for user in told.users)


@settings(deadline=None)
@given(rotas.schedules(), st.integers(1, 8000))
def test_everybodys_shifts_are_the_tiles_turned_by_person(
    drawn: tuple[Schedule, datetime], length: int
) -> None:
    schedule, start = drawn
    end = start + length * MINUTE

    found = shifts(schedule, start, end)

    for tile in resolve(schedule, start, end):
        held = [s for s in found if s.starts_at <= tile.starts_at < s.ends_at]
        assert all(s.ends_at >= tile.ends_at for s in held)
        on_duty = {s.user for s in held if not s.is_shadow}
        assert on_duty - {None} == set(tile.users)
        assert (None in on_duty) == (not tile.users)
        assert {s.user for s in held if s.is_shadow} == set(tile.companions)


@settings(deadline=None, max_examples=60)
@given(rotas.schedules())
def test_tiles_agree_with_a_watcher_of_the_wall(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, start = drawn
    end = start + timedelta(days=2)

    tiles = iter(resolve(schedule, start, end))
    tile = next(tiles)

    for at, seen in wall_watcher.watch(schedule, start, end):
        while tile.ends_at <= at:
            tile = next(tiles)
        found = frozenset(tile.users), frozenset(tile.companions)
        assert found == (seen.users, seen.shadows), at
