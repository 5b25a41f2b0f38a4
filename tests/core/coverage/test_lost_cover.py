"""A change that takes away what a service asks for is told before it is applied."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.configured import checked

from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
)
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import assumed
from handrail.core.coverage.lost_cover import PROVED_MAX, lost_cover
from handrail.usecases import configuration

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(weeks=12)
BASE = """\
users:
  - name: ana
    contact_methods:
      - {name: mail, kind: email, address: ana@example.org}
      - {name: here, kind: terminal}
  - name: ben
    contact_methods:
      - {name: mail, kind: email, address: ben@example.org}
      - {name: here, kind: terminal}
last_resort: {notify: user:ana}
schedule:
  name: primary
  time_zone: Europe/Berlin
  rotation:
    {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [ana, ben]}
escalation_policy:
  name: pol
  rounds: 1
  rules:
    - {notify: schedule:primary, escalate_after: 4m}
    - {notify: [user:ana, user:ben], escalate_after: 5m}
service: {name: shop, escalation_policy: pol, coverage: {people: 2}}
"""


def snapshot(text: str) -> Snapshot:
    return configuration.proposed(checked(text))


def lost(before: str, after: str) -> list[Consequence]:
    found = lost_cover(
        snapshot(before), snapshot(after), evidence=assumed(), now=NOW, until=UNTIL
    )
    return list(found)


@pytest.mark.parametrize(
    ("was", "will", "says"),
    [
        # The second person comes a minute too late now; no shift has changed.
        ("escalate_after: 4m", "escalate_after: 6m", "1 of 2 people in time"),
        ("[user:ana, user:ben]", "[user:ana]", "1 of 2 people in time"),
        (
            "      - {name: here, kind: terminal}\nlast",
            "last",
            "ben is told over mail only",
        ),
    ],
)
def test_what_takes_the_cover_away_is_told_though_no_shift_changes(
    was: str, will: str, says: str
) -> None:
    assert was in BASE

    (found,) = lost(BASE, BASE.replace(was, will))

    assert found.kind is ConsequenceKind.COVERAGE
    assert found.service == "shop"
    assert found.text.startswith("shop is no longer covered as it asks, ")
    assert says in found.text


def test_when_and_for_how_long_is_told_exactly() -> None:
    away = (
        "---\noverride: {name: o, schedule: primary, user: ana, "
        "from: '2026-12-05T02:00', until: '2026-12-05T04:00'}\n"
    )
    one = BASE.replace("[user:ana, user:ben]", "user:ana")
    one = one.replace("participants: [ana, ben]", "participants: [ben]")

    (found,) = lost(one, one + away)

    assert "Sat 5 Dec 02:00 to 04:00 Europe/Berlin: " in found.text
    assert found.starts_at == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 12, 5, 3, tzinfo=UTC)


def test_what_is_missed_already_or_not_asked_for_is_not_told() -> None:
    bad = BASE.replace("people: 2", "people: 2, within: 1m")
    assert lost(bad, bad.replace("escalate_after: 4m", "escalate_after: 6m")) == []
    unasked = BASE.replace(", coverage: {people: 2}", "")
    assert lost(unasked, unasked.replace("[user:ana, user:ben]", "[user:ana]")) == []
    assert lost(BASE, BASE) == []
    assert (
        lost(BASE, BASE.replace("[user:ana, user:ben]", "[user:ben, user:ana]")) == []
    )


def test_one_intent_that_is_missed_hides_no_other_that_would_be() -> None:
    two = BASE.replace("{people: 2}", "[{people: 3}, {people: 2}]")

    (found,) = lost(two, two.replace("[user:ana, user:ben]", "[user:ana]"))

    assert "1 of 2 people in time" in found.text


def test_what_a_service_newly_asks_for_and_has_not_is_told_so() -> None:
    unasked = BASE.replace(", coverage: {people: 2}", "")

    (found,) = lost(unasked, BASE.replace("people: 2", "people: 3"))

    assert found.text.startswith("shop is not covered as it newly asks, ")


def test_of_very_many_services_as_many_as_are_quick_are_proved_and_it_says_so() -> None:
    many = "".join(
        f"---\nservice: {{name: s{n}, escalation_policy: pol, coverage: {{}}}}\n"
        for n in range(PROVED_MAX + 3)
    )
    after = (BASE + many).replace("schedule:primary", "user:ghost")
    after = (BASE + many).replace("escalate_after: 4m", "escalate_after: 6m")

    *_, last = sorted(lost(BASE + many, after), key=lambda one: -one.weight)

    assert "4 more services" in last.text
    assert "oncall prove" in last.text
