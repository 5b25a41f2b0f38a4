from datetime import timedelta
from typing import Any

import pytest
from tests.rota import ANA, BEN, CLEO, DAN, LEA, MONDAY, ROTA, Rota

from handrail.core.cover.agreement import AgreementState
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from handrail.core.ids import Slug
from handrail.usecases import agreement
from handrail.usecases import cover as use
from handrail.usecases import override as override_use
from handrail.usecases.cover import Asked
from handrail.usecases.cover_plea import Plea
from handrail.usecases.override import Wish

WEB = Slug("web")


@pytest.fixture
def rota() -> Rota:
    return Rota()


def plea(starts: str = "", ends: str = "", lasts: str = "", **words: Any) -> Plea:
    span = SpanText(starts=starts, ends=ends, lasts=lasts)
    return Plea(schedule=WEB, span=span, **words)


def ask(rota: Rota, asked: Plea | None = None, by: Slug = ANA) -> Asked:
    return rota.do(use.ask, asked or plea("thu 18:00", "fri 06:00"), by=by)


def request(rota: Rota) -> CoverRequest:
    return rota.look(lambda tx: agreement.find(tx, CoverRequest, "COV-1"))


def expire(rota: Rota) -> int:
    return rota.store.run(lambda tx: agreement.expire_due(tx, ids=rota.ids, limit=10))


def test_everybody_free_is_asked_and_told_and_who_is_not_is_named(rota: Rota) -> None:
    asked = ask(rota)

    assert asked.request.name == "COV-1"
    assert asked.request.asked == (BEN,)
    ((left_out, why),) = asked.left_out
    assert left_out == CLEO
    assert "cleo is on call for db" in why
    assert rota.told() == [("ben", "COV-1: cover for ana on web?")]


def test_who_accepts_stands_in_for_that_stretch_and_the_asker_is_told(
    rota: Rota,
) -> None:
    ask(rota)

    taken = rota.do(agreement.accept, CoverRequest, "cov-1", by=BEN)

    assert (taken.state, taken.covered_by) == (AgreementState.ACCEPTED, BEN)
    assert taken.override == "override-1"
    assert rota.on_call(days=3, hours=8, minutes=59) == (ANA,)
    assert rota.on_call(days=3, hours=9) == (BEN,)
    assert rota.on_call(days=3, hours=21) == (ANA,)
    assert rota.told()[-1] == ("ana", "COV-1 was taken by ben")
    events = rota.look(lambda tx: tx.event.read(f"cover:{taken.id}"))
    assert [e.kind for e in events] == ["cover_asked", "cover_accepted"]


def test_who_only_stood_in_once_is_not_asked(rota: Rota) -> None:
    wish = Wish(schedule=WEB, user=DAN, ends_at=rota.now + timedelta(hours=1))
    rota.do(override_use.add, wish, by=LEA)
    rota.pass_time(hours=2)

    asked = ask(rota)
    assert DAN not in asked.request.asked
    assert DAN not in [
        user for user, _ in ask(rota, plea("fri 20:00", "22:00")).left_out
    ]


def test_the_second_who_accepts_is_told_who_was_first(rota: Rota) -> None:
    ask(rota, plea("mon 20:00", "23:00"))
    rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)

    with pytest.raises(ConflictError, match="COV-1 was taken by ben"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=CLEO)


def test_only_those_asked_can_answer(rota: Rota) -> None:
    ask(rota, plea("thu 18:00", "fri 06:00", whom=(BEN,)))

    for verb in (agreement.accept, agreement.decline):
        with pytest.raises(ForbiddenError, match="asks ben"):
            rota.do(verb, CoverRequest, "COV-1", by=DAN)
    with pytest.raises(ConflictError, match="your own request"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=ANA)


def test_once_all_have_declined_the_asker_hears_of_it(rota: Rota) -> None:
    ask(rota, plea("mon 20:00", "23:00", whom=(BEN, LEA)))

    rota.do(agreement.decline, CoverRequest, "COV-1", by=BEN)
    assert request(rota).state is AgreementState.OPEN
    rota.do(agreement.decline, CoverRequest, "COV-1", by=LEA)

    assert request(rota).state is AgreementState.DECLINED
    assert rota.told()[-1] == ("ana", "COV-1 was declined by everybody asked")


def test_who_declined_can_think_better_of_it(rota: Rota) -> None:
    ask(rota, plea("mon 20:00", "23:00", whom=(BEN, LEA)))
    rota.do(agreement.decline, CoverRequest, "COV-1", by=BEN)

    assert rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN).covered_by == BEN


def test_only_the_asker_withdraws_and_then_nobody_can_take_it(rota: Rota) -> None:
    ask(rota)
    with pytest.raises(ForbiddenError, match="ana's to withdraw"):
        rota.do(agreement.withdraw, CoverRequest, "COV-1", by=BEN)

    rota.do(agreement.withdraw, CoverRequest, "COV-1", by=ANA)

    with pytest.raises(ConflictError, match="withdrawn by ana"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)


def test_without_an_answer_it_expires_at_its_start_and_the_asker_is_told(
    rota: Rota,
) -> None:
    ask(rota)
    assert expire(rota) == 0
    rota.pass_time(days=3, hours=9)

    with pytest.raises(ConflictError, match="nobody took it"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)
    assert expire(rota) == 1

    assert request(rota).state is AgreementState.EXPIRED
    assert ("ana", "COV-1 is over: nobody took it") in rota.told()
    assert expire(rota) == 0
    assert rota.look(lambda tx: tx.agreement.next_due()) is None


def test_what_begins_now_can_be_taken_for_half_an_hour_from_then_on(
    rota: Rota,
) -> None:
    ask(rota, plea(lasts="3h"))
    rota.pass_time(minutes=20)

    taken = rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)

    assert taken.covered_from == MONDAY + timedelta(minutes=20)
    assert rota.on_call(minutes=-1) == (ANA,)
    assert rota.on_call() == (BEN,)


def test_without_a_time_it_is_the_rest_of_the_shift(rota: Rota) -> None:
    rota.pass_time(days=2)

    asked = rota.do(use.ask, plea(whom=(LEA,)), by=ANA).request

    assert (asked.starts_at, asked.ends_at) == (rota.now, MONDAY + timedelta(days=7))


def test_a_stretch_that_is_not_theirs_is_refused_with_what_is(rota: Rota) -> None:
    with pytest.raises(InvalidError, match="next shifts are: Mon 19 Jan 2026") as no:
        ask(rota, plea("thu 18:00", "fri 06:00"), by=BEN)

    assert "from" in no.value.fields


def test_asking_twice_for_the_same_is_refused(rota: Rota) -> None:
    ask(rota)

    with pytest.raises(ConflictError, match="COV-1 asks for cover then already"):
        ask(rota, plea("thu 20:00", "22:00"))


def test_a_lead_asks_in_the_place_of_who_is_ill(rota: Rota) -> None:
    with pytest.raises(ForbiddenError, match=r"lead \(lea\)"):
        ask(rota, plea(lasts="3h", asker=ANA), by=BEN)

    assert ask(rota, plea(lasts="3h", asker=ANA), by=LEA).request.asker == ANA


def test_nobody_is_asked_who_is_not_there(rota: Rota) -> None:
    with pytest.raises(InvalidError, match="no user 'zoe'"):
        ask(rota, plea(lasts="3h", whom=(Slug("zoe"),)))
    with pytest.raises(InvalidError, match="nobody can be asked: dan is on call"):
        ask(rota, plea(lasts="3h", whom=(DAN,)))
    with pytest.raises(NotFoundError, match="COV-9"):
        rota.do(agreement.accept, CoverRequest, "COV-9", by=BEN)


def test_who_came_on_call_meanwhile_cannot_take_it(rota: Rota) -> None:
    ask(rota)
    at = MONDAY + timedelta(days=3, hours=12)
    busy = Wish(schedule=Slug("db"), starts_at=at, ends_at=at + timedelta(hours=1))
    rota.do(override_use.add, busy, by=BEN)

    with pytest.raises(ConflictError, match="ben is on call for db"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)

    assert request(rota).state is AgreementState.OPEN


def test_a_plan_that_changed_is_not_covered(rota: Rota) -> None:
    ask(rota)
    rota.apply(
        ROTA.replace("[ana, ben, cleo]\n    every: 1 week", "[lea]\n    every: 1 week")
    )

    with pytest.raises(ConflictError, match="ana is not on call throughout web"):
        rota.do(agreement.accept, CoverRequest, "COV-1", by=BEN)


RESTED = f"""{ROTA}
---
rest_rules: {{min_rest: 11h, errors: [min_rest]}}
"""


def test_who_would_not_rest_enough_is_not_asked_where_that_is_an_error() -> None:
    rota = Rota(text=RESTED)
    late = plea("sun 20:00", "mon 07:00", whom=(BEN, LEA))

    asked = rota.do(use.ask, late, by=ANA)

    assert BEN not in asked.request.asked
    why = dict(asked.left_out)[BEN]
    assert "2h of rest between shifts, 11h is the least" in why


def test_where_it_is_a_warning_they_are_asked_and_the_asker_knows() -> None:
    rota = Rota(text=RESTED.replace("errors: [min_rest]", "errors: []"))

    asked = rota.do(use.ask, plea("sun 20:00", "mon 07:00"), by=ANA)

    assert BEN in asked.request.asked
    assert any("If ben takes it" in note for note in asked.notes)
