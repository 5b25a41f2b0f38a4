"""One answer at every instant; shifts that tile, meet and add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule import rotas

from handrail.core.ids import Slug
from handrail.core.schedule.on_call import Shift, on_call, shifts
from handrail.core.schedule.schedule import (
    Override,
    Rotation,
    RotationUnit,
    Schedule,
)

MINUTE = timedelta(minutes=1)
LENGTHS = {
    RotationUnit.HOUR: timedelta(hours=1),
    RotationUnit.DAY: timedelta(days=1),
    RotationUnit.WEEK: timedelta(weeks=1),
}


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
        rotation=Rotation(
            participants=tuple(map(Slug, people)),
            unit=RotationUnit.WEEK,
            length=1,
            starts_on=date(2026, 7, 6),
            handoff=time(9),
        ),
        overrides=overrides,
    )


DENTIST = override("dentist", "cy", "2026-07-07T10:00:00", "2026-07-07T12:00:00")


def test_without_overrides_the_turn_decides() -> None:
    answer = on_call(primary(), utc("2026-07-07T10:00:00"))

    assert answer.user == "ana"
    assert answer.override is None
    assert answer.until == utc("2026-07-13T07:00:00")
    assert answer.why == (
        "schedule primary → rotation, turn 0 until 2026-07-13 09:00 Europe/Berlin → ana"
    )


def test_an_override_holds_from_its_start_up_to_its_end() -> None:
    schedule = primary(DENTIST)

    asked = ["09:59:59", "10:00:00", "11:59:59", "12:00:00"]
    users = [on_call(schedule, utc(f"2026-07-07T{at}")).user for at in asked]

    assert users == ["ana", "cy", "cy", "ana"]


def test_the_reason_names_rule_override_and_person() -> None:
    answer = on_call(primary(DENTIST), utc("2026-07-07T10:30:00"))

    assert answer.override == "dentist"
    assert answer.why == (
        "schedule primary → rotation, turn 0 of ana → override dentist "
        "until 2026-07-07 14:00 Europe/Berlin → cy"
    )


def test_the_override_created_last_wins_and_the_reason_names_the_other() -> None:
    later = override(
        "swap", "bo", "2026-07-07T11:00:00", "2026-07-07T13:00:00", order=1
    )
    schedule = primary(later, DENTIST)

    first = on_call(schedule, utc("2026-07-07T10:30:00"))
    second = on_call(schedule, utc("2026-07-07T11:30:00"))

    assert (first.user, first.until) == ("cy", utc("2026-07-07T11:00:00"))
    assert (second.user, second.until) == ("bo", utc("2026-07-07T13:00:00"))
    assert "override swap (created later than dentist)" in second.why


def test_an_older_override_that_begins_meanwhile_changes_nothing() -> None:
    later = override(
        "swap", "bo", "2026-07-07T09:00:00", "2026-07-07T13:00:00", order=1
    )

    answer = on_call(primary(DENTIST, later), utc("2026-07-07T09:30:00"))

    assert answer.until == utc("2026-07-07T13:00:00")


def test_an_override_without_length_never_holds() -> None:
    empty = replace(DENTIST, ends_at=DENTIST.starts_at)

    assert on_call(primary(empty), DENTIST.starts_at).user == "ana"


def test_an_override_covers_an_intended_gap() -> None:
    schedule = primary(DENTIST, people=())

    before = on_call(schedule, utc("2026-07-07T09:00:00"))
    during = on_call(schedule, utc("2026-07-07T10:00:00"))

    assert before.user is None
    assert "nobody" in before.why
    assert during.user == "cy"


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
def test_shifts_tile_the_window_and_give_the_answer_of_every_instant(
    drawn: tuple[Schedule, datetime], length: int
) -> None:
    schedule, start = drawn
    end = start + length * MINUTE

    found = shifts(schedule, start, end)

    assert found[0].starts_at == start
    assert found[-1].ends_at == end
    for one, other in pairwise(found):
        assert one.ends_at == other.starts_at
        assert (one.user, one.override) != (other.user, other.override)
    for shift in found:
        last = shift.ends_at - timedelta(microseconds=1)
        for at in (shift.starts_at, last):
            answer = on_call(schedule, at)
            assert (answer.user, answer.override) == (shift.user, shift.override)


@settings(deadline=None)
@given(rotas.schedules(), st.integers(0, 5000), st.integers(0, 5000))
def test_the_shifts_of_two_windows_add_up(
    drawn: tuple[Schedule, datetime], first: int, second: int
) -> None:
    schedule, a = drawn
    b, c = a + first * MINUTE, a + (first + second) * MINUTE

    whole = shifts(schedule, a, c)

    assert whole == _merged(shifts(schedule, a, b) + shifts(schedule, b, c))


@settings(deadline=None)
@given(rotas.schedules())
def test_an_answer_holds_until_the_time_it_gives(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, at = drawn

    answer = on_call(schedule, at)

    assert answer.until > at
    last = on_call(schedule, answer.until - timedelta(microseconds=1))
    assert (last.user, last.override) == (answer.user, answer.override)
    assert last.until == answer.until


@settings(deadline=None, max_examples=30)
@given(rotas.schedules(), st.sampled_from(sorted(LENGTHS)))
def test_shifts_agree_with_a_walk_that_reads_the_wall_every_minute(
    drawn: tuple[Schedule, datetime], unit: RotationUnit
) -> None:
    schedule, start = drawn
    schedule = replace(schedule, rotation=replace(schedule.rotation, unit=unit))
    end = start + timedelta(days=2)

    found = shifts(schedule, start, end)

    walked = _walk(schedule, start, end)
    for shift in found:
        at = _whole_minute(shift.starts_at)
        while at < shift.ends_at:
            assert walked[at] == (shift.user, shift.override), at
            at += MINUTE


def _whole_minute(at: datetime) -> datetime:
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + MINUTE


def _merged(pieces: tuple[Shift, ...]) -> tuple[Shift, ...]:
    out: list[Shift] = []
    for piece in pieces:
        if out and (out[-1].user, out[-1].override) == (piece.user, piece.override):
            out[-1] = replace(out[-1], ends_at=piece.ends_at)
        else:
            out.append(piece)
    return tuple(out)


def _walk(
    schedule: Schedule, start: datetime, end: datetime
) -> dict[datetime, tuple[Slug | None, Slug | None]]:
    """Count handoffs by looking at the local clock, one minute after the other.

    The highest wall-clock time seen so far says how many handoffs have passed: what
    was skipped has passed too, and what repeats has passed already.
    """
    zone = ZoneInfo(schedule.time_zone)
    rotation = schedule.rotation
    first = datetime.combine(rotation.starts_on, rotation.handoff)
    length = LENGTHS[rotation.unit] * rotation.length
    at = start - timedelta(days=2)
    highest = at.astimezone(zone).replace(tzinfo=None)
    out: dict[datetime, tuple[Slug | None, Slug | None]] = {}
    while at < end:
        highest = max(highest, at.astimezone(zone).replace(tzinfo=None))
        people = rotation.participants
        turn = (highest - first) // length
        person = people[turn % len(people)] if people else None
        answer: tuple[Slug | None, Slug | None] = (person, None)
        for cover in sorted(schedule.overrides, key=lambda o: o.order):
            if cover.starts_at <= at < cover.ends_at:
                answer = (cover.user, cover.name)
        out[at] = answer
        at += MINUTE
    return out
