"""What is due of shifts, when, and that no edge is missed between two looks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule.rotas import schedules

from handrail.core.ids import Slug
from handrail.core.schedule.difference import Place, held
from handrail.core.schedule.schedule import (
    Layer,
    NoticeRules,
    Override,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
)
from handrail.core.schedule.shift_notice import (
    LATE_MAX,
    NoticeKind,
    ShiftNotice,
    holds,
    look,
    shift_of,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
ANA, BEN = Place(Slug("ana")), Place(Slug("ben"))
ALL = NoticeRules(before_start=DAY, at_start=True, at_end=True)


def daily(rules: NoticeRules | None = ALL, *overrides: Override) -> Schedule:
    """Return a schedule in which ana and ben take days from nine; ben on the sixth."""
    rotation = Rotation(
        participants=((ANA.user,), (BEN.user,)),
        unit=RotationUnit.DAY,
        lengths=(1,),
        starts_on=date(2026, 1, 5),
        handoff=time(9),
    )
    return Schedule(
        name=Slug("primary"),
        title="Primary",
        time_zone="UTC",
        revisions=(Revision(layers=(Layer(name=Slug("all"), rotation=rotation),)),),
        overrides=overrides,
        notices=rules,
    )


def due(schedule: Schedule, now: datetime) -> set[tuple[str, str]]:
    return {(one.place.user, one.kind) for one in look(schedule, now).due}


def test_a_handover_tells_both_and_who_comes_next() -> None:
    assert due(daily(), NINE) == {
        ("ben", "at_start"),
        ("ana", "at_end"),
        ("ana", "before_start"),
    }
    assert due(daily(None), NINE) == set()
    assert due(daily(NoticeRules(at_end=True)), NINE) == {("ana", "at_end")}


def test_what_is_late_is_told_for_a_while_and_then_no_more() -> None:
    only = daily(NoticeRules(at_start=True, at_end=True))
    assert due(only, NINE + LATE_MAX) == {("ben", "at_start"), ("ana", "at_end")}
    assert due(only, NINE + LATE_MAX + timedelta(seconds=1)) == set()


def test_after_a_pause_nobody_is_told_of_every_shift_that_passed() -> None:
    fast = replace(daily(), notices=NoticeRules(at_start=True, at_end=True))
    rotation = Rotation(
        participants=((ANA.user,), (BEN.user,)),
        unit=RotationUnit.HOUR,
        lengths=(1,),
        starts_on=date(2026, 1, 5),
        handoff=time(0),
    )
    layer = Layer(name=Slug("all"), rotation=rotation)
    fast = replace(fast, revisions=(Revision(layers=(layer,)),))
    told = look(fast, NINE + HOUR / 2).due
    assert len(told) == 3
    assert {one.at for one in told if one.kind is NoticeKind.AT_START} == {NINE}


def test_an_override_moves_the_notice_with_the_shift() -> None:
    cover = Override(
        name=Slug("x"), user=ANA.user, starts_at=NINE, ends_at=NINE + 3 * HOUR, order=1
    )
    changed = daily(NoticeRules(at_start=True, at_end=True), cover)
    assert due(changed, NINE) == set()
    assert due(changed, NINE + 3 * HOUR) == {("ben", "at_start"), ("ana", "at_end")}
    was = ShiftNotice(
        schedule=Slug("primary"), place=BEN, kind=NoticeKind.AT_START, at=NINE
    )
    assert holds(daily(), was)
    assert not holds(changed, was)


def test_who_is_put_on_call_on_short_notice_is_told_at_once() -> None:
    soon = Override(
        name=Slug("x"),
        user=Slug("cy"),
        starts_at=NINE + 3 * HOUR,
        ends_at=NINE + 5 * HOUR,
        order=1,
    )
    assert ("cy", "before_start") in due(daily(ALL, soon), NINE)


def test_a_shift_is_told_with_its_ends_and_who_is_around_it() -> None:
    starts = ShiftNotice(
        schedule=Slug("primary"), place=BEN, kind=NoticeKind.AT_START, at=NINE
    )
    shift = shift_of(daily(), starts)
    assert shift == (NINE, NINE + DAY, (ANA.user,), (ANA.user,))
    ends = replace(starts, kind=NoticeKind.AT_END, at=NINE + DAY)
    assert shift_of(daily(), ends) == (NINE, NINE + DAY, (ANA.user,), (ANA.user,))


@settings(deadline=None)
@given(schedules(), st.integers(1, 3000))
def test_no_edge_is_missed_between_two_looks(
    drawn: tuple[Schedule, datetime], minutes: int
) -> None:
    schedule, around = drawn
    rules = NoticeRules(
        before_start=timedelta(minutes=minutes), at_start=True, at_end=True
    )
    schedule = replace(schedule, notices=rules)
    start, end = around - 10 * HOUR, around + 10 * HOUR
    now, told = start, set()
    for _ in range(5000):
        found = look(schedule, now)
        assert found.again_at > now
        told |= set(found.due)
        now = found.again_at
        if now > end:
            break
    margin = timedelta(microseconds=1)
    times = held(schedule, start - margin, end + 41 * DAY).times
    for place, spans in times.items():
        for begins, ends in spans:
            for kind, at in (
                (NoticeKind.AT_START, begins),
                (NoticeKind.AT_END, ends),
            ):
                if start < at <= end:
                    notice = ShiftNotice(
                        schedule=schedule.name, place=place, kind=kind, at=at
                    )
                    assert notice in told
