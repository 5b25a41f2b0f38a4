"""A feed is the shifts, and nothing else decides what it holds."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from tests.core.schedule.rotas import schedules

from handrail.core.ids import Slug
from handrail.core.schedule.feed import (
    AHEAD,
    BACK,
    EDGE,
    schedule_events,
    stretch,
    user_events,
)
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.schedule import (
    Layer,
    Override,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
)

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
ANA, BEN, CLEO = Slug("ana"), Slug("ben"), Slug("cleo")


def weekly(*people: tuple[Slug, ...], name: str = "primary") -> Schedule:
    rotation = Rotation(
        participants=people,
        unit=RotationUnit.WEEK,
        lengths=(1,),
        starts_on=date(2026, 1, 5),
        handoff=time(9),
    )
    layer = Layer(name=Slug("week"), rotation=rotation)
    return Schedule(
        name=Slug(name),
        title=name.title(),
        time_zone="Europe/Berlin",
        revisions=(Revision(layers=(layer,)),),
    )


def covered(schedule: Schedule, start: datetime, days: int = 1) -> Schedule:
    by = Override(
        name=Slug("cover"),
        user=CLEO,
        starts_at=start,
        ends_at=start + timedelta(days=days),
        order=1,
    )
    return Schedule(
        name=schedule.name,
        title=schedule.title,
        time_zone=schedule.time_zone,
        revisions=schedule.revisions,
        overrides=(by,),
    )


@settings(deadline=None, max_examples=40)
@given(schedules())
def test_the_feed_has_every_shift_of_its_stretch(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, now = drawn
    first, last = stretch(now)

    events = schedule_events(schedule, {}, now=now)

    wanted = [
        (s.user, s.starts_at, s.ends_at, s.is_shadow, s.is_intended)
        for s in shifts(schedule, first - EDGE, last + EDGE)
        if s.ends_at > first and s.starts_at < last
    ]
    assert wanted == [
        (e.user, e.starts_at, e.ends_at, e.is_shadow, e.is_intended) for e in events
    ]
    assert len({event.uid for event in events}) == len(events)


def test_the_feed_covers_four_weeks_back_and_half_a_year_ahead() -> None:
    events = schedule_events(weekly((ANA,), (BEN,)), {}, now=NOW)

    assert events[0].starts_at <= NOW - BACK < events[0].ends_at
    assert events[-1].starts_at < NOW + AHEAD <= events[-1].ends_at + timedelta(1)


def test_the_feed_is_the_same_all_day() -> None:
    schedule = weekly((ANA,), (BEN,))
    late = NOW.replace(hour=23, minute=59)

    assert schedule_events(schedule, {}, now=NOW) == schedule_events(
        schedule, {}, now=late
    )


def test_an_event_keeps_its_uid_while_days_pass_and_its_end_is_edited() -> None:
    plan = weekly((ANA,), (BEN,))
    monday = datetime(2026, 3, 16, 8, tzinfo=UTC)
    before = {e.starts_at: e.uid for e in schedule_events(plan, {}, now=NOW)}
    edited = covered(plan, monday + timedelta(days=3))

    later = schedule_events(edited, {}, now=NOW + timedelta(days=9))

    kept = {e.starts_at: e.uid for e in later if e.starts_at in before}
    assert all(before[at] == uid for at, uid in kept.items())
    assert kept[monday] == before[monday]


def test_one_that_is_always_on_call_keeps_one_uid() -> None:
    plan = weekly((ANA,))

    today = schedule_events(plan, {}, now=NOW)
    later = schedule_events(plan, {}, now=NOW + timedelta(days=40))

    assert [e.uid for e in today] == [e.uid for e in later]
    assert len(today) == 1


def test_words_name_person_and_schedule_and_mark_gaps() -> None:
    plan = weekly((ANA,), ())

    words = {e.summary for e in schedule_events(plan, {ANA: "Ana Berger"}, now=NOW)}

    assert words == {"Ana Berger: Primary", "Nobody, as intended: Primary"}


def test_a_gap_nobody_meant_is_loud() -> None:
    empty = Schedule(
        name=Slug("empty"),
        title="Empty",
        time_zone="UTC",
        revisions=(Revision(layers=()),),
    )

    assert schedule_events(empty, {}, now=NOW)[0].summary == "NOBODY ON CALL: Empty"


def test_a_persons_feed_has_all_their_shifts_overrides_and_shadows_too() -> None:
    one = covered(weekly((ANA,), (BEN,)), NOW + timedelta(days=1))
    other = weekly((CLEO,), (BEN,), name="secondary")

    events = user_events(CLEO, (one, other), {}, now=NOW)

    assert {e.user for e in events} == {CLEO}
    assert {e.summary for e in events} == {"cleo: Primary", "cleo: Secondary"}
    assert "By override cover" in next(
        e.description for e in events if e.summary == "cleo: Primary"
    )
    assert list(events) == sorted(events, key=lambda e: (e.starts_at, e.summary))
