"""What is written is read back the same by the library that others use."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from icalendar import Calendar
from tests.core.schedule.rotas import schedules
from tests.core.schedule.test_feed import ANA, BEN, NOW, weekly

from handrail.core.ids import Slug
from handrail.core.schedule.feed import FeedEvent, schedule_events
from handrail.core.schedule.schedule import Schedule
from handrail.ports.calendar import Feed
from handrail.system.calendar_format import Icalendar

LINE_BYTES_MAX = 75


def written(*events: FeedEvent, title: str = "On call: Primary") -> bytes:
    feed = Feed(title=title, events=events, revision=7, revised_at=NOW)
    return Icalendar("https://handrail.test:8443").write(feed)


def parsed(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def event(summary: str = "Ana: Primary", **other: Any) -> FeedEvent:
    fields: dict[str, Any] = {
        "uid": "u1",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=8),
        "user": ANA,
        "summary": summary,
        "description": "By layer week.",
        **other,
    }
    return FeedEvent(**fields)


@settings(deadline=None, max_examples=10)
@given(schedules())
def test_a_feed_is_parsed_to_the_same_shifts(drawn: tuple[Schedule, datetime]) -> None:
    schedule, now = drawn
    events = schedule_events(schedule, {}, now=now)

    found = [
        (str(e["uid"]), e.start, e.end, str(e["summary"]), "X-HANDRAIL-SHADOW" in e)
        for e in parsed(written(*events))
    ]

    assert found == [
        (
            f"{e.uid}@handrail.test",
            e.starts_at.replace(microsecond=0),
            e.ends_at.replace(microsecond=0),
            e.summary,
            e.is_shadow,
        )
        for e in events
    ]


def test_lines_are_folded_and_end_as_the_rfc_says() -> None:
    content = written(event("Zahlungen, primär; " * 20), title="größer, " * 30)

    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= LINE_BYTES_MAX for line in lines)
    assert b"\n" not in b"".join(lines)
    assert str(parsed(content)[0]["summary"]) == "Zahlungen, primär; " * 20


def test_a_line_break_in_a_title_adds_no_property() -> None:
    sly = "x\r\nATTACH:http://evil.example/\nEND:VEVENT"

    found = parsed(written(event(sly), title=sly))

    assert len(found) == 1
    assert "ATTACH" not in found[0]


def test_an_event_says_when_it_was_revised() -> None:
    found = parsed(written(event()))[0]

    assert found["sequence"] == 7
    assert found.decoded("dtstamp") == found.decoded("last-modified") == NOW
    assert found["transp"] == "TRANSPARENT"


def test_gaps_and_shadows_are_marked() -> None:
    gap = event(user=None, is_intended=True, uid="u2")
    shadow = event(user=BEN, is_shadow=True, uid="u3")

    found = parsed(written(gap, shadow))

    assert [str(e["x-handrail-user"]) for e in found] == ["nobody", "ben"]
    assert [e.get("x-handrail-shadow") for e in found] == [None, "TRUE"]
    assert [e.categories for e in found] == [["Intended gap"], ["Shadow"]]


def test_a_calendar_is_asked_to_look_again_every_hour() -> None:
    calendar = Calendar.from_ical(written())

    assert calendar["refresh-interval"].to_ical() == b"PT1H"
    assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
    assert calendar["x-published-ttl"].to_ical() == b"PT1H"
    assert str(calendar["x-wr-calname"]) == "On call: Primary"


def test_turns_across_a_change_of_clocks_keep_their_wall_time() -> None:
    plan = weekly((Slug("ana"),), (Slug("ben"),))
    events = schedule_events(plan, {}, now=NOW)

    starts = [e.start.astimezone(UTC).hour for e in parsed(written(*events))]

    assert set(starts) == {7, 8}
