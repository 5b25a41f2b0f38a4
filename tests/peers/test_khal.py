"""A real calendar program, Debian's khal, lists the shifts of a feed as they are."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.api.site import CONFIGURATION, Site, site
from tests.peers.program import require

from handrail.core.ids import Slug
from handrail.core.schedule.feed import stretch
from handrail.core.schedule.on_call import Shift, shifts

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
READER = "America/New_York"
"""The calendar's zone is not the schedule's: half a year holds both their changes."""
MORE = """
---
schedule:
  name: nights
  title: Nights; with, signs
  time_zone: Europe/Berlin
  layers:
    - name: week
      rotation: {participants: [ana, [ben, cleo], nobody], every: 1 day,
                 starts_on: 2026-01-05, handoff: "02:30"}
      active: {from: "20:00", to: "06:00"}
    - name: learner
      role: shadow
      rotation: {participants: [cleo, ana], every: 1 week,
                 starts_on: 2026-01-05, handoff: "09:00"}
---
override: {name: swap, schedule: nights, user: cleo, from: 2026-03-28 21:00,
           until: 2026-03-29 05:00}
"""
CONFIG = """
[calendars]
[[shifts]]
path = {folder}/calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = shifts
"""
Listed = list[tuple[datetime, datetime, str]]


def khal_lists(folder: Path, calendar: bytes) -> Listed:
    """Import the calendar into khal and return what it lists, each event once."""
    khal = require("khal", "khal")
    (folder / "calendar").mkdir(parents=True)
    config, file = folder / "config", folder / "feed.ics"
    config.write_text(CONFIG.format(folder=folder, zone=READER))
    file.write_bytes(calendar)

    def run(*words: str) -> str:
        done = subprocess.run(
            [khal, "-c", str(config), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
        return done.stdout

    run("import", "--batch", "-a", "shifts", str(file))
    form = "{start-long-full}|{end-long-full}|{title}"
    told = run("list", "-o", "-df", "", "-f", form, "2025-09-01", "2026-12-31")
    return sorted(_line(line) for line in told.splitlines() if line.strip())


def _line(line: str) -> tuple[datetime, datetime, str]:
    starts_at, ends_at, title = line.split("|", 2)
    return _instant(starts_at), _instant(ends_at), title.strip()


def _instant(text: str) -> datetime:
    local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(READER))
    return local.astimezone(UTC)


def _wanted(home: Site, schedule: str) -> list[Shift]:
    first, last = stretch(home.clock.now())
    snapshot = home.store.read(lambda tx: tx.configuration.snapshot())
    return [
        shift
        for shift in shifts(
            snapshot.schedules[Slug(schedule)],
            datetime(2025, 11, 1, tzinfo=UTC),
            datetime(2026, 11, 1, tzinfo=UTC),
        )
        if shift.ends_at > first and shift.starts_at < last
    ]


def _feed(home: Site, who: str, **asked: str) -> bytes:
    issued = home.post("/api/v1/oncall/feeds", asked, who).json()
    return home.get(issued["url"].removeprefix(home.base_url)).body


NAMES = {"ana": "Ana Berger", "ben": "Ben Okoro", "cleo": "Cleo Marsh"}


def _title(shift: Shift) -> str:
    if shift.user is None:
        said = "Nobody, as intended" if shift.is_intended else "NOBODY ON CALL"
    else:
        said = NAMES[shift.user] + (" (shadow)" if shift.is_shadow else "")
    return f"{said}: Nights; with, signs"


def test_khal_lists_the_shifts_of_a_schedule(tmp_path: Path) -> None:
    with site(tmp_path, configuration=CONFIGURATION + MORE) as home:
        feed = _feed(home, "ben", subject="schedule", name="nights")

        listed = khal_lists(tmp_path / "khal", feed)

        wanted = _wanted(home, "nights")
    assert listed == sorted((s.starts_at, s.ends_at, _title(s)) for s in wanted)
    assert any(s.override == "swap" for s in wanted)
    assert {s.is_intended for s in wanted if s.user is None} == {True, False}


def test_khal_lists_a_persons_shifts_of_all_schedules(tmp_path: Path) -> None:
    with site(tmp_path, configuration=CONFIGURATION + MORE) as home:
        listed = khal_lists(tmp_path / "khal", _feed(home, "ana", subject="user"))

        wanted = [
            (shift.starts_at, shift.ends_at)
            for name in ("primary", "nights")
            for shift in _wanted(home, name)
            if shift.user == "ana"
        ]
    assert [line[:2] for line in listed] == sorted(wanted)
    assert all(line[2].startswith("Ana Berger") for line in listed)
