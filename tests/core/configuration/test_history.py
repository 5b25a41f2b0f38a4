"""The past of a schedule is what was in force then, whatever came after."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.configuration.compile import compile_snapshot
from handrail.core.configuration.document import Document
from handrail.core.configuration.history import ScheduleHistory, compiled, naming
from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve

NAME = Slug("primary")
OLD_NAME = Slug("first-name")
FIRST = datetime(2026, 3, 20, 12, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cy", "nobody")
ZONES = ("Europe/Berlin", "UTC", "America/Santiago", "Australia/Lord_Howe")
Bodies = Mapping[tuple[str, Slug], dict[str, Any]]

hours = st.integers(0, 23).map(lambda hour: f"{hour:02d}:30")
rotations = st.fixed_dictionaries(
    {
        "every": st.sampled_from(["1 day", "7 hours", "1 week", "1 month"]),
        "handoff": hours,
        "starts_on": st.sampled_from(["2026-01-05", "2026-03-28"]),
        "participants": st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3),
    }
)
moments = st.integers(0, 60 * 24).map(
    lambda hour: f"{FIRST + timedelta(hours=hour - 240):%Y-%m-%d %H:%M}"
)
plans = st.one_of(
    st.fixed_dictionaries({"rotation": rotations}),
    st.fixed_dictionaries(
        {
            "layers": st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.just("layer"),
                        "rotation": rotations,
                        "skip": st.sampled_from([[], ["closed-days"]]),
                    }
                ),
                min_size=1,
                max_size=1,
            )
        }
    ),
)


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    edits = draw(st.lists(st.tuples(moments, plans), max_size=2))
    return {
        "time_zone": draw(st.sampled_from(ZONES)),
        **draw(plans),
        "edits": [{"effective_from": at, **plan} for at, plan in edits],
    }


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    first, last = sorted(draw(st.lists(moments, min_size=2, max_size=2, unique=True)))
    return {
        "schedule": NAME,
        "user": draw(st.sampled_from(PEOPLE[:3])),
        "mode": draw(st.sampled_from(["replace", "add", "remove"])),
        "from": first,
        "until": last,
    }


calendars = st.lists(
    st.integers(0, 40).map(
        lambda day: {"day": f"{FIRST.date() + timedelta(days=day - 10)}"}
    ),
    max_size=3,
).map(lambda closed: {"closed": closed})


@st.composite
def configurations(draw: st.DrawFn) -> Bodies:
    found: dict[tuple[str, Slug], dict[str, Any]] = {
        ("schedule", NAME): draw(schedules()),
        ("calendar", Slug("closed-days")): draw(calendars),
    }
    for name in ("one", "two"):
        if draw(st.booleans()):
            found["override", Slug(name)] = draw(overrides())
    return found


@dataclass(frozen=True)
class Applied:
    """What was in force from an instant on, and every version stored until then."""

    at: datetime
    in_force: tuple[Document, ...]


def applied(
    configurations_: Sequence[Bodies], instants: Sequence[datetime]
) -> tuple[list[Applied], list[Document]]:
    """Return what each apply left in force, and all that was stored, in order."""
    stored: list[Document] = []
    current: dict[tuple[str, Slug], Document] = {}
    told: list[Applied] = []
    for number, (bodies, at) in enumerate(
        zip(configurations_, instants, strict=True), start=1
    ):
        for key in set(current) - set(bodies):
            gone = replace(
                current.pop(key), is_removed=True, effective_from=at, revision=number
            )
            stored.append(gone)
        for place, (key, body) in enumerate(bodies.items()):
            text = json.dumps(body, sort_keys=True)
            if key in current and current[key].body == text:
                continue
            version = sum((d.kind, d.name) == key for d in stored) + 1
            current[key] = Document(
                kind=key[0],
                name=key[1],
                version=version,
                body=text,
                order=place,
                revision=number,
                effective_from=at,
                managed_by="file",
            )
            stored.append(current[key])
        told.append(Applied(at=at, in_force=tuple(current.values())))
    return told, stored


@given(
    st.lists(configurations(), min_size=1, max_size=4),
    st.lists(st.integers(1, 20 * 24), min_size=3, max_size=3),
)
def test_each_time_is_answered_by_what_was_in_force_then(
    plans_: list[Bodies], waits: list[int]
) -> None:
    instants = [FIRST]
    for wait in waits[: len(plans_) - 1]:
        instants.append(instants[-1] + timedelta(hours=wait))
    steps, stored = applied(plans_, instants)

    whole = compiled(stored)[NAME]

    edges = [FIRST - timedelta(days=20), *instants[1:], FIRST + timedelta(days=90)]
    for step, (start, end) in zip(steps, pairwise(edges), strict=True):
        then = compile_snapshot(step.in_force, revision=1).schedules[NAME]
        assert resolve(whole, start, end) == resolve(then, start, end)


def test_a_removed_schedule_leads_to_nobody_from_then_on_and_back_again() -> None:
    body = {
        "time_zone": "UTC",
        "rotation": {
            "every": "1 week",
            "handoff": "09:00",
            "starts_on": "2026-01-05",
            "participants": ["ana"],
        },
    }
    other: Bodies = {("calendar", Slug("closed-days")): {"closed": []}}
    day = timedelta(days=1)
    full: Bodies = {("schedule", NAME): body, **other}
    instants = [FIRST, FIRST + day, FIRST + 2 * day]
    _, stored = applied([full, other, full], instants)

    tiles = resolve(compiled(stored)[NAME], FIRST - day, FIRST + 3 * day)

    assert [(tile.starts_at, tile.users) for tile in tiles] == [
        (FIRST - day, ("ana",)),
        (FIRST + day, ()),
        (FIRST + 2 * day, ("ana",)),
    ]


def test_a_renamed_schedule_keeps_its_past_under_its_new_name() -> None:
    def body(person: str) -> dict[str, Any]:
        rotation = {
            "every": "1 week",
            "handoff": "09:00",
            "starts_on": "2026-01-05",
            "participants": [person],
        }
        return {"time_zone": "UTC", "rotation": rotation}

    then = FIRST + timedelta(days=1)
    old, stored = applied([{("schedule", OLD_NAME): body("ana")}], [FIRST])
    before = old[0].in_force[0]
    renamed = replace(
        before,
        name=NAME,
        body=json.dumps(body("ben")),
        effective_from=then,
        renamed_from=OLD_NAME,
        revision=2,
    )
    ended = replace(before, is_removed=True, effective_from=then, version=2, revision=2)
    history = ScheduleHistory([*stored, ended, renamed])
    through = history.schedule(NAME)

    assert history.names == (NAME,)
    assert through is not None
    tiles = resolve(through, FIRST, then + timedelta(days=1))
    assert [tile.users for tile in tiles] == [("ana",), ("ben",)]
    assert tiles[1].starts_at == then


def plain(person: str) -> str:
    rotation = {
        "every": "1 week",
        "handoff": "09:00",
        "starts_on": "2026-01-05",
        "participants": [person],
    }
    return json.dumps({"time_zone": "UTC", "rotation": rotation})


def stored_as(
    name: Slug,
    person: str,
    day: int,
    *,
    version: int = 1,
    was: Slug | None = None,
    is_removed: bool = False,
) -> Document:
    """Return a version of a schedule of one person, stored on a day after the first."""
    return Document(
        kind="schedule",
        name=name,
        version=version,
        body=plain(person),
        order=1,
        revision=day + 1,
        effective_from=FIRST + timedelta(days=day),
        managed_by="file",
        renamed_from=was,
        is_removed=is_removed,
    )


def days_of(documents: Sequence[Document], name: Slug, days: int) -> list[str]:
    """Return who had each day by the schedule of that name, from the first on."""
    schedule = ScheduleHistory(documents).schedule(name)
    assert schedule is not None
    tiles = resolve(schedule, FIRST, FIRST + timedelta(days=days))
    assert tiles[0].starts_at == FIRST
    assert tiles[-1].ends_at == FIRST + timedelta(days=days)
    assert all(one.ends_at == other.starts_at for one, other in pairwise(tiles))
    at = [FIRST + timedelta(days=day) for day in range(days)]
    there = (next(t for t in tiles if t.starts_at <= day < t.ends_at) for day in at)
    return [" ".join(tile.users) for tile in there]


def test_a_schedule_that_was_renamed_twice_keeps_all_its_past() -> None:
    first, second = Slug("first-name"), Slug("second-name")
    stored = [
        stored_as(first, "ana", 0),
        stored_as(first, "ana", 1, version=2, is_removed=True),
        stored_as(second, "ben", 1, was=first),
        stored_as(second, "ben", 2, version=2, is_removed=True),
        stored_as(NAME, "cy", 2, was=second),
    ]

    assert ScheduleHistory(stored).names == (NAME,)
    assert days_of(stored, NAME, 3) == ["ana", "ben", "cy"]


def test_a_schedule_that_takes_a_name_used_before_keeps_its_own_past() -> None:
    stored = [
        stored_as(NAME, "dora", 0),
        stored_as(NAME, "dora", 1, version=2, is_removed=True),
        stored_as(OLD_NAME, "ana", 2),
        stored_as(OLD_NAME, "ana", 4, version=2, is_removed=True),
        stored_as(NAME, "ben", 4, version=3, was=OLD_NAME),
    ]

    assert days_of(stored, NAME, 5) == ["dora", "", "ana", "ana", "ben"]


def test_a_schedule_that_gets_its_first_name_back_keeps_its_past() -> None:
    stored = [
        stored_as(NAME, "ana", 0),
        stored_as(NAME, "ana", 1, version=2, is_removed=True),
        stored_as(OLD_NAME, "ben", 1, was=NAME),
        stored_as(OLD_NAME, "ben", 2, version=2, is_removed=True),
        stored_as(NAME, "cy", 2, version=3, was=OLD_NAME),
    ]

    assert ScheduleHistory(stored).names == (NAME,)
    assert days_of(stored, NAME, 3) == ["ana", "ben", "cy"]


def test_a_clock_that_was_set_back_between_two_edits_leaves_one_answer() -> None:
    stored = [
        stored_as(NAME, "ana", 0),
        stored_as(NAME, "ben", 3, version=2),
        stored_as(NAME, "cy", 2, version=3),
    ]

    assert days_of(stored, NAME, 5) == ["ana", "ana", "cy", "cy", "cy"]


def test_whose_schedules_they_are_is_told_through_renames_and_overrides() -> None:
    rotation = {
        "every": "1 week",
        "handoff": "09:00",
        "starts_on": "2026-01-05",
        "participants": ["ana"],
    }
    body = {"time_zone": "UTC", "rotation": rotation}
    stand_in = {
        "schedule": OLD_NAME,
        "user": "ben",
        "from": "2026-03-21 09:00",
        "until": "2026-03-22 09:00",
    }
    _, stored = applied(
        [{("schedule", OLD_NAME): body, ("override", Slug("one")): stand_in}], [FIRST]
    )
    renamed = replace(
        stored[0], name=NAME, body="{}", renamed_from=OLD_NAME, revision=2
    )

    assert naming(stored, Slug("ana")) == {OLD_NAME}
    assert naming([*stored, renamed], Slug("ben")) == {OLD_NAME, NAME}
    assert naming(stored, Slug("be")) == frozenset()


def test_what_never_was_is_none() -> None:
    assert ScheduleHistory([]).schedule(NAME) is None
    assert ScheduleHistory([]).names == ()
