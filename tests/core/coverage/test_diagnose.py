"""What a proof says, in words and to the instant, of files as people write them."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.configured import checked

from handrail.core.coverage.evidence import Evidence, MethodKey, assumed
from handrail.core.coverage.fault import FaultKind
from handrail.core.coverage.proof import Proof
from handrail.core.coverage.prove import prove
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.usecases.configuration import proposed
from handrail.usecases.coverage_view import proof_view

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)

PEOPLE = """\
users:
  - name: ana
    contact_methods:
      - {name: mail, kind: email, address: ana@example.org}
      - {name: phone, kind: webhook, address: https://push.example.org/ana}
  - name: ben
    contact_methods:
      - {name: mail, kind: email, address: ben@example.org}
      - {name: phone, kind: webhook, address: https://push.example.org/ben}
  - name: cy
    contact_methods:
      - {name: mail, kind: email, address: cy@example.org}
      - {name: home, kind: email, address: cy@example.net}
team: {name: sre, members: [ana, ben, cy], lead: ana}
last_resort: {notify: user:ben}
integration: {name: prom, source: generic}
---
"""


def proved(text: str, *, evidence: Evidence | None = None, days: int = 7) -> Proof:
    result = checked(PEOPLE + text)
    assert not result.has_errors, result.lines()
    return prove(
        proposed(result),
        evidence=evidence or assumed(),
        start=MONDAY,
        end=MONDAY + days * DAY,
    )


def told(proof: Proof) -> list[tuple[str, str, str]]:
    """Return every counter-example as hours from Monday midnight, and its reason."""
    view = proof_view(proof, evidence="recorded", tzdata="")
    return [
        (
            f"{(found.starts_at - MONDAY) / timedelta(hours=1):g}",
            f"{(found.ends_at - MONDAY) / timedelta(hours=1):g}",
            found.reason,
        )
        for service in view.services
        for intent in service.intents
        for found in intent.counter_examples
    ]


def service(coverage: str, *, notify: str = "schedule:days", more: str = "") -> str:
    return f"""\
schedule:
  name: days
  title: Days
  time_zone: UTC
  layers:
    - name: days
      rotation:
        {{every: 1 day, handoff: "09:00", starts_on: 2026-01-05, participants: [ana]}}
      active: {{from: "09:00", to: "21:00"}}
escalation_policy:
  name: first
  rules:
    - {{notify: {notify}, escalate_after: 5m}}
{more}
service: {{name: shop, team: sre, escalation_policy: first, coverage: {coverage}}}
routes: [{{name: rest, service: shop}}]
"""


def test_a_gap_is_told_to_the_instant_with_its_schedule() -> None:
    proof = proved(service("{within: 5m}"), days=1)

    why = (
        "level 1: schedule:days has a gap; the page goes to the last resort at once, "
        "which is no cover"
    )
    assert told(proof) == [("0", "9", why), ("21", "24", why)]
    assert proof.services[0].proved_until == MONDAY


def test_a_second_level_that_comes_in_time_is_cover_and_a_late_one_is_not() -> None:
    more = "    - {notify: user:ben, escalate_after: 5m}"
    soon = proved(service("{within: 5m}", more=more))
    both = proved(service("{within: 4m, people: 2}", more=more), days=1)

    assert soon.is_proved, "an empty level is skipped at once"
    late = "that is 1 of 2 people in time; enough only 5m after, 1m too late"
    assert ("9", "21", late) in told(both)


def test_a_person_whose_methods_share_a_provider_counts_for_one() -> None:
    proof = proved(service("{within: 5m}", notify="user:cy"), days=1)
    single = proved(service("{within: 5m, methods: 1}", notify="user:cy"), days=1)

    ((_, _, why),) = told(proof)
    assert "cy is told over mail and home only, carried by e-mail" in why
    assert single.is_proved


def test_a_level_is_consulted_when_the_page_gets_there() -> None:
    """Level 2 begins at 09:00; a page at 08:55 gets there at 09:00, one before not."""
    text = """\
schedule:
  name: days
  title: Days
  time_zone: UTC
  layers:
    - name: days
      rotation:
        {every: 1 day, handoff: "09:00", starts_on: 2026-01-05, participants: [ana]}
      active: {from: "09:00", to: "21:00"}
escalation_policy:
  name: first
  rules:
    - {notify: user:cy, escalate_after: 5m}
    - {notify: schedule:days, escalate_after: 5m}
service: {name: shop, team: sre, escalation_policy: first, coverage: {within: 5m}}
routes: [{name: rest, service: shop}]
"""
    found = proved(text, days=1).services[0].intents[0].counter_examples

    edges = [(one.starts_at, one.ends_at) for one in found]
    minutes = timedelta(minutes=1)
    assert edges[0][1] == MONDAY + 9 * 60 * minutes - 5 * minutes
    assert edges[1][0] == MONDAY + 21 * 60 * minutes - 5 * minutes


def test_a_turn_of_nobody_excuses_what_it_alone_is_to_blame_for() -> None:
    text = (
        service("{within: 5m}")
        .replace("[ana]", "[ana, nobody]")
        .replace('      active: {from: "09:00", to: "21:00"}\n', "")
    )
    strict = text.replace("{within: 5m}", "{within: 5m, intended_gaps: defect}")

    proof = proved(text, days=4)

    (intent,) = proof.services[0].intents
    assert proof.is_proved
    assert [(one.starts_at - MONDAY) // DAY for one in intent.excused] == [0, 1, 3]
    assert not proved(strict, days=4).is_proved


def test_an_intent_holds_in_its_hours_only() -> None:
    hours = '{time_zone: UTC, days: [tue], from: "08:00", to: "10:00"}'

    proof = proved(service(f"{{windows: {hours}}}"))

    assert [(start, end) for start, end, _ in told(proof)] == [("32", "33")]
    assert proof.services[0].intents[0].asked_for == timedelta(hours=2)


def test_pages_that_wait_for_support_hours_are_proved_there() -> None:
    text = service("{urgency: low, methods: 1}").replace(
        "service: {name: shop,",
        "service: {name: shop, support_hours: "
        '{time_zone: UTC, days: [mon], from: "08:00", to: "10:00"},',
    )

    proof = proved(text)

    (intent,) = proof.services[0].intents
    assert {(page.severity, page.is_held) for page in intent.pages} == {("SEV3", True)}
    assert [(start, end) for start, end, _ in told(proof)] == [("8", "9")]


def test_a_service_that_needs_no_cover_is_not_judged() -> None:
    proof = proved(service("{when: never}"))

    assert proof.services[0].intents == ()
    assert proof_view(proof, evidence="recorded", tzdata="").not_asked == ["shop"]


def test_a_team_and_then_the_default_speak_for_a_silent_service() -> None:
    quiet = service("{}").replace(", coverage: {}", "")
    default = f"{quiet}coverage: {{default: {{people: 3}}}}\n"
    ops = "---\nteam: {name: ops, coverage: {people: 2}}\ncoverage:"
    team = default.replace("coverage:", ops)

    by_default = proved(default).services[0]
    by_team = proved(team.replace("team: sre", "team: ops")).services[0]

    assert by_default.declared_by == "coverage"
    assert by_default.intents[0].intent.people == 3
    assert by_team.declared_by == "team ops"
    assert by_team.intents[0].intent.people == 2


def key(user: str, method: str) -> MethodKey:
    kind = ChannelKind.EMAIL if method == "mail" else ChannelKind.WEBHOOK
    address = (
        f"{user}@example.org"
        if method == "mail"
        else f"https://push.example.org/{user}"
    )
    return MethodKey(Slug(user), Slug(method), kind, address)


def evidence(**days_left: float) -> Evidence:
    lasts = 90 * DAY
    return Evidence(
        verified_at={
            key(*name.split("_")): MONDAY + left * DAY - lasts
            for name, left in days_left.items()
        },
        lasts=lasts,
        renewable_from=MONDAY + 7 * DAY,
    )


def test_a_method_that_never_reached_its_person_does_not_count() -> None:
    text = service("{within: 5m}", notify="user:ana")

    proof = proved(text, evidence=evidence(ana_mail=50), days=1)

    ((start, end, why),) = told(proof)
    assert (start, end) == ("0", "24")
    assert "ana was not shown to be reached over phone (never shown)" in why


def test_evidence_that_ends_within_the_notice_ends_cover_to_the_instant() -> None:
    text = service("{within: 5m}", notify="user:ana")

    proof = proved(text, evidence=evidence(ana_mail=50, ana_phone=2), days=21)

    ((start, end, why),) = told(proof)
    assert (start, end) == ("48", str(21 * 24))
    assert "phone (last shown 2025-10-09)" in why


def test_evidence_that_ends_later_counts_on_and_is_named_for_renewal() -> None:
    text = service("{within: 5m}", notify="user:ana")

    proof = proved(text, evidence=evidence(ana_mail=500, ana_phone=8), days=21)

    assert proof.is_proved
    assert proof.renewals == {key("ana", "phone"): MONDAY + 8 * DAY}


@pytest.mark.parametrize(
    ("notify", "kind"),
    [
        ("channel:ops", FaultKind.ONLY_CHANNELS),
        ("team:empty", FaultKind.LEADS_NOWHERE),
        ("user:dan", FaultKind.NO_METHOD),
        ("user:late", FaultKind.METHOD_TOO_LATE),
        ("schedule:along", FaultKind.ONLY_SHADOWS),
    ],
)
def test_every_cause_is_named(notify: str, kind: FaultKind) -> None:
    more = """\
---
channel: {name: ops, kind: email, address: ops@example.org}
team: {name: empty}
users:
  - {name: dan}
  - name: late
    contact_methods:
      - {name: mail, kind: email, address: late@example.org}
      - {name: phone, kind: webhook, address: 'https://p.example.org/', secret: env:A}
    notification_rules: {high: [{method: mail}, {method: phone, after: 6m}]}
schedule:
  name: along
  time_zone: UTC
  layers:
    - name: along
      role: shadow
      rotation:
        {every: 1 week, handoff: "09:00", starts_on: 2026-01-05, participants: [ana]}
"""
    proof = proved(service("{within: 5m}", notify=notify) + more, days=1)

    (found,) = proof.services[0].intents[0].counter_examples
    assert kind in {fault.kind for fault in found.faults}
    assert all(fault.in_words() and fault.remedy() for fault in found.faults)


TURNS = """\
escalation_policy:
  name: first
  rules:
    - {notify: [%s], escalate_after: 5m, round_robin: true}
%s
service: {name: shop, escalation_policy: first, coverage: {%s}}
channel: {name: ops, kind: terminal}
"""


@pytest.mark.parametrize(
    ("people", "after", "asks"),
    [
        # Ben is the last resort, too, who is told at five minutes and does not count.
        ("user:ana, user:ben", "", "methods: 2, within: 5m"),
        # Ana is told again, by her slow rule; whoever had the turn was told at once.
        (
            "user:ana, user:ben",
            "    - {notify: user:ana, escalate_after: 5m}",
            "people: 1, within: 5m",
        ),
        # Two turns of three people: one of the first, and one of the others.
        (
            "user:ana, user:ben",
            "    - {notify: user:cy, escalate_after: 5m, round_robin: true}",
            "people: 2, methods: 1, within: 5m",
        ),
    ],
)
def test_whoever_has_the_turn_covers_and_is_not_counted_out_for_a_later_level(
    people: str, after: str, asks: str
) -> None:
    assert told(proved(TURNS % (people, after, asks))) == []


def test_whose_turn_may_come_twice_is_no_second_person() -> None:
    text = TURNS % (
        "user:ana, user:ben",
        "    - {notify: [user:ben, user:cy], escalate_after: 5m, round_robin: true}",
        "people: 2, methods: 1, within: 5m",
    )

    ((_, _, said),) = told(proved(text))

    assert "1 of 2 people in time" in said


def test_a_channel_beside_people_who_take_turns_is_not_said_to_be_alone() -> None:
    text = TURNS % (
        "user:ana, user:ben, channel:ops",
        "    - {notify: user:ana, escalate_after: 5m}",
        "people: 2, methods: 2, within: 5m",
    )

    ((_, _, said),) = told(proved(text))

    assert "only a channel" not in said
    assert "1 of 2 people in time" in said
