"""What cannot be in a schedule, an override or a calendar is named with its remedy."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.configured import SOURCE_KINDS, checked

from handrail.core.configuration.node import SourceFile
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import on_call
from handrail.core.schedule.resolve import resolve
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases.configuration import check, proposed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

PEOPLE = "user: [{name: ana}, {name: ben}]\n"
TURNS = (
    "{every: 1 day, handoff: '09:00', starts_on: 2026-01-05, participants: [ana, ben]}"
)
LAYERED = "schedule: {name: s, time_zone: Europe/Berlin, layers: [%s]}\n"
PLAIN = f"schedule: {{name: s, time_zone: Europe/Berlin, rotation: {TURNS}}}\n"
ONE_DAY = "from: 2026-01-05 09:00, until: 2026-01-06 09:00"
OVERRIDE = "override: {name: o, schedule: s, %s}\n"
ROTATION = "schedule: {name: s, time_zone: UTC, rotation: %s}\n"


def layer(rest: str = "", *, rotation: str = TURNS, name: str = "one") -> str:
    comma = ", " if rest else ""
    return f"{{name: {name}, rotation: {rotation}{comma}{rest}}}"


def turns(**changes: str) -> str:
    fields = {
        "every": "1 day",
        "handoff": "'09:00'",
        "starts_on": "2026-01-05",
        "participants": "[ana, ben]",
        **changes,
    }
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


COMPLAINTS = [
    (
        LAYERED % "{name: one, shifts: [{users: [ana], from: 2026-01-05 09:00, "
        "until: 2026-01-05T07:30:00Z}]}",
        "schedule s.layers[0].shifts[0].until",
        "is not after from",
        "end after it begins",
    ),
    (
        LAYERED % layer("starts_at: 2026-01-05T08:30:00Z, ends_at: 2026-01-05 09:00"),
        "schedule s.layers[0].ends_at",
        "is not after starts_at",
        "end after it begins",
    ),
    (
        LAYERED % layer("combine: join"),
        "schedule s.layers[0].combine",
        "no layer above it to join",
        "write the layer below the one it joins",
    ),
    (
        LAYERED % f"{layer('role: shadow')}, {layer('combine: join', name='two')}",
        "schedule s.layers[1].combine",
        "no layer above it to join",
        "write the layer below the one it joins",
    ),
    (
        LAYERED % layer("turns: only_active"),
        "schedule s.layers[0].turns",
        "means nothing without active hours",
        "write active",
    ),
    (
        LAYERED
        % layer(
            "turns: only_active, active: {from: '09:00', to: '17:00'}",
            rotation=turns(time_zone="UTC"),
        ),
        "schedule s.layers[0].rotation.time_zone",
        "does not go with turns: only_active",
        "time_zone of the layer",
    ),
    (
        LAYERED
        % layer(
            "turns: only_active, active: {from: '09:00', to: '17:00'}",
            rotation=turns(every="1 year", lasts="7d"),
        ),
        "schedule s.layers[0].rotation.lasts",
        "does not go with turns: only_active",
        "remove one of the two",
    ),
    (
        ROTATION % turns(participants="[anna]"),
        "schedule s.rotation.participants[0]",
        'no user "anna"',
        'did you mean "ana"?',
    ),
    (
        ROTATION % turns(participants="[]"),
        "schedule s.rotation.participants",
        "nobody takes turns; name at least one user",
        "",
    ),
    (
        LAYERED % layer("starts_at: 2026-03-01 09:00, ends_at: 2026-02-01 09:00"),
        "schedule s.layers[0].ends_at",
        "is not after starts_at",
        "let it end after it begins",
    ),
    (
        PLAIN.replace("Europe/Berlin", "Europe/Berln"),
        "schedule s.time_zone",
        '"Europe/Berln" is no IANA time zone; did you mean Europe/Berlin?',
        "",
    ),
    (
        PLAIN.replace("Europe/Berlin", "new york"),
        "schedule s.time_zone",
        "did you mean America/New_York?",
        "",
    ),
    (
        PLAIN.replace("Europe/Berlin", "CEST+1"),
        "schedule s.time_zone",
        "write it like Europe/Berlin",
        "",
    ),
    (
        PLAIN + OVERRIDE % f"user: nobody, {ONE_DAY}",
        "override o.user",
        "an override is of a person; for a gap that is meant write mode: remove",
        "",
    ),
    (
        PLAIN + OVERRIDE % "user: ana, from: 2026-01-05 09:00, until: 2026-01-04 09:00",
        "override o.until",
        "is not after from",
        "let it end after it begins",
    ),
    (
        PLAIN + OVERRIDE % "user: ana, from: 2026-03-29 02:00, until: 2026-03-29 03:00",
        "override o.until",
        "the clocks of Europe/Berlin skip what is between",
        "let it end later, or remove it",
    ),
    (
        PLAIN + OVERRIDE % "user: ana, from: 0001-01-05 09:00, until: 2026-01-04 09:00",
        "override o.from",
        '"0001-01-05 09:00" is not in the years 1971 to 2199',
        "",
    ),
    (
        PLAIN + OVERRIDE % "user: ana, from: 2026-01-05 09:00, until: 9999-12-31 23:59",
        "override o.until",
        '"9999-12-31 23:59" is not in the years 1971 to 2199',
        "",
    ),
    (
        ROTATION % turns(starts_on="9999-01-05"),
        "schedule s.rotation.starts_on",
        "is not in the years 1971 to 2199",
        "",
    ),
    (
        ROTATION % turns(every="1000 weeks"),
        "schedule s.rotation.every",
        "at most 999",
        "",
    ),
    (
        LAYERED % ", ".join(layer(name=f"n{place}") for place in range(1000)),
        "schedule s.layers",
        "has 1000 items, at most 50",
        "",
    ),
    (
        ROTATION % turns(lasts="0s"),
        "schedule s.rotation.lasts",
        "not between 1m and",
        "",
    ),
    (
        LAYERED % layer("restriction: {}"),
        "schedule s.layers[0]",
        "unknown field",
        'here it is called "active"',
    ),
    (
        LAYERED % layer("actve: {}"),
        "schedule s.layers[0]",
        "unknown field",
        'did you mean "active"?',
    ),
    (
        ROTATION % turns(every="84 years"),
        "schedule s.rotation.every",
        "too long for a turn",
        "",
    ),
]


@pytest.mark.parametrize(("text", "field", "message", "remedy"), COMPLAINTS)
def test_a_mistake_is_named_with_its_field_and_remedy(
    text: str, field: str, message: str, remedy: str
) -> None:
    found = [one for one in checked(PEOPLE + text).problems if one.is_error]

    assert [one.field for one in found] == [field]
    assert message in found[0].message
    assert remedy in found[0].remedy
    assert found[0].place.line is not None


@pytest.mark.parametrize(
    ("override", "field"),
    [("mode: remove, user: ben", "user"), ("user: ana, instead_of: ben", "instead_of")],
)
def test_an_override_of_somebody_who_is_never_on_call_is_doubted(
    override: str, field: str
) -> None:
    text = ROTATION % turns(participants="[ana]")

    found = checked(PEOPLE + text + OVERRIDE % f"{override}, {ONE_DAY}").problems

    doubts = [one for one in found if one.field == f"override o.{field}"]
    assert [one.message for one in doubts] == [
        "ben is never on call by schedule s: the override changes nothing"
    ]
    assert not any(one.is_error for one in found)


def test_ten_thousand_overrides_are_checked_and_asked_in_no_time() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    lines = [
        json.dumps(
            {
                "override": {
                    "name": f"o{place}",
                    "schedule": "s",
                    "user": "ana",
                    "from": f"{start + place * HOUR:%Y-%m-%dT%H:%M:%SZ}",
                    "until": f"{start + (place + 3) * HOUR:%Y-%m-%dT%H:%M:%SZ}",
                }
            }
        )
        for place in range(10_000)
    ]
    files = [SourceFile(name="a.yaml", text=PEOPLE + ROTATION % turns())]
    files += [
        SourceFile(name=f"{first}.yaml", text="\n---\n".join(lines[first::5]))
        for first in range(5)
    ]

    began = time.process_time()
    result = check(files, reader=YamlDocumentReader(), source_kinds=SOURCE_KINDS)
    schedule = proposed(result).schedules[Slug("s")]
    read = time.process_time()
    answers = [on_call(schedule, start + place * DAY) for place in range(400)]
    asked = time.process_time()

    assert len(schedule.overrides) == 10_000
    assert {one.users for one in answers} == {("ana",)}
    assert read - began < 60
    assert asked - read < 10


@pytest.mark.parametrize(
    "rotation",
    [
        turns(every="999 weeks", starts_on="2199-12-31"),
        turns(every="83 years", starts_on="1971-01-01"),
        turns(every="[" + ", ".join(["999 months"] * 20) + "]", starts_on="2199-12-31"),
        turns(every="999 hours", lasts="366d", starts_on="1971-01-01"),
    ],
)
def test_absurd_lengths_and_dates_have_an_answer(rotation: str) -> None:
    result = checked(PEOPLE + ROTATION % rotation)
    schedule = proposed(result).schedules[Slug("s")]

    for year in (1971, 2026, 2199):
        answer = on_call(schedule, datetime(year, 6, 1, tzinfo=UTC))
        assert answer.users in {("ana",), ("ben",)}


def users_at(text: str, *instants: datetime) -> list[tuple[str, ...]]:
    """Return who is on call at each instant by the one schedule of a file."""
    found = checked(PEOPLE + "---\n" + text)
    assert not found.has_errors, found.lines()
    (schedule,) = proposed(found).schedules.values()
    return [on_call(schedule, at).users for at in instants]


def test_a_listed_shift_in_local_time_that_does_not_exist_puts_nobody_on_call() -> None:
    """Else it would last until another shift begins or ends."""
    shifts = (
        "{users: [ana], from: 2026-03-29 02:10, until: 2026-03-29 02:50}, "
        "{users: [ben], from: 2026-03-29 12:00, until: 2026-03-29 13:00}"
    )
    found = checked(f"{PEOPLE}---\n{LAYERED % f'{{name: one, shifts: [{shifts}]}}'}")
    (schedule,) = proposed(found).schedules.values()
    start = datetime(2026, 3, 29, tzinfo=UTC)

    tiles = resolve(schedule, start, start + DAY)

    assert [(one.starts_at - start, one.users) for one in tiles] == [
        (timedelta(0), ()),
        (10 * HOUR, ("ben",)),
        (11 * HOUR, ()),
    ]


def test_active_hours_from_the_end_of_a_day_are_of_the_next() -> None:
    hours = "active: {days: [mon], from: '24:00', to: '08:00'}"
    monday = datetime(2026, 1, 5, 3, tzinfo=UTC)

    found = users_at(LAYERED % layer(hours), monday, monday + DAY)

    assert [bool(one) for one in found] == [False, True]
