"""Calendar files sent along with the configuration: planned, applied, compared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.site import CONFIGURATION, Site, site

ROTA = """
---
schedule:
  name: imported
  time_zone: Europe/Berlin
  layers: [{name: rota, ics: rota.ics}]
---
calendar: {name: holidays, ics: rota.ics}
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def rota(*days: int, first: str = "ana") -> str:
    who = [first, "ben"]
    events = "".join(
        f"BEGIN:VEVENT\nUID:{day}\nDTSTAMP:20260101T000000Z\n"
        f"DTSTART;VALUE=DATE:202602{day:02}\nSUMMARY:{who[place % 2]}\nEND:VEVENT\n"
        for place, day in enumerate(days)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"


def ask(home: Site, verb: str, calendar: str, *, text: str = ROTA) -> Any:
    files = [
        {"name": "etc/site.yaml", "text": CONFIGURATION + text},
        {"name": "etc/rota.ics", "text": calendar},
    ]
    answer = home.post(f"/api/v1/config/{verb}", {"files": files}, "ana")
    assert answer.status == 200, answer.text
    return answer.json()


def test_an_imported_rota_puts_people_on_call(home: Site) -> None:
    ask(home, "apply", rota(1, 2))

    duties = home.get("/api/v1/oncall?at=2026-02-01T12:00:00Z", "ben").json()["items"]

    by_name = {duty["schedule"]: duty["users"] for duty in duties}
    assert by_name["imported"] == ["ana"]


def test_applied_again_it_changes_nothing(home: Site) -> None:
    ask(home, "apply", rota(1, 2, 3))

    again = ask(home, "apply", rota(1, 2, 3))

    assert again["is_changed"] is False


def test_a_plan_tells_which_shifts_come_and_go_wherever_they_stand(
    home: Site,
) -> None:
    ask(home, "apply", rota(2, 3, 4, 5))

    changes = ask(home, "plan", rota(1, 2, 3, 4, 5, first="ben"))["changes"]

    fields = [f for c in changes for f in c["fields"] if c["kind"] == "calendar"]
    assert len(fields) == 5
    assert [f["before"] for f in fields][-3:] == [None] * 3


def test_one_new_holiday_is_one_line(home: Site) -> None:
    ask(home, "apply", rota(2, 3, 4, 5))

    lines = ask(home, "plan", rota(2, 3, 4, 5, 6))["lines"]

    told = [line for line in lines if "closed" in line]
    assert told == ['    closed: (not set) → {"day": "2026-02-06", "title": "ana"}']


def test_many_changes_are_told_as_counts(home: Site) -> None:
    ask(home, "apply", rota(*range(1, 29)))

    lines = ask(home, "plan", rota(*range(2, 28), first="ben"))["lines"]

    shifts = [line for line in lines if "layers[0].shifts" in line]
    assert len(shifts) == 1
    assert "28 entries" in shifts[0]
    assert "26 entries" in shifts[0]


def test_a_warning_of_the_calendar_is_in_the_plan(home: Site) -> None:
    endless = rota(1).replace("SUMMARY", "RRULE:FREQ=DAILY\nSUMMARY")

    warnings = ask(home, "plan", endless)["warnings"]

    told = [w for w in warnings if "without end" in w["message"]]
    assert [(w["file"], w["line"]) for w in told] == [("etc/rota.ics", 4)]


def test_a_calendar_applied_in_part_may_name_users_already_there(home: Site) -> None:
    files = [
        {"name": "more.yaml", "text": ROTA},
        {"name": "rota.ics", "text": rota(1, 2)},
    ]
    body = {"files": files, "is_partial": True}

    applied = home.post("/api/v1/config/apply", body, "ana")

    assert applied.status == 200, applied.text
    again = home.post("/api/v1/config/plan", body, "ana").json()
    assert again["changes"] == []


def test_ten_thousand_events_are_taken(home: Site) -> None:
    events = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20260101T000000Z\n"
        f"DTSTART:2026{n // 1000 + 1:02}{n // 40 % 25 + 1:02}T"
        f"{n % 24:02}{n % 60:02}00Z\n"
        f"DURATION:PT30M\nSUMMARY:ana\nEND:VEVENT\n"
        for n in range(10_000)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"

    applied = ask(home, "apply", text)

    assert applied["is_changed"]
    duty = home.get("/api/v1/oncall?at=2026-03-01T00:15:00Z", "ben")
    assert duty.status == 200
