from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.configuration import spelling


@given(st.timedeltas(timedelta(0), timedelta(days=9999)))
def test_a_duration_survives_its_spelling(duration: timedelta) -> None:
    whole = timedelta(seconds=int(duration.total_seconds()))

    assert spelling.parse_duration(spelling.format_duration(whole)) == whole


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("5m", 300), ("90s", 90), ("1h30m", 5400), ("2d", 172800)],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert spelling.parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "5m1h", "1.5h", "5M"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        spelling.parse_duration(text)


INSTANTS = st.datetimes(
    datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2199-12-31")
).map(lambda moment: moment.replace(microsecond=0))


@given(INSTANTS, st.sampled_from([None, UTC]))
def test_a_moment_survives_its_spelling(
    moment: datetime, zone: timezone | None
) -> None:
    written = moment.replace(tzinfo=zone)

    assert spelling.parse_moment(spelling.format_moment(written)) == written


def test_a_moment_with_an_offset_is_an_instant() -> None:
    moment = spelling.parse_moment("2026-12-24T09:00:00+01:00")

    assert moment == datetime(2026, 12, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13-01 09:00",
        "2026-12-24",
        "2026-12-24 24:00",
    ],
)
def test_other_moments_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a moment"):
        spelling.parse_moment(text)


@pytest.mark.parametrize(
    "text", ["0001-01-01 09:00", "1970-12-31 09:00", "9999-12-31T23:59:59Z"]
)
def test_a_year_without_known_time_zones_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not in the years 1971 to 2199"):
        spelling.parse_moment(text)
    with pytest.raises(ValueError, match="is not in the years 1971 to 2199"):
        spelling.parse_date(text[:10])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
    ],
)
def test_a_misspelled_zone_is_answered_with_the_one_that_was_meant(
    text: str, meant: str
) -> None:
    with pytest.raises(ValueError, match=f"did you mean {meant}?"):
        spelling.parse_zone(text)


def test_a_short_hour_is_read() -> None:
    assert spelling.parse_wall_time("9:05") == time(9, 5)
    assert spelling.parse_end_time("24:00") == time(0)
    assert spelling.parse_date("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Salta"])
def test_iana_zones_are_read(zone: str) -> None:
    assert spelling.parse_zone(zone) == zone


@pytest.mark.parametrize(
    "zone", ["", "Berlin", "../etc/passwd", "/UTC", "UTC+1", "utc"]
)
def test_other_zones_are_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        spelling.parse_zone(zone)


@given(st.text())
def test_a_quoted_text_is_short_and_on_one_line(text: str) -> None:
    quoted = spelling.quoted(text)

    assert quoted.isprintable()
    assert len(quoted) <= 2 * 61 + 2


@pytest.mark.parametrize(
    "text", ["", "-a", "a-", "A", "a b", "a/b", "ä", "a" * 65, "a\n"]
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a name"):
        spelling.parse_slug(text)
