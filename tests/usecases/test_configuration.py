import json
from collections.abc import Iterator

import pytest
from tests.configured import EXAMPLE, SMALL, SOURCE_KINDS, Desk, checked

from handrail.core.configuration.node import SourceFile
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases import configuration

# Each: the file, the line and the field of its one error, words of the message.
BAD = [
    ("user: {name: Ana}", 1, "user.name", '"Ana" is not a name'),
    ("user: {name: nobody}", 1, "user.name", "reserved"),
    ("user: {name: 7}", 1, "user.name", "must be text, is a number"),
    ("user: {nam: ana, name: b}", 1, "user b", 'did you mean "name"?'),
    ("user:\n  email: a@b.org", 2, "user.name", "is required and missing"),
    ("users: [{name: ana}, {}]", 1, "users[1].name", "is required"),
    ("user: ana", 1, "user", "must be a mapping, is text"),
    ("usr: {name: ana}", 1, "", 'did you mean "user"?'),
    ("- user", 1, "", "must be a mapping of kinds, is a list"),
    ("user:\n  name: ana\n  email: a@@b", 3, "user ana.email", "e-mail address"),
    ("user:\n  name: ana\n  email: 'a..b@c.org'", 3, "user ana.email", "e-mail"),
    ("user:\n  name: ana\n  time_zone: Berlin", 3, "user ana.time_zone", "IANA"),
    ("user:\n  name: ana\n  time_zone: '../UTC'", 3, "user ana.time_zone", "IANA"),
    ("user:\n  name: ana\n  role: boss", 3, "user ana.role", "admin, responder"),
    ("user:\n  name: ana\n  role: Admin", 3, "user ana.role", "write admin"),
    ("user:\n  name: ana\n  role:", 3, "user ana.role", "has no value"),
    (
        "user:\n  name: ana\n  contact_methods:\n    - {name: m, kind: email}",
        4,
        "user ana.contact_methods[0].address",
        "is required for email",
    ),
    (
        (
            "user:\n  name: ana\n  contact_methods:\n"
            "    - {name: m, kind: webhook, address: 'ftp://x', secret: env:S}"
        ),
        4,
        "user ana.contact_methods[0].address",
        "is not a link",
    ),
    (
        (
            "user:\n  name: ana\n  contact_methods:\n"
            "    - name: m\n      kind: webhook\n      address: https://x.org\n"
            "      secret: hunter2hunter2"
        ),
        7,
        "user ana.contact_methods[0].secret",
        "never stands in the file itself",
    ),
    (
        (
            "user:\n  name: ana\n  contact_methods:\n"
            "    - {name: m, kind: terminal, secret: env:S}"
        ),
        4,
        "user ana.contact_methods[0].secret",
        "only a webhook has a secret",
    ),
    (
        (
            "user:\n  name: ana\n  contact_methods:\n"
            "    - {name: m, kind: terminal}\n    - {name: m, kind: terminal}"
        ),
        5,
        "user ana.contact_methods[1].name",
        "two contact methods",
    ),
    (
        (
            "user:\n  name: ana\n  contact_methods: [{name: mail, kind: terminal}]\n"
            "  notification_rules:\n    high:\n      - {method: mial}"
        ),
        6,
        "user ana.notification_rules.high[0].method",
        'did you mean "mail"?',
    ),
    (
        "user:\n  name: ana\n  notification_rules:\n    hihg: []",
        4,
        "user ana.notification_rules",
        'did you mean "high"?',
    ),
    ("team: {name: t, members: [zoe]}", 1, "team t.members[0]", 'no user "zoe"'),
    ("team: {name: t, lead: zoe}", 1, "team t.lead", 'no user "zoe"'),
    ("user: {name: a}\nteam: {name: t, members: [a, a]}", 2, "team t.members[1]", "tw"),
    ("team: {name: t, members: a}", 1, "team t.members", "must be a list, is text"),
    ("service: {name: s}", 1, "service s.escalation_policy", "is required"),
    (
        "service:\n  name: s\n  escalation_policy: p",
        3,
        "service s.escalation_policy",
        'no escalation policy "p"',
    ),
    ("escalation_policy: {name: p, rules: []}", 1, "escalation_policy p.rules", "no l"),
    (
        (
            "escalation_policy:\n  name: p\n  rules:\n    - notify: []\n"
            "      escalate_after: 5m"
        ),
        4,
        "escalation_policy p.rules[0].notify",
        "the level is empty",
    ),
    (
        (
            "user: {name: a}\nescalation_policy:\n  name: p\n  rules:\n"
            "    - notify: user:a\n      escalate_after: 25h"
        ),
        6,
        "escalation_policy p.rules[0].escalate_after",
        "is not between 1s and 24h",
    ),
    (
        (
            "user: {name: a}\nescalation_policy:\n  name: p\n  rules:\n"
            "    - notify: user:a\n      escalate_after: 5"
        ),
        6,
        "escalation_policy p.rules[0].escalate_after",
        "must be text, is a number; write it like 5m",
    ),
    (
        (
            "user: {name: a}\nescalation_policy:\n  name: p\n  rounds: 0\n  rules:\n"
            "    - {notify: user:a, escalate_after: 5m}"
        ),
        4,
        "escalation_policy p.rounds",
        "must be a whole number from 1 to 10, is 0",
    ),
    (
        (
            "user: {name: ana}\nescalation_policy:\n  name: p\n  rules:\n"
            "    - notify:\n        - user:ana\n        - schedule:ana\n"
            "      escalate_after: 5m"
        ),
        7,
        "escalation_policy p.rules[0].notify[1]",
        "that is the name of a user",
    ),
    (
        (
            "escalation_policy:\n  name: p\n  rules:\n    - notify: ana\n"
            "      escalate_after: 5m"
        ),
        4,
        "escalation_policy p.rules[0].notify",
        "is not a target",
    ),
    ("last_resort: {notify: []}", 1, "last_resort.notify", "last resort is empty"),
    ("last_resort: {notify: team:t}", 1, "last_resort.notify", "must not be able to"),
    ("last_resort: [1]", 1, "last_resort", "must be a mapping, is a list"),
    (
        "severity_matrix:\n  SEV1: {hours: sometimes}",
        2,
        "severity_matrix.SEV1.hours",
        "always, support_hours, never",
    ),
    ("severity_matrix: {SEV5: {}}", 1, "severity_matrix", 'did you mean "SEV'),
    (
        "integration: {name: i, source: grafana}",
        1,
        "integration i.source",
        "alertmanager_api",
    ),
    (
        "integration:\n  name: i\n  source: generic\n  key: 0123456789abcdef",
        4,
        "integration i.key",
        "never stands in the file itself",
    ),
    (
        "channel: {name: c, kind: email, address: nope}",
        1,
        "channel c.address",
        "e-mail",
    ),
    ("user: {name: a}\n---\nuser: {name: a}", 3, "user a.name", "first is at f.yaml:1"),
    ("user: {name: b, renamed_from: b}", 1, "user b.renamed_from", "its own name"),
    (
        "users: [{name: a}, {name: b, renamed_from: a}]",
        1,
        "user b.renamed_from",
        "there still is a user a",
    ),
    ("user: {name: a}\nuser: {name: b}", 2, "", "stands twice"),
    ("user:\n\tname: a", 2, "", "a tab"),
]
SCHEDULE = """\
user: {{name: a}}
schedule:
  name: s
  time_zone: {zone}
  rotation:
    every: {every}
    handoff: {handoff}
    starts_on: {starts_on}
    participants: {participants}
"""
FITTING = {
    "zone": "Europe/Berlin",
    "every": "1 week",
    "handoff": "09:00",
    "starts_on": "2026-01-05",
    "participants": "[a]",
}
BAD_TURNS = [
    ("zone", "CET+1", 4, "schedule s.time_zone", "IANA"),
    ("every", "0 weeks", 6, "schedule s.rotation.every", "turn's length"),
    ("every", "month", 6, "schedule s.rotation.every", "turn's length"),
    ("handoff", "'24:00'", 7, "schedule s.rotation.handoff", "time of day"),
    ("handoff", "900", 7, "schedule s.rotation.handoff", "must be text"),
    ("starts_on", "2026-02-30", 8, "schedule s.rotation.starts_on", "not a date"),
    ("participants", "[]", 9, "schedule s.rotation.participants", "nobody takes"),
    ("participants", "[z]", 9, "schedule s.rotation.participants[0]", 'no user "z"'),
]
BAD_OVERRIDES = [
    ("2026-12-27 09:00", "2026-12-24 09:00", "is not after from"),
    ("2026-12-24 09:00", "2026-12-24 09:00", "is not after from"),
    ("2026-12-24 09:00", "2026-12-24T08:00:00Z", "is not after from"),
    ("2026-03-29 02:00", "2026-03-29 02:30", "skip what is between"),
    ("2026-12-24 09:00", "soon", "is not a moment"),
]


@pytest.mark.parametrize(("text", "line", "field", "words"), BAD)
def test_an_error_names_line_field_and_remedy(
    text: str, line: int, field: str, words: str
) -> None:
    result = checked(text)

    found = [problem for problem in result.problems if problem.is_error]
    assert [(p.place.line, p.field) for p in found] == [(line, field)], result.lines()
    assert words in found[0].line()
    assert found[0].line().startswith(f"f.yaml:{line}: ")


@pytest.mark.parametrize(("name", "value", "line", "field", "words"), BAD_TURNS)
def test_a_wrong_rotation_is_named(
    name: str, value: str, line: int, field: str, words: str
) -> None:
    text = SCHEDULE.format(**{**FITTING, name: value})

    result = checked(text)

    found = [problem for problem in result.problems if problem.is_error]
    assert [(p.place.line, p.field) for p in found] == [(line, field)], result.lines()
    assert words in found[0].line()


@pytest.mark.parametrize(("begins", "ends", "words"), BAD_OVERRIDES)
def test_a_wrong_override_is_named(begins: str, ends: str, words: str) -> None:
    override = f"override: {{name: o, schedule: s, user: a, from: '{begins}'"

    result = checked(f"{SCHEDULE.format(**FITTING)}{override}, until: '{ends}'}}")

    found = [problem for problem in result.problems if problem.is_error]
    assert [(p.place.line, p.field) for p in found] == [(10, "override o.until")]
    assert words in found[0].message


def test_every_error_is_named_at_once() -> None:
    text = "user: {name: A}\n---\nteam: {name: t, lead: x, size: 3}\n"

    lines = checked(text).lines()

    assert [line.split(": ")[0] for line in lines[:-1]] == ["f.yaml:1"] + [
        "f.yaml:3"
    ] * 2
    assert lines[-1] == "3 errors: cannot be applied."


def test_a_misspelled_target_gets_the_near_name() -> None:
    text = SCHEDULE.format(**FITTING).replace("name: s", "name: payments-primary")
    policy = (
        "escalation_policy:\n  name: payments-oncall\n  rules:\n"
        "    - notify: schedule:payments-primry\n      escalate_after: 5m\n"
    )

    lines = checked(text + policy).lines()

    assert lines[0] == (
        "f.yaml:13: escalation_policy payments-oncall.rules[0].notify: "
        'no schedule "payments-primry"; did you mean "payments-primary"?'
    )


def test_references_reach_across_files() -> None:
    files = [
        SourceFile(name="a.yaml", text="team: {name: t, lead: ana}"),
        SourceFile(name="b.yaml", text="user: {name: ana}"),
    ]

    result = configuration.check(
        files, reader=YamlDocumentReader(), source_kinds=SOURCE_KINDS
    )

    assert not result.has_errors


def test_the_example_has_neither_errors_nor_warnings() -> None:
    result = checked(EXAMPLE.read_text())

    assert result.lines() == ("18 documents, no errors, 0 warnings.",)
    assert result.as_json()["ok"] is True


def test_the_form_of_the_mission_is_read() -> None:
    text = """\
user: {name: eng-manager}
schedules:
  - &primary
    name: payments-primary
    time_zone: UTC
    rotation: {every: 1 day, handoff: 9:00, starts_on: 2026-01-05,
      participants: [eng-manager]}
  - name: payments-secondary
    time_zone: UTC
    rotation: {every: 2 weeks, handoff: 09:00, starts_on: 2026-01-05,
      participants: [eng-manager, nobody]}
---
escalation_policy:
  name: payments-oncall
  rules:
    - notify: schedule:payments-primary
      escalate_after: 5m
    - notify: schedule:payments-secondary
      escalate_after: 5m
    - notify: user:eng-manager
      escalate_after: 10m
"""
    desk = Desk()

    desk.apply(text)

    policy = desk.store.read(lambda tx: tx.configuration.snapshot()).policies
    levels = policy[Slug("payments-oncall")].levels
    assert [str(level.targets[0]) for level in levels] == [
        "schedule:payments-primary",
        "schedule:payments-secondary",
        "user:eng-manager",
    ]
    assert [level.escalate_after.total_seconds() for level in levels] == [300, 300, 600]


def test_applying_twice_changes_nothing_the_second_time() -> None:
    desk = Desk()

    first = desk.apply(SMALL)
    second = desk.apply(SMALL)

    assert (first.revision, first.is_changed) == (1, True)
    assert (second.revision, second.is_changed) == (1, False)
    assert second.lines()[-1] == "Nothing to do at revision 1."
    assert second.plan.unchanged == 8
    assert len(desk.store.read(lambda tx: tx.event.read("config"))) == 1


def test_another_spelling_of_the_same_is_no_change() -> None:
    desk = Desk()
    desk.apply(SMALL)

    again = desk.apply(
        SMALL.replace("5m", "300s")
        .replace("notify: user:ana", "notify: [user:ana]")
        .replace("name: ana\n", "name: ana\n  time_zone: UTC\n")
    )

    assert not again.is_changed


def test_a_change_is_shown_field_by_field_and_kept_as_a_version() -> None:
    desk = Desk()
    desk.apply(SMALL)

    applied = desk.apply(SMALL.replace("5m", "10m"))

    assert applied.lines()[:2] == (
        "~ escalation_policy first",
        "    rules[0].escalate_after: 5m → 10m",
    )
    history = desk.store.read(
        lambda tx: tx.configuration.history("escalation_policy", Slug("first"))
    )
    assert [document.version for document in history] == [1, 2]
    assert [document.revision for document in history] == [1, 2]


def test_what_the_files_no_longer_hold_is_removed_and_said() -> None:
    desk = Desk()
    desk.apply(SMALL)

    applied = desk.apply(
        SMALL.replace("  - {name: b, match: 'job=\"b\"', service: shop}\n", "")
    )

    assert applied.lines()[0] == "- route b"
    routes = desk.store.read(lambda tx: tx.configuration.snapshot()).routes
    assert [route.name for route in routes] == ["a", "rest"]


def test_a_partial_apply_keeps_what_the_files_do_not_name() -> None:
    desk = Desk()
    desk.apply(SMALL)

    applied = desk.apply("team: {name: t, lead: ana}", is_partial=True)

    assert applied.lines()[0] == "+ team t"
    snapshot = desk.store.read(lambda tx: tx.configuration.snapshot())
    assert list(snapshot.users) == ["ana"]
    assert snapshot.teams[Slug("t")].lead == "ana"


def test_a_partial_apply_cannot_take_away_what_others_refer_to() -> None:
    desk = Desk()
    desk.apply(SMALL)

    with pytest.raises(InvalidError) as refused:
        desk.apply(
            "user: {name: bob, renamed_from: ana}",
            is_partial=True,
        )

    assert any('no user "ana"' in said for said in refused.value.fields.values())


def test_files_without_a_document_remove_nothing() -> None:
    desk = Desk()
    desk.apply(SMALL)

    with pytest.raises(InvalidError, match="would remove everything"):
        desk.apply("# nothing here\n")

    assert desk.apply(SMALL).is_changed is False


def test_errors_refuse_the_apply_and_name_their_fields() -> None:
    desk = Desk()

    with pytest.raises(InvalidError) as refused:
        desk.apply("user: {name: a, role: boss}\nteam: {name: t, lead: b}")

    assert list(refused.value.fields) == [
        "f.yaml:1 user a.role",
        "f.yaml:2 team t.lead",
    ]
    assert desk.store.read(lambda tx: tx.configuration.revisions()) == []


def test_a_rename_keeps_the_thing_and_says_so() -> None:
    desk = Desk()
    desk.apply(SMALL)

    renamed = SMALL.replace("prom,", "prometheus, renamed_from: prom,")
    applied = desk.apply(renamed)
    again = desk.apply(renamed)

    assert applied.lines()[0] == "~ integration prometheus (was prom)"
    assert not again.is_changed
    snapshot = desk.store.read(lambda tx: tx.configuration.snapshot())
    assert list(snapshot.integrations) == ["prometheus"]


def test_a_route_put_between_others_moves_neither() -> None:
    desk = Desk()
    desk.apply(SMALL)

    applied = desk.apply(
        SMALL.replace(
            "  - {name: rest", "  - {name: c, service: shop}\n  - {name: rest"
        )
    )

    assert [change.subject for change in applied.plan.changes] == ["route c"]
    routes = desk.store.read(lambda tx: tx.configuration.snapshot()).routes
    assert [route.name for route in routes] == ["a", "b", "c", "rest"]


def test_a_moved_route_is_the_only_change() -> None:
    desk = Desk()
    desk.apply(SMALL)
    lines = SMALL.splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if "name: b" in line)
    lines[place - 1 : place + 1] = reversed(lines[place - 1 : place + 1])

    applied = desk.apply("".join(lines))

    assert len(applied.plan.changes) == 1
    routes = desk.store.read(lambda tx: tx.configuration.snapshot()).routes
    assert [route.name for route in routes] == ["b", "a", "rest"]


def test_a_plan_changes_nothing() -> None:
    desk = Desk()
    desk.apply(SMALL)
    result = desk.check(SMALL.replace("5m", "10m"))

    planned = desk.store.read(lambda tx: configuration.plan(tx, result))

    assert planned.summary() == "1 changed, 7 unchanged"
    assert json.loads(json.dumps(planned.as_json()))["changes"][0]["fields"] == [
        {"field": "rules[0].escalate_after", "before": "5m", "after": "10m"}
    ]
    assert len(desk.store.read(lambda tx: tx.configuration.revisions())) == 1


def test_a_plan_that_was_overtaken_is_refused() -> None:
    desk = Desk()
    desk.apply(SMALL)
    desk.apply(SMALL.replace("5m", "10m"))

    with pytest.raises(ConflictError, match="revision 2 came after"):
        desk.apply(SMALL, expected_revision=1)


def test_an_apply_is_recorded() -> None:
    desk = Desk()

    desk.apply(SMALL)

    (event,) = desk.store.read(lambda tx: tx.event.read("config"))
    assert (event.kind, event.actor) == ("configuration_applied", "user:ana")
    assert json.loads(event.payload)["revision"] == 1


def test_a_key_is_followed_on_the_server_and_only_its_digest_is_kept() -> None:
    desk = Desk()
    desk.vault.secrets["env:KEY"] = b"a-long-and-secret-key\n"
    text = SMALL.replace("source: generic}", "source: generic, key: env:KEY}")

    desk.apply(text)

    snapshot = desk.store.read(lambda tx: tx.configuration.snapshot())
    (digest,) = snapshot.integrations[Slug("prom")].key_digests
    assert snapshot.integration_by_key[digest].name == "prom"
    stored = desk.store.read(lambda tx: tx.configuration.documents())
    assert all("secret-key" not in document.body for document in stored)


def test_another_key_behind_the_same_reference_is_a_change() -> None:
    desk = Desk()
    desk.vault.secrets["env:KEY"] = b"a-long-and-secret-key"
    text = SMALL.replace("source: generic}", "source: generic, key: env:KEY}")
    desk.apply(text)
    desk.vault.secrets["env:KEY"] = b"another-long-secret-key"

    applied = desk.apply(text)

    assert applied.lines()[:2] == (
        "~ integration prom",
        "    key: the former value → another value",
    )


@pytest.mark.parametrize("secret", [None, b"", b"short"])
def test_a_key_that_is_missing_or_weak_is_refused(secret: bytes | None) -> None:
    desk = Desk()
    if secret is not None:
        desk.vault.secrets["env:KEY"] = secret
    text = SMALL.replace("source: generic}", "source: generic, key: env:KEY}")

    with pytest.raises(InvalidError, match="env:KEY"):
        desk.apply(text)

    assert not checked(text).has_errors


def _every_revision(desk: Desk) -> Iterator[int]:
    for text in (SMALL, SMALL.replace("5m", "10m"), EXAMPLE.read_text()):
        yield desk.apply(text).revision


def test_earlier_revisions_can_still_be_seen() -> None:
    desk = Desk()

    revisions = list(_every_revision(desk))

    assert revisions == [1, 2, 3]
    first, last = desk.store.read(
        lambda tx: (tx.configuration.snapshot_at(1), tx.configuration.snapshot_at(3))
    )
    assert list(first.services) == ["shop"]
    assert list(last.services) == ["checkout"]


def test_a_field_that_stands_one_level_too_high_is_led_inside() -> None:
    text = SCHEDULE.format(**FITTING).replace(
        "  rotation:",
        "  active: {days: [mon], from: '09:00', to: '17:00'}\n  rotation:",
    )

    lines = checked(text).lines()

    assert 'unknown field "active"; it stands inside "layers"' in lines[0]
