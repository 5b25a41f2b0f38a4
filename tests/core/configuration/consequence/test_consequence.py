"""A plan says what a change means for people, and nothing where nothing changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.configured import checked
from tests.core.schedule.rotas import schedules

from handrail.core.configuration.consequence.compare import HORIZON, consequences
from handrail.core.configuration.consequence.consequence import (
    SHOWN,
    Consequence,
    ConsequenceKind,
)
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.schedule import Schedule
from handrail.usecases import configuration

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BASE = """\
users:
  - {name: ana, time_zone: Europe/Berlin, contact_methods: [{name: t, kind: terminal}]}
  - {name: ben, time_zone: Europe/Berlin, contact_methods: [{name: t, kind: terminal}]}
  - {name: cy, time_zone: Europe/Berlin}
escalation_policy:
  name: pol
  rules: [{notify: "schedule:primary", escalate_after: 5m}]
service: {name: checkout, escalation_policy: pol}
"""
ROTA = """\
schedule:
  name: primary
  time_zone: %s
  rotation: {every: %s, handoff: '%s', starts_on: 2026-01-05, participants: [%s]}
"""
WEEKLY = ROTA % ("Europe/Berlin", "1 week", "09:00", "ana, ben")


def snapshot(text: str) -> Snapshot:
    return configuration.proposed(checked(text))


def told(before: str, after: str) -> list[Consequence]:
    found = consequences(snapshot(BASE + before), snapshot(BASE + after), now=NOW)
    return list(found.items)


def texts(before: str, after: str, kind: ConsequenceKind) -> list[str]:
    return [one.text for one in told(before, after) if one.kind is kind]


def test_somebody_who_is_relieved_at_once_is_named_first() -> None:
    found = told(WEEKLY, ROTA % ("Europe/Berlin", "1 week", "09:00", "ben, ana"))
    assert found[0].kind is ConsequenceKind.ON_CALL_NOW
    assert found[0].text == (
        "ana is on call now in primary and would no longer be; ben would be"
    )


def test_nights_are_told_by_person_and_month() -> None:
    cover = (
        "override: {name: x, schedule: primary, user: ana, "
        "from: 2026-12-01 18:00, until: 2026-12-04 08:00}\n"
    )
    found = texts(WEEKLY, WEEKLY + cover, ConsequenceKind.PERSON)
    assert found == [
        "ana gains 3 nights (62 h) in December (primary)",
        "ben gives up 3 nights (62 h) in December (primary)",
    ]
    (one, *_) = [c for c in told(WEEKLY, WEEKLY + cover) if c.user == "ana"]
    assert one.figures == {"2026-12": {"hours_gained": 62.0, "nights_gained": 3}}


def test_a_gap_that_opens_is_told_with_its_times() -> None:
    layers = (
        "schedule: {name: primary, time_zone: Europe/Berlin, layers: [{name: all, "
        "rotation: {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, "
        "participants: [ana, ben]}, active: [{from: sat 04:00, to: sat 02:00}]}]}\n"
    )
    (gap,) = texts(WEEKLY, layers, ConsequenceKind.GAP)
    assert gap.startswith(
        "a gap opens in primary Sat 5 Dec 02:00 to 04:00, and 11 more"
    )


def test_a_handover_that_the_clocks_move_is_told_with_the_reason() -> None:
    lagos = ROTA % ("Africa/Lagos", "1 week", "09:00", "ana, ben")
    found = told(WEEKLY, lagos)
    # The same instants until the clocks of Berlin go forward.
    assert [(one.kind, one.text) for one in found] == [
        (
            ConsequenceKind.DST,
            (
                "the handover of primary on Mon 29 Mar moves by an hour because of "
                "DST: from 08:00 to 09:00 Africa/Lagos"
            ),
        )
    ]


def test_a_handoff_at_a_time_that_does_not_exist_is_told() -> None:
    early = ROTA % ("Europe/Berlin", "1 day", "02:30", "ana, ben")
    (forward, back) = texts(WEEKLY, early, ConsequenceKind.CLOCK_GAP)
    assert "on Sun 28 Mar 02:30 Europe/Berlin does not exist" in forward
    assert forward.endswith("it is at 03:00")
    assert "on Sun 31 Oct 02:30 Europe/Berlin comes twice" in back


def test_handovers_that_move_alike_are_told_once() -> None:
    later = ROTA % ("Europe/Berlin", "1 week", "10:00", "ana, ben")
    assert texts(WEEKLY, later, ConsequenceKind.HANDOVER) == [
        (
            "the handover of primary on Mon 30 Nov 09:00 (ana to ben) moves to 10:00, "
            "an hour later; 11 more after it move alike"
        )
    ]


def test_who_comes_on_call_and_cannot_be_reached_is_told() -> None:
    more = ROTA % ("Europe/Berlin", "1 week", "09:00", "ana, ben, cy")
    (found,) = texts(WEEKLY, more, ConsequenceKind.UNREACHABLE)
    assert found.startswith("cy ")
    assert found.endswith(" in primary and has no contact method")


def test_who_loses_the_last_contact_method_while_taking_turns_is_told() -> None:
    deaf = BASE.replace(
        "ben, time_zone: Europe/Berlin, contact_methods: [{name: t, kind: terminal}]",
        "ben, time_zone: Europe/Berlin",
    )
    before, after = snapshot(BASE + WEEKLY), snapshot(deaf + WEEKLY)
    found = consequences(before, after, now=NOW).items
    assert [one.text for one in found] == [
        "ben takes turns in primary and would have no contact method any more"
    ]


def test_a_service_that_leads_to_nobody_is_told() -> None:
    lone = ROTA % ("Europe/Berlin", "1 week", "09:00", "cy")
    (found,) = texts(WEEKLY, lone, ConsequenceKind.NOBODY)
    assert found.startswith("pages about checkout would lead to nobody (policy pol)")


def test_open_pages_keep_their_policy_and_are_counted() -> None:
    swapped = ROTA % ("Europe/Berlin", "1 week", "09:00", "ben, ana")
    before, after = snapshot(BASE + WEEKLY), snapshot(BASE + swapped)
    pages = {Slug("primary"): 3}
    found = consequences(before, after, now=NOW, open_pages=pages)
    assert found.items[0].text.endswith("; 3 open pages keep their policy")


def test_a_renamed_person_and_a_renamed_schedule_change_nothing() -> None:
    text = BASE + WEEKLY
    renamed = text.replace("ana", "anna").replace("primary", "first")
    renames = {
        ("user", Slug("ana")): Slug("anna"),
        ("schedule", Slug("primary")): Slug("first"),
    }
    found = consequences(snapshot(text), snapshot(renamed), now=NOW, renames=renames)
    assert found.items == ()
    assert found.lines() == ()


@pytest.mark.parametrize("people", [20, 40])
def test_many_consequences_are_bounded_and_the_rest_is_counted(people: int) -> None:
    names = [f"p{i:02}" for i in range(people)]
    users = "".join(
        f"  - {{name: {n}, contact_methods: [{{name: t, kind: terminal}}]}}\n"
        for n in names
    )
    base = BASE.replace("users:\n", "users:\n" + users)
    rota = ROTA % ("UTC", "1 day", "09:00", ", ".join(names))
    other = ROTA % ("UTC", "2 days", "09:00", ", ".join(reversed(names)))
    found = consequences(snapshot(base + rota), snapshot(base + other), now=NOW)
    lines = found.lines()
    assert len(lines) == SHOWN + 2
    assert (
        lines[-1].strip()
        == f"and {len(found.items) - SHOWN} more (all of them: --json)"
    )


@settings(deadline=None)
@given(st.lists(schedules(), min_size=1, max_size=4))
def test_nothing_is_told_where_nothing_changes(
    drawn: list[tuple[Schedule, datetime]],
) -> None:
    # What overrides are called, and the numbers of their order, mean nothing.
    def again(schedule: Schedule) -> Schedule:
        ordered = sorted(schedule.overrides, key=lambda o: o.order)
        return replace(
            schedule,
            title="Another title",
            overrides=tuple(
                replace(one, name=Slug(f"o{i}"), order=7 * i + 3)
                for i, one in enumerate(ordered)
            ),
        )

    before = {Slug(f"s{i}"): one for i, (one, _) in enumerate(drawn)}
    after = {name: again(one) for name, one in before.items()}
    found = consequences(
        Snapshot(schedules=before), Snapshot(schedules=after), now=drawn[0][1]
    )
    assert found.items == ()
    assert found.not_compared == 0


@settings(deadline=None)
@given(schedules(), schedules())
def test_hours_told_are_the_symmetric_difference(
    first: tuple[Schedule, datetime], second: tuple[Schedule, datetime]
) -> None:
    before, around = first
    now = around - timedelta(days=3)
    pair = [
        Snapshot(schedules={one.name: one})
        for one in (before, replace(second[0], overrides=before.overrides))
    ]
    found = consequences(pair[0], pair[1], now=now)
    totals: dict[tuple[str, str], float] = {}
    for one in found.items:
        if one.kind is ConsequenceKind.PERSON and " as shadow " not in one.text:
            for figures in one.figures.values():
                for word in ("hours_gained", "hours_lost"):
                    key = (str(one.user), word)
                    totals[key] = totals.get(key, 0.0) + figures.get(word, 0.0)
    seconds = {key: round(hours * 3600) for key, hours in totals.items() if hours}
    assert seconds == pytest.approx(_oracle(pair[0], pair[1], now), abs=5)


def _oracle(
    before: Snapshot, after: Snapshot, now: datetime
) -> dict[tuple[str, str], float]:
    """Count seconds on call on one side only, edge by edge."""
    found: dict[tuple[str, str], float] = {}
    sides = [
        [
            one
            for schedule in side.schedules.values()
            for one in shifts(schedule, now, now + HORIZON)
            if one.user is not None and not one.is_shadow
        ]
        for side in (before, after)
    ]
    edges = sorted(
        {at for one in (*sides[0], *sides[1]) for at in (one.starts_at, one.ends_at)}
    )
    for begins, ends in pairwise(edges):
        was, will = (
            {
                one.user
                for one in side
                if one.starts_at <= begins and one.ends_at >= ends
            }
            for side in sides
        )
        for users, word in ((will - was, "hours_gained"), (was - will, "hours_lost")):
            for user in users:
                key = (str(user), word)
                found[key] = found.get(key, 0.0) + (ends - begins).total_seconds()
    return {key: seconds for key, seconds in found.items() if seconds >= 0.5}


EDITED = (
    WEEKLY
    + """\
  edits:
    - effective_from: 2027-04-20T00:00
      rotation:
        {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [%s]}
"""
)
FAR = """\
---
override:
  {name: far, schedule: primary, user: cy, from: '%s', until: '2027-05-08T00:00'}
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (WEEKLY, EDITED % "cy", "Tue 20 Apr 2027 00:00 Europe/Berlin"),
        (EDITED % "cy", WEEKLY, "Tue 20 Apr 2027 00:00 Europe/Berlin"),
        (
            WEEKLY,
            WEEKLY + FAR % "2027-05-01T00:00",
            "Sat 1 May 2027 00:00 Europe/Berlin",
        ),
    ],
)
def test_a_change_that_is_far_ahead_is_told_and_not_taken_for_none(
    before: str, after: str, said: str
) -> None:
    (found,) = told(before, after)

    assert found.kind is ConsequenceKind.LATER
    assert f"primary changes for people only from {said} on" in found.text
    assert "2027-02-20" in found.text


def test_a_far_edit_that_changes_nothing_is_not_told() -> None:
    assert told(WEEKLY, EDITED % "ana, ben") == []


def test_what_changes_now_and_later_is_told_by_what_changes_now() -> None:
    sooner = EDITED.replace("2027-04-20", "2026-12-20") % "cy"
    assert not texts(WEEKLY, sooner, ConsequenceKind.LATER)


def test_who_is_reached_over_the_accounts_e_mail_is_not_called_nobody() -> None:
    """The pager tells them over it; a plan that says otherwise sends people astray."""
    mailed = BASE.replace("name: cy,", "name: cy, email: cy@example.org,")
    alone = mailed.replace('"schedule:primary"', '"user:cy"')
    found = consequences(snapshot(mailed + WEEKLY), snapshot(alone + WEEKLY), now=NOW)
    assert [one.text for one in found.items] == []

    cy = ROTA % ("Europe/Berlin", "1 week", "09:00", "cy")
    found = consequences(snapshot(mailed + WEEKLY), snapshot(mailed + cy), now=NOW)
    (said,) = [o.text for o in found.items if o.kind is ConsequenceKind.UNREACHABLE]
    assert said == (
        "cy is on call at once in primary and is told over the account's e-mail only"
    )
