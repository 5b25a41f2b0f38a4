from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.rota import ANA, BEN, CLEO, LEA, MONDAY, ROTA, Rota

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import OverrideMode
from handrail.usecases import override as use
from handrail.usecases.override import Added, Wish

ROOT = Slug("root")
WEB = Slug("web")


@pytest.fixture
def rota() -> Rota:
    return Rota()


def wish(hours: float = 2, *, user: Slug | None = None, **words: Any) -> Wish:
    start = words.get("starts_at") or MONDAY
    ends_at = start + timedelta(hours=hours)
    return Wish(schedule=WEB, user=user, ends_at=ends_at, **words)


def test_anybody_can_take_over_at_once_and_whom_they_relieve_is_told(
    rota: Rota,
) -> None:
    added = rota.do(use.add, wish(2), by=BEN)

    assert rota.on_call() == (BEN,)
    assert rota.on_call(hours=2) == (ANA,)
    assert added.view.override.name == "override-1"
    assert added.notes == ()
    assert rota.told() == [("ana", "You are off call: web")]


def test_it_is_recorded_as_one_revision_with_who_did_it(rota: Rota) -> None:
    rota.do(use.add, wish(), by=BEN)

    event = rota.look(lambda tx: tx.event.read("config"))[-1]
    revision = rota.look(lambda tx: tx.configuration.revisions())[-1]
    assert (event.kind, event.actor) == ("override_added", "user:ben")
    assert '"because":"override"' in event.payload
    assert revision.by == "user:ben"


@pytest.mark.parametrize(
    "asked",
    [
        wish(user=BEN),
        wish(user=BEN, mode=OverrideMode.ADD),
        wish(user=BEN, mode=OverrideMode.REMOVE),
        wish(user=ANA, mode=OverrideMode.REMOVE),
    ],
)
def test_only_a_lead_or_an_admin_moves_others_or_leaves_a_shift(
    rota: Rota, asked: Wish
) -> None:
    with pytest.raises(ForbiddenError, match=r"the lead \(lea\)"):
        rota.do(use.add, asked, by=ANA)

    for directs in (LEA, ROOT):
        assert rota.do(use.add, asked, by=directs).view.override.user == asked.user


def test_a_schedule_that_no_team_owns_is_an_admins(rota: Rota) -> None:
    asked = Wish(schedule=Slug("db"), user=BEN, ends_at=MONDAY + timedelta(hours=1))

    with pytest.raises(ForbiddenError, match="needs an admin"):
        rota.do(use.add, asked, by=LEA)


def test_nothing_begins_in_the_past(rota: Rota) -> None:
    early = MONDAY - timedelta(days=3)

    added = rota.do(use.add, wish(96, starts_at=early), by=BEN)

    assert added.view.override.starts_at == MONDAY
    assert "The past stays as it was" in added.notes[0]


def test_what_lies_wholly_in_the_past_is_refused(rota: Rota) -> None:
    with pytest.raises(InvalidError, match="lies in the past") as refused:
        rota.do(use.add, wish(24, starts_at=MONDAY - timedelta(days=3)), by=BEN)

    assert "until" in refused.value.fields


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (wish(user=Slug("bem")), 'no user "bem"; did you mean "ben"'),
        (wish(user=BEN, instead_of=Slug("zoe")), "no user"),
        (wish(user=BEN, instead_of=BEN), "cannot stand in for themselves"),
        (
            wish(user=BEN, instead_of=ANA, mode=OverrideMode.ADD),
            "does not go with mode add",
        ),
        (wish(9000, user=BEN), "366 days at most"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    rota: Rota, asked: Wish, words: str
) -> None:
    with pytest.raises(InvalidError, match=words):
        rota.do(use.add, asked, by=ROOT)


def test_an_unknown_schedule_is_named_with_those_there_are(rota: Rota) -> None:
    asked = Wish(schedule=Slug("wep"), ends_at=MONDAY + timedelta(hours=1))

    with pytest.raises(NotFoundError, match='did you mean "web"'):
        rota.do(use.add, asked, by=BEN)


def test_the_one_it_shadows_is_named_at_once_and_in_lists(rota: Rota) -> None:
    rota.do(use.add, wish(4), by=BEN)
    start = MONDAY + timedelta(hours=1)

    added = rota.do(use.add, wish(1, user=CLEO, starts_at=start), by=ROOT)

    said = (
        "override-1 is shadowed by override-2 from "
        "Mon 12 Jan 2026 10:00 to 11:00 (Europe/Berlin)."
    )
    assert said in added.notes
    listed = rota.look(
        lambda tx: use.show_all(tx, schedule=WEB, is_all=False, limit=10)
    )
    assert [view.doubts() for view in listed] == [(said,), ()]


def test_an_override_that_changes_nothing_says_so(rota: Rota) -> None:
    added = rota.do(use.add, wish(user=CLEO, instead_of=BEN), by=ROOT)

    assert "changes nothing" in added.notes[0]
    assert "ben is not on call then" in added.notes[0]


def test_a_running_one_ends_now_and_its_past_stays(rota: Rota) -> None:
    rota.do(use.add, wish(4), by=BEN)
    rota.pass_time(hours=1)

    rota.do(use.remove, Slug("override-1"), by=ANA)

    assert rota.on_call() == (ANA,)
    assert rota.on_call(minutes=-1) == (BEN,)
    with pytest.raises(ConflictError, match="is over"):
        rota.do(use.remove, Slug("override-1"), by=ANA)


def test_a_coming_one_never_comes_to_be(rota: Rota) -> None:
    rota.do(use.add, wish(4, starts_at=MONDAY + timedelta(days=1)), by=BEN)

    rota.do(use.remove, Slug("override-1"), by=ANA)

    assert rota.on_call(days=1) == (ANA,)
    with pytest.raises(NotFoundError, match="no override"):
        rota.do(use.remove, Slug("override-1"), by=ANA)


def test_who_stands_in_cannot_put_the_other_back_on_call_alone(rota: Rota) -> None:
    rota.do(use.add, wish(4), by=BEN)

    with pytest.raises(ForbiddenError, match="puts ana on call"):
        rota.do(use.remove, Slug("override-1"), by=BEN)
    with pytest.raises(ForbiddenError):
        rota.do(use.remove, Slug("override-1"), by=CLEO)

    rota.do(use.remove, Slug("override-1"), by=LEA)
    assert rota.on_call() == (ANA,)


def test_who_was_added_beside_others_can_leave_again(rota: Rota) -> None:
    rota.do(use.add, wish(4, mode=OverrideMode.ADD), by=BEN)
    assert rota.on_call() == (ANA, BEN)

    rota.do(use.remove, Slug("override-1"), by=BEN)

    assert rota.on_call() == (ANA,)


def test_nobody_else_takes_off_call_who_was_added_beside_others(rota: Rota) -> None:
    added = rota.do(use.add, wish(4, mode=OverrideMode.ADD), by=BEN)

    with pytest.raises(ForbiddenError, match="takes ben off call"):
        rota.do(use.remove, Slug("override-1"), by=CLEO)

    assert rota.on_call() == (ANA, BEN)
    cleo = Actor(kind=ActorKind.USER, name=CLEO, role=Role.RESPONDER, user=CLEO)
    ben = Actor(kind=ActorKind.USER, name=BEN, role=Role.RESPONDER, user=BEN)
    plan = rota.snapshot
    assert not use.may_remove(cleo, added.view, plan, rota.now)
    assert use.may_remove(ben, added.view, plan, rota.now)
    rota.do(use.remove, Slug("override-1"), by=LEA)
    assert rota.on_call() == (ANA,)


IN_A_FILE = f"""{ROTA}
---
override:
  name: o
  schedule: web
  user: cleo
  from: 2026-01-12 10:00
  until: 2026-01-12 14:00
"""


def test_one_that_a_file_holds_is_removed_there() -> None:
    rota = Rota(text=IN_A_FILE)

    with pytest.raises(ConflictError, match="configuration file"):
        rota.do(use.remove, Slug("o"), by=ROOT)


def test_an_apply_of_files_leaves_it_alone(rota: Rota) -> None:
    rota.do(use.add, wish(4), by=BEN)

    rota.apply(ROTA.replace("5m", "10m"))

    assert rota.on_call() == (BEN,)


def test_what_a_file_adds_later_wins_over_it(rota: Rota) -> None:
    start = MONDAY + timedelta(hours=1)
    rota.do(use.add, wish(3, starts_at=start), by=BEN)

    rota.apply(IN_A_FILE)

    assert rota.on_call(hours=2) == (CLEO,)


def test_what_is_added_after_a_file_wins_over_it() -> None:
    rota = Rota(text=IN_A_FILE)

    rota.do(use.add, wish(3, starts_at=MONDAY + timedelta(hours=1)), by=BEN)

    assert rota.on_call(hours=2) == (BEN,)


def test_it_follows_a_person_and_a_schedule_that_are_renamed(rota: Rota) -> None:
    rota.do(use.add, wish(4, instead_of=ANA), by=BEN)
    text = ROTA.replace("name: ben,", "name: benno, renamed_from: ben,")
    text = text.replace("name: web\n  time", "name: www\n  renamed_from: web\n  time")
    text = text.replace("ben, cleo", "benno, cleo").replace("ule:web", "ule:www")

    rota.apply(text)

    assert rota.on_call("www") == ("benno",)


def test_one_that_runs_keeps_its_person_from_being_removed_and_says_how(
    rota: Rota,
) -> None:
    rota.do(use.add, wish(4, user=Slug("dan")), by=ROOT)
    gone = ROTA.replace("[dan, cleo]", "[cleo]")
    gone = "\n---\n".join(p for p in gone.split("\n---\n") if "name: dan" not in p)

    with pytest.raises(InvalidError, match="oncall override remove override-1"):
        rota.apply(gone)

    rota.pass_time(hours=5)
    applied = rota.apply(gone)
    assert "- override override-1" in applied.lines()


def test_it_begins_to_the_second(rota: Rota) -> None:
    rota.now = datetime(2026, 1, 12, 8, 0, 7, 999, tzinfo=UTC)

    added: Added = rota.do(use.add, wish(2), by=BEN)

    assert added.view.override.starts_at == rota.now.replace(microsecond=0)
    assert rota.on_call() == (BEN,)


def history(rota: Rota) -> list[tuple[int, datetime]]:
    documents = rota.look(
        lambda tx: tx.configuration.history("override", Slug("override-1"))
    )
    return [(one.version, one.effective_from) for one in documents]


def test_every_version_holds_from_when_it_was_made(rota: Rota) -> None:
    rota.do(use.add, wish(4), by=BEN)
    rota.pass_time(hours=1)
    rota.apply(
        ROTA.replace("name: ben,", "name: benno, renamed_from: ben,").replace(
            "ben, cleo", "benno, cleo"
        )
    )
    rota.pass_time(hours=1)

    rota.do(use.remove, Slug("override-1"), by=ANA)

    hours = [MONDAY + timedelta(hours=n) for n in range(3)]
    assert history(rota) == list(enumerate(hours, start=1))
