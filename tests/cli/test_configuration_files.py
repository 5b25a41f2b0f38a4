"""Configuration files named on the command line bring the calendars they name."""

from pathlib import Path

from handrail.cli.configuration_files import check_offline, read_files

YAML = """
user: {name: ana}
last_resort: {notify: [user:ana]}
calendar: {name: holidays, ics: ../calendars/h.ics}
schedule:
  name: primary
  time_zone: UTC
  layers: [{name: rota, ics: rota.ics}]
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260101
RRULE:FREQ=WEEKLY
SUMMARY:ana
END:VEVENT
END:VCALENDAR
"""


def written(folder: Path) -> Path:
    (folder / "etc").mkdir()
    (folder / "calendars").mkdir()
    (folder / "etc/h.yaml").write_text(YAML)
    (folder / "etc/rota.ics").write_text(CALENDAR)
    (folder / "calendars/h.ics").write_text(CALENDAR)
    return folder / "etc"


def test_calendars_are_read_relative_to_the_file_that_names_them(
    tmp_path: Path,
) -> None:
    names = [Path(name) for name, _ in read_files([str(written(tmp_path))])]

    assert names == [
        tmp_path / "etc/h.yaml",
        tmp_path / "calendars/h.ics",
        tmp_path / "etc/rota.ics",
    ]


def test_a_calendar_is_checked_without_a_server(tmp_path: Path) -> None:
    result = check_offline([str(written(tmp_path) / "h.yaml")])

    assert not result.has_errors, result.lines()
    bodies = {draft.kind: draft.body for draft in result.drafts}
    assert len(str(bodies["schedule"])) > 5000


def test_a_calendar_that_is_not_there_is_missed_where_it_is_named(
    tmp_path: Path,
) -> None:
    etc = written(tmp_path)
    (etc / "rota.ics").unlink()

    errors = [p.line() for p in check_offline([str(etc)]).problems if p.is_error]

    assert len(errors) == 1
    assert errors[0].startswith(f"{etc}/h.yaml:8: schedule primary.layers[0].ics: ")
