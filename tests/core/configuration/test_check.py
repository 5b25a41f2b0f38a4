"""Every doubt is raised by the configuration that deserves it, and only by that."""

import pytest
from tests.configured import SMALL, checked

SCHEDULE = (
    "schedule: {name: s, time_zone: UTC, rotation: {every: 1 day, handoff: '09:00', "
    "starts_on: 2026-01-05, participants: [%s]}}\n"
)
POLICY = "escalation_policy: {name: q, rules: [{notify: %s, escalate_after: 5m}]}\n"
ALONE = (
    "escalation_policy: {name: q, rules: "
    "[{notify: user:ana, escalate_after: 5m, round_robin: true}]}"
)
USED = "service: {name: t, escalation_policy: q, team: crew}\n"
CREW = "team: {name: crew, members: [ana], lead: ana}\n"
WHOLE = (
    SMALL.replace("service: {name: shop,", "service: {name: shop, team: crew,")
    + "tracker: {kind: none}\n"
)
DOUBTS = [
    ("user: {name: ben}", "user ben.contact_methods", "has no contact method"),
    (
        "user: {name: ben}\n" + POLICY % "user:ben",
        "user ben.contact_methods",
        "is paged by escalation_policy q",
    ),
    (
        "user: {name: ben, contact_methods: [{name: m, kind: terminal}]}\n"
        + SCHEDULE % "ana, ben"
        + POLICY % "schedule:s",
        "user ben.contact_methods",
        "only one contact method and is paged by schedule s",
    ),
    (
        "user: {name: ben}\n" + POLICY % "user:ben",
        "escalation_policy q.rules[0].notify",
        "the level is empty",
    ),
    (
        "user: {name: ben}\n" + POLICY % "user:ben",
        "escalation_policy q",
        "reaches nobody at all",
    ),
    (
        SCHEDULE % "ana, nobody" + POLICY % "schedule:s",
        "escalation_policy q.rules[0].notify",
        "empty at times",
    ),
    (
        SCHEDULE % "ana, nobody" + POLICY % "schedule:s",
        "schedule s.rotation.participants",
        "has turns of nobody",
    ),
    (
        ALONE,
        "escalation_policy q.rules[0].round_robin",
        "there is one person to take turns",
    ),
    (
        "team: {name: none}\n" + POLICY % "team:none",
        "escalation_policy q.rules[0].notify",
        "the level is empty",
    ),
    ("team: {name: none}", "team none.members", "has no member"),
    ("team: {name: none}", "team none", "has no lead"),
    (SCHEDULE % "ana", "schedule s", "used by no escalation policy"),
    (POLICY % "user:ana", "escalation_policy q", "used by no service"),
    ("service: {name: t, escalation_policy: first}", "service t", "has no owner"),
    ("route: {name: late, service: shop}", "route late", "is never reached"),
    (
        "user: {name: ben}\nseverity_matrix: {SEV1: {page: user:ben}}",
        "severity_matrix.SEV1.page",
        "nobody behind it can be reached",
    ),
    (
        "user: {name: ben}\nseverity_matrix: {SEV1: {page: user:ben}}",
        "user ben.contact_methods",
        "is paged by severity_matrix",
    ),
    (
        "channel: {name: c, kind: webhook, address: 'http://x.org', secret: env:S}",
        "channel c.address",
        "not encrypted",
    ),
    (
        "channel: {name: c, kind: webhook, address: 'https://x.org'}",
        "channel c",
        "has no secret",
    ),
    (
        (
            "user: {name: ben, contact_methods: [{name: m, kind: terminal}], "
            "notification_rules: {high: [{method: m, after: 1m}]}}"
        ),
        "user ben.notification_rules.high",
        "nothing is sent at once",
    ),
]


@pytest.mark.parametrize(("text", "field", "words"), DOUBTS)
def test_a_doubt_is_raised_with_its_place(text: str, field: str, words: str) -> None:
    result = checked(f"{WHOLE}---\n{CREW}---\n{text}")

    assert not result.has_errors, result.lines()
    found = [p for p in result.problems if p.field == field and words in p.message]
    assert found, result.lines()
    assert found[0].place.line > WHOLE.count("\n")


def test_a_sound_configuration_raises_none() -> None:
    assert checked(f"{WHOLE}---\n{CREW}").problems == ()


HOOK = "{kind: webhook, url: 'https://x.org'}"


@pytest.mark.parametrize(
    ("tracker", "words"),
    [
        (
            "severity_matrix: {SEV4: {impact: trifles}}\n",
            "there is none; what is SEV4 never pages",
        ),
        (f"tracker: {HOOK}\n", "has no secret"),
        (
            "tracker: {kind: webhook, url: 'http://x.org', secret: env:S}\n",
            "is not encrypted",
        ),
    ],
)
def test_a_tracker_is_missed_and_looked_at(tracker: str, words: str) -> None:
    text = WHOLE.replace("tracker: {kind: none}\n", tracker)

    problems = checked(f"{text}---\n{CREW}").problems

    assert [p.field for p in problems] == ["tracker" + ".url" * ("http:" in tracker)]
    assert words in problems[0].message


def test_where_every_severity_pages_no_tracker_is_missed() -> None:
    text = WHOLE.replace(
        "tracker: {kind: none}", "severity_matrix: {SEV4: {hours: support_hours}}"
    )

    assert checked(f"{text}---\n{CREW}").problems == ()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{kind: webhook}", "url"),
        ("{kind: none, url: 'https://x.org'}", "url"),
        ("{kind: none, secret: env:S}", "secret"),
        ("{kind: jira}", "kind"),
    ],
)
def test_a_tracker_that_does_not_fit_together_is_wrong(body: str, field: str) -> None:
    text = WHOLE.replace("{kind: none}", body)

    result = checked(f"{text}---\n{CREW}")

    assert result.has_errors
    assert any(p.field == f"tracker.{field}" for p in result.problems)


def test_a_missing_last_resort_is_said_loudly() -> None:
    text = WHOLE.replace("last_resort: {notify: user:ana}\n", "")

    result = checked(f"{text}---\n{CREW}")

    assert "MISSING" in result.lines()[0]
    assert not result.has_errors


def test_a_last_resort_that_reaches_nobody_is_said_loudly() -> None:
    text = WHOLE.replace("{notify: user:ana}", "{notify: user:ben}")

    result = checked(f"{text}---\n{CREW}---\nuser: {{name: ben}}\n")

    assert any("REACHES NOBODY" in line for line in result.lines())


def test_without_a_catch_all_route_an_integration_needs_a_service() -> None:
    text = WHOLE.replace("  - {name: rest, service: shop}\n", "") + f"---\n{CREW}"

    doubtful = checked(text)
    sound = checked(text.replace("source: generic", "source: generic, service: shop"))

    assert [p.field for p in doubtful.problems] == ["integration prom"]
    assert sound.problems == ()


def test_no_integration_at_all_is_doubtful() -> None:
    text = WHOLE.replace("integration: {name: prom, source: generic}\n", "")

    result = checked(f"{text}---\n{CREW}")

    assert ["no sender can reach" in p.message for p in result.problems] == [True]


def test_a_commanders_rota_is_a_use_of_a_schedule() -> None:
    rota = "severity_matrix: {SEV1: {page: schedule:s}}\n"

    result = checked(f"{WHOLE}---\n{SCHEDULE % 'ana'}---\n{rota}")

    assert not [p for p in result.problems if p.field == "schedule s"]


def test_the_accounts_e_mail_reaches_who_has_no_contact_method() -> None:
    """As the pager has it: a level is not empty that somebody is told at."""
    result = checked(
        f"{WHOLE}---\n{CREW}---\n"
        "user: {name: ben, email: ben@example.org}\n" + POLICY % "user:ben"
    )
    said = "\n".join(result.lines())
    assert "the level is empty" not in said
    assert "reaches nobody at all" not in said
    assert "nothing will ever reach" not in said
    assert "told over the account's e-mail only" in said
