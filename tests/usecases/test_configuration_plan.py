"""A plan against what is in force, and one of two sets of files, say what it means."""

from datetime import UTC, datetime

from tests.configured import Desk, checked

from handrail.core.configuration.consequence.consequence import ConsequenceKind
from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.usecases import configuration

ROTA = """\
users:
  - {name: ana, contact_methods: [{name: t, kind: terminal}]}
  - {name: ben, contact_methods: [{name: t, kind: terminal}]}
schedule:
  name: primary
  time_zone: UTC
  rotation: {every: 1 week, handoff: '09:00', starts_on: 2026-01-05, participants: [%s]}
"""
OVERRIDES = """\
overrides:
  - {name: one, schedule: primary, user: ana, from: 2026-02-01 09:00, %s}
  - {name: two, schedule: primary, user: ben, from: 2026-02-01 12:00, %s}
""" % (("until: 2026-02-02 09:00",) * 2)
NOW = datetime(2026, 1, 12, 12, tzinfo=UTC)


def test_a_plan_names_who_is_relieved_at_once() -> None:
    desk = Desk()
    desk.apply(ROTA % "ana, ben")
    desk.now = NOW
    plan = desk.store.read(
        lambda tx: configuration.plan(tx, desk.check(ROTA % "ben, ana"))
    )
    first = plan.consequences.items[0]
    assert first.kind is ConsequenceKind.ON_CALL_NOW
    assert first.text.startswith("ben is on call now in primary")
    lines = plan.lines()
    assert "What it means for people until 2026-04-06:" in lines
    told = plan.as_json()["consequences"]
    assert isinstance(told, list)
    assert len(told) == len(plan.consequences.items)


def test_what_changes_nobodys_time_has_no_consequence() -> None:
    desk = Desk()
    desk.apply(ROTA % "ana, ben" + OVERRIDES)
    desk.now = NOW
    same = ROTA % "ana, ben" + OVERRIDES + "channel: {name: c, kind: terminal}\n"
    plan = desk.store.read(lambda tx: configuration.plan(tx, desk.check(same)))
    assert plan.changes
    assert plan.consequences.items == ()


def test_overrides_in_another_order_have_one() -> None:
    desk = Desk()
    desk.apply(ROTA % "ana, ben" + OVERRIDES)
    desk.now = NOW
    head, one, two = OVERRIDES.splitlines(keepends=True)
    text = ROTA % "ana, ben" + head + two + one
    plan = desk.store.read(lambda tx: configuration.plan(tx, desk.check(text)))
    assert {c.user for c in plan.consequences.items} == {"ana", "ben"}


COVERED = (
    ROTA % "ana"
    + """\
escalation_policy:
  name: first
  rules: [{notify: schedule:primary, escalate_after: 5m}]
service: {name: shop, escalation_policy: first, coverage: {methods: 1}}
last_resort: {notify: user:ben}
"""
)


CHANNEL = "channel: {name: c, kind: terminal}\n"


def covered() -> Desk:
    """Return a desk at which ana, and ana alone, has shown that she is reached."""
    desk = Desk()
    desk.apply(COVERED)
    desk.now = NOW
    key = MethodKey(Slug("ana"), Slug("t"), ChannelKind.TERMINAL, "t")
    shown = Verification(key=key, at=NOW, via=Via.TEST)
    desk.store.run(lambda tx: tx.contact.verify(shown))
    return desk


def lost(desk: Desk, text: str) -> list[str]:
    plan = desk.store.read(lambda tx: configuration.plan(tx, desk.check(text)))
    found = plan.consequences.items
    return [one.text for one in found if one.kind is ConsequenceKind.COVERAGE]


def test_a_plan_tells_of_cover_that_goes_by_what_people_have_shown() -> None:
    desk = covered()

    (said,) = lost(desk, COVERED.replace("participants: [ana]", "participants: [ben]"))

    assert said.startswith("shop is no longer covered as it asks, from now on UTC: ")
    assert "ben was not shown to be reached over t" in said


def test_cover_that_goes_is_told_where_nobody_has_shown_anything_yet() -> None:
    desk = Desk()
    desk.apply(COVERED)
    desk.now = NOW

    (said,) = lost(desk, COVERED.replace("schedule:primary", "channel:c") + CHANNEL)

    assert said.startswith("shop is no longer covered as it asks, from now on UTC: ")


def test_a_new_name_takes_no_cover_away() -> None:
    text = COVERED.replace("name: ana,", "name: anna, renamed_from: ana,")
    text = text.replace("participants: [ana]", "participants: [anna]")
    text = text.replace("name: shop,", "name: store, renamed_from: shop,")

    assert lost(covered(), text) == []


def test_an_apply_tells_no_consequences() -> None:
    desk = Desk()
    assert desk.apply(ROTA % "ana, ben").plan.consequences.items == ()


def test_two_sets_of_files_are_compared_as_a_server_would() -> None:
    desk = Desk()
    desk.apply(ROTA % "ana, ben" + OVERRIDES)
    desk.now = NOW
    new = ROTA % "ben, ana" + OVERRIDES
    served = desk.store.read(lambda tx: configuration.plan(tx, desk.check(new)))
    offline = configuration.compare(
        checked(ROTA % "ana, ben" + OVERRIDES), checked(new), now=NOW
    )
    assert offline.consequences == served.consequences
    assert [c.subject for c in offline.changes] == [c.subject for c in served.changes]


def test_a_set_of_files_compared_with_itself_says_nothing() -> None:
    text = ROTA % "ana, ben" + OVERRIDES
    plan = configuration.compare(checked(text), checked(text), now=NOW)
    assert plan.changes == ()
    assert plan.consequences.lines() == ()


def test_an_override_written_between_others_keeps_its_place() -> None:
    desk = Desk()
    desk.apply(ROTA % "ana, ben" + OVERRIDES)
    desk.now = NOW
    # Only the title differs, and with it the schedule's document.
    text = (ROTA % "ana, ben").replace("name: primary", "name: primary\n  title: First")
    plan = desk.store.read(
        lambda tx: configuration.plan(tx, desk.check(text), is_partial=True)
    )
    assert [change.subject for change in plan.changes] == ["schedule primary"]
    assert plan.consequences.items == ()
