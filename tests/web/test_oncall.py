"""The pages about who is on call: now, then, by weeks, why, and one's own shifts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.api.site import CONFIGURATION, Site, site

ROTA = """
---
schedule:
  name: office
  title: Office hours
  time_zone: Europe/Berlin
  layers:
    - name: days
      rotation:
        participants: [ana, ben, nobody]
        every: 1 week
        starts_on: 2026-01-12
        handoff: "09:00"
      active: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
    - name: learning
      role: shadow
      rotation:
        participants: [cleo]
        every: 1 week
        starts_on: 2026-01-12
        handoff: "09:00"
---
override:
  name: first-swap
  schedule: primary
  user: ana
  from: 2026-01-20 09:00
  until: 2026-01-21 09:00
---
override:
  name: second-swap
  schedule: primary
  user: cleo
  from: 2026-01-20 09:00
  until: 2026-01-20 18:00
"""


STAMP = "%Y-%m-%dT%H:%M:%SZ"


@pytest.fixture
def rota(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, configuration=CONFIGURATION + ROTA) as made:
        yield made


def test_the_page_of_another_time_says_so_and_leads_back(rota: Site) -> None:
    shown = rota.look("/oncall?at=2026-01-20T12:00", "ana").text

    assert "As of Tue 20 Jan 12:00 CET, in 5 d" in shown
    assert '<p class="large">Cleo Marsh' in shown
    assert '<a href="/oncall">now</a>' in shown
    assert 'value="2026-01-20T12:00"' in shown


def test_among_many_schedules_one_is_found_by_its_name_or_a_persons(
    tmp_path: Path,
) -> None:
    more = "".join(
        f"---\nschedule: {{name: s{n}, title: Shop {n}, time_zone: UTC, rotation: "
        "{every: 1 day, handoff: '09:00', starts_on: 2026-01-05, "
        "participants: [cleo]}}\n"
        for n in range(12)
    )
    with site(tmp_path, configuration=CONFIGURATION + ROTA + more) as home:
        whole = home.look("/oncall", "ana").text
        named = home.look("/oncall?find=shop+11", "ana").text
        person = home.look("/oncall?find=CLEO", "ana").text
        nothing = home.look("/oncall?find=%3Cb%3E", "ana").text

    assert whole.count("<article") == 14
    assert 'role="search"' in whole
    assert named.count("<article") == 1
    assert "Shop 11" in named
    assert 12 <= person.count("<article") < 14
    assert nothing.count("<article") == 0
    assert "&lt;b&gt;" in nothing
    assert "No schedule yet" not in nothing


def test_a_few_schedules_are_shown_without_a_search(rota: Site) -> None:
    assert 'role="search"' not in rota.look("/oncall", "ana").text


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-13-01T00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59"]
)
@pytest.mark.parametrize(
    "place",
    [
        "/oncall?at=",
        "/oncall/schedules/primary?week=",
        "/oncall/schedules/primary/why?at=",
        "/oncall/people/ana?since=",
    ],
)
def test_a_time_that_is_none_is_told_beside_the_answer_for_now(
    rota: Site, place: str, at: str
) -> None:
    answer = rota.look(place + at, "cleo")

    assert answer.status == 200
    assert 'role="alert"' in answer.text


def test_a_schedule_shows_its_weeks_with_gaps_shadows_and_overrides(rota: Site) -> None:
    office = rota.look("/oncall/schedules/office", "ben").text
    primary = rota.look("/oncall/schedules/primary", "ben").text

    assert "Week 3: 12 Jan to 18 Jan 2026" in office
    assert '<span class="tag">today</span>' in office
    assert "09:00 to 17:00" in office
    assert '<span class="quiet">nobody</span>' in office
    assert '<span class="gap">' not in office
    assert "nobody, as intended" in office
    assert "with Cleo Marsh as shadow" in office
    assert "override second-swap" in primary
    assert "gaps in these weeks" not in primary
    assert "gap in these weeks" not in primary


def test_a_gap_is_red_where_a_page_would_meet_nobody(tmp_path: Path) -> None:
    only = """---
escalation_policy:
  name: office-only
  rules:
    - notify: schedule:office
      escalate_after: 5m
"""
    with site(tmp_path, configuration=CONFIGURATION + ROTA + only) as home:
        office = home.look("/oncall/schedules/office", "ben").text

    assert '<span class="gap">Nobody</span>' in office
    assert "gaps in these weeks: nobody is on call, and a page would miss" in office


@pytest.mark.parametrize(
    "place", ["/oncall", "/oncall/schedules/office", "/oncall/people/ana"]
)
def test_the_version_of_the_time_zone_rules_stands_at_the_foot(
    rota: Site, place: str
) -> None:
    assert "Time-zone rules 2026a" in rota.look(place, "ben").text
    assert "Time-zone rules" not in rota.look("/alerts", "ben").text


def test_an_override_that_changes_nothing_is_warned_of(rota: Site) -> None:
    shown = rota.look("/oncall/schedules/primary", "ben").text

    assert (
        "Changes nothing from Tue 20 Jan 09:00 CET to Tue 20 Jan 18:00 CET: "
        "override second-swap was created later"
    ) in shown


def test_an_override_that_is_over_is_no_longer_warned_of(rota: Site) -> None:
    rota.clock.move(timedelta(days=6, hours=12))

    shown = rota.look("/oncall/schedules/primary", "ben").text

    assert "first-swap" in shown
    assert "Changes nothing" not in shown


def test_an_override_is_not_warned_of_for_less_than_a_minute(rota: Site) -> None:
    rota.configure(
        CONFIGURATION + "---\noverride: {name: start, schedule: primary, user: ana, "
        "from: 2026-01-20 09:00, until: 2026-01-20 18:00}\n"
        "---\noverride: {name: then, schedule: primary, user: cleo, "
        "from: 2026-01-20 17:59:30, until: 2026-01-20 20:00}\n"
    )

    shown = rota.look("/oncall/schedules/primary", "ben").text

    assert "override then was created later" not in shown


def test_a_day_on_which_the_clocks_change_is_noted(rota: Site) -> None:
    spring = rota.look("/oncall/schedules/primary?week=2026-03-29", "ben").text
    autumn = rota.look("/oncall/schedules/primary?week=2026-10-25", "ben").text

    assert "Clocks go forward, the day is 23 hours long" in spring
    assert "Clocks go back, the day is 25 hours long" in autumn


def test_weeks_follow_each_other(rota: Site) -> None:
    shown = rota.look("/oncall/schedules/primary", "ben").text

    assert 'href="/oncall/schedules/primary?week=2026-02-09"' in shown
    assert 'href="/oncall/schedules/primary?week=2025-12-15"' in shown
    later = rota.look("/oncall/schedules/primary?week=2026-02-09", "ben").text
    assert "Week 7: 9 Feb to 15 Feb 2026" in later


def test_the_reasons_stand_in_order_with_what_did_not_decide(rota: Site) -> None:
    shown = rota.look("/oncall/schedules/primary/why?at=2026-01-20T12:00", "ben").text

    assert "Why Cleo Marsh?" in shown
    assert "shadowed by second-swap, created later" in shown
    assert "(does not decide)" in shown
    assert "Tue 20 Jan 18:00 CET" in shown
    assert shown.index("first-swap") < shown.index("override second-swap")


def test_my_shifts_begin_with_the_one_that_runs_or_comes_next(rota: Site) -> None:
    ana = rota.look("/oncall/people/ana", "ana").text
    ben = rota.look("/oncall/people/ben", "ana").text

    assert "<h1>My shifts</h1>" in ana
    assert "On call now" in ana
    assert "override first-swap" in ana
    assert "<h1>Shifts of Ben Okoro</h1>" in ben
    assert "<p>Next</p>" in ben
    assert ben.index("Mon 19 Jan") < ben.index("<h2>Then</h2>")


def test_a_link_to_my_shifts_is_there_for_who_has_an_account(rota: Site) -> None:
    assert 'href="/oncall/people/ana"' in rota.look("/oncall", "ana").text
    assert "My shifts" not in rota.look("/oncall", "operator").text


@pytest.mark.parametrize(
    "path",
    [
        "/oncall/schedules/primry",
        "/oncall/schedules/primry/why",
        "/oncall/people/anna",
    ],
)
def test_what_does_not_exist_is_told_with_what_was_meant(rota: Site, path: str) -> None:
    answer = rota.look(path, "ben")

    assert answer.status == 404
    assert "did you mean" in answer.text


def test_the_past_stays_as_it_was(rota: Site) -> None:
    then = datetime(2026, 1, 14, 12, tzinfo=UTC)
    rota.clock.move(timedelta(days=2))
    rota.configure(CONFIGURATION.replace("[ana, ben]", "[cleo]"))

    before = rota.look(f"/oncall?at={then:%Y-%m-%dT%H:%M:%SZ}", "cleo").text
    now = rota.look("/oncall", "cleo").text
    removed = rota.look("/oncall/schedules/office", "cleo")
    person = rota.look("/oncall/people/ana?since=2026-01-14T00:00", "cleo").text

    assert '<p class="large">Ana Berger' in before
    assert "Office hours" in before
    assert '<p class="large">Cleo Marsh' in now
    assert "Office hours" not in now
    assert removed.status == 200
    assert "<h2>Then</h2>" in person


def test_a_schedule_that_was_removed_is_left_out_of_later_times(rota: Site) -> None:
    rota.clock.move(timedelta(days=2))
    rota.configure(CONFIGURATION)
    removed_at = rota.clock.now()
    rota.clock.move(timedelta(days=2))

    before = rota.look(f"/oncall?at={removed_at - timedelta(hours=1):{STAMP}}", "ben")
    after = rota.look(f"/oncall?at={removed_at + timedelta(hours=1):{STAMP}}", "ben")

    assert "Office hours" in before.text
    assert "Office hours" not in after.text
