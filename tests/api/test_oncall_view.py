"""Answers about who is on call agree with each other, and with the pager."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.site import CONFIGURATION, Site, site
from tests.core.schedule.rotas import PEOPLE, schedules
from tests.rota import CLEO, MONDAY, Rota

from handrail.api import oncall_view as view
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import InvalidError
from handrail.core.ids import PageId, Slug
from handrail.core.paging.delivery import Delivery
from handrail.core.schedule.explain import explain
from handrail.core.schedule.schedule import Schedule

TZDATA = "2026a"
windows = st.tuples(schedules(), st.integers(-80, 80), st.integers(1, 40 * 24)).map(
    lambda drawn: (
        drawn[0][0],
        drawn[0][1] + timedelta(hours=drawn[1]),
        drawn[0][1] + timedelta(hours=drawn[1] + drawn[2]),
    )
)
"""A schedule, and a window ``[start, end)`` near its changes."""


def listed(
    schedules_: list[Schedule], start: datetime, end: datetime, user: Slug | None = None
) -> list[view.ShiftView]:
    found = view.shift_list(schedules_, start, end, user=user, tzdata=TZDATA)
    return found.items


@settings(deadline=None)
@given(windows)
def test_shifts_and_gaps_fill_the_window_exactly(
    drawn: tuple[Schedule, datetime, datetime],
) -> None:
    schedule, start, end = drawn
    items = [one for one in listed([schedule], start, end) if not one.is_shadow]
    edges = sorted({x for one in items for x in (one.starts_at, one.ends_at)})

    assert edges[0] == start
    assert edges[-1] == end
    for at in edges[:-1]:
        here = [one for one in items if one.starts_at <= at < one.ends_at]
        assert here
        assert len({one.user for one in here}) == len(here)
        assert [one.user for one in here] == [None] or None not in {
            one.user for one in here
        }


def test_more_shifts_than_may_be_looked_through_are_refused() -> None:
    """Years of thousands of schedules would take the server's memory."""
    schedule = Rota().snapshot.schedules[Slug("db")]
    many = [schedule] * 100
    end = MONDAY + timedelta(days=10)
    whole = view.shift_list([schedule], MONDAY, end, user=None, tzdata=TZDATA, limit=11)
    assert len(whole.items) <= 11
    with pytest.raises(InvalidError, match="more than 15 shifts"):
        view.shift_list(many, MONDAY, end, user=None, tzdata=TZDATA, limit=15)
    with pytest.raises(InvalidError):
        view.shift_list(many, MONDAY, end, user=CLEO, tzdata=TZDATA, limit=15)


@settings(deadline=None)
@given(windows, st.integers(0, 10**6))
def test_who_is_on_call_is_who_has_a_shift_and_whom_the_reasons_end_at(
    drawn: tuple[Schedule, datetime, datetime], place: int
) -> None:
    schedule, start, end = drawn
    at = start + (end - start) * place / 10**6
    at = min(at.replace(microsecond=0), end - timedelta(seconds=1))
    at = max(at, start)
    here = [
        one
        for one in listed([schedule], start, end)
        if one.starts_at <= at < one.ends_at
    ]

    duty = view.duty(schedule, at, snapshot=Snapshot())
    why = explain(schedule, at)

    assert sorted(duty.users) == sorted(
        one.user for one in here if one.user and not one.is_shadow
    )
    assert sorted(duty.shadows) == sorted(
        one.user for one in here if one.user and one.is_shadow
    )
    assert (list(why.users), list(why.shadows)) == (duty.users, duty.shadows)
    if duty.until is not None and duty.until < end:
        then = view.duty(schedule, duty.until, snapshot=Snapshot())
        assert then.users == duty.next_users


@settings(deadline=None)
@given(windows, st.sampled_from(PEOPLE))
def test_a_persons_shifts_are_those_of_all_schedules(
    drawn: tuple[Schedule, datetime, datetime], user: Slug
) -> None:
    schedule, start, end = drawn
    second = replace(schedule, name=Slug("a-second"), overrides=())
    both = [schedule, second]

    mine = listed(both, start, end, user)
    person = view.person_duty(both, user, start, tzdata=TZDATA)

    assert mine == [one for one in listed(both, start, end) if one.user == user]
    running = [one for one in mine if one.starts_at == start]
    assert [(one.schedule, one.layer, one.override) for one in person.now] == [
        (one.schedule, one.layer, one.override) for one in running
    ]
    for coming in person.next:
        assert coming.starts_at > start
        assert not any(
            start < one.starts_at < coming.starts_at
            for one in mine
            if one.schedule == coming.schedule
        )


def owed(home: Site, page_id: PageId) -> list[Delivery]:
    return home.store.read(lambda tx: tx.delivery.for_page(page_id))


def test_a_page_tells_whom_the_answer_named(tmp_path: Path) -> None:
    policy = CONFIGURATION.replace(
        "    - notify: schedule:primary\n",
        "    - notify: [schedule:primary, user:cleo]\n",
    )
    with site(tmp_path, configuration=policy) as home:
        for week in range(4):
            path = "/api/v1/oncall/services/checkout"
            told = home.get(path, who="cleo").json()
            home.signal(f"It broke in week {week}", week=str(week))
            deliveries = owed(home, home.page().id)

            named = {one["recipient"] for one in told["levels"][0]["reached"]}
            assert {one.recipient for one in deliveries} == named
            assert len(named) == 2
            home.clock.move(timedelta(weeks=1))
