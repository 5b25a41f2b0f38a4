from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.rota import ANA, BEN, CLEO, DAN, LEA, MONDAY, ROTA, Rota

from handrail.core.cover.agreement import AgreementState, Leg
from handrail.core.cover.swap import Swap
from handrail.core.errors import ConflictError, ForbiddenError, InvalidError
from handrail.core.ids import Slug
from handrail.usecases import agreement
from handrail.usecases import override as override_use
from handrail.usecases import swap as use
from handrail.usecases.override import Wish
from handrail.usecases.swap import Found

WEB = Slug("web")
WEEK = timedelta(weeks=1)
ALONE = ROTA.replace("participants: [dan, cleo]", "participants: [dan]")
"""Nobody on web is on call for db as well."""


@pytest.fixture
def rota() -> Rota:
    made = Rota(text=ALONE)
    made.pass_time(days=1)
    return made


def find(rota: Rota, user: Slug = BEN, at: datetime | None = None) -> Found:
    return rota.look(lambda tx: use.find_swaps(tx, user, WEB, at=at))


def propose(rota: Rota, number: int = 0, by: Slug = BEN) -> Swap:
    legs = find(rota, by).result.options[number].legs
    return rota.do(use.propose, legs, by=by).swap


def now(rota: Rota) -> Swap:
    return rota.look(lambda tx: agreement.find(tx, Swap, "SWAP-1"))


def weeks(rota: Rota, count: int = 6) -> list[Slug]:
    """Return who has each week on web from the running one on."""
    days = (MONDAY - rota.now) / timedelta(days=1)
    return [rota.on_call(days=days + 7 * n + 3)[0] for n in range(count)]


def test_the_nearest_swap_of_two_comes_first(rota: Rota) -> None:
    found = find(rota)

    assert (found.wanted.user, found.wanted.starts_at) == (BEN, MONDAY + WEEK)
    best = found.result.options[0]
    assert [(leg.gives, leg.takes) for leg in best.legs] == [(BEN, CLEO), (CLEO, BEN)]
    assert best.legs[1].starts_at == MONDAY + 2 * WEEK
    assert best.hours_moved == timedelta(0)
    assert any(len(option.legs) == 3 for option in found.result.options)


def test_a_swap_of_two_is_done_when_the_other_agrees_and_not_before(
    rota: Rota,
) -> None:
    assert weeks(rota) == [ANA, BEN, CLEO, ANA, BEN, CLEO]

    swap = propose(rota)
    assert (swap.name, swap.awaits) == ("SWAP-1", (CLEO,))
    assert weeks(rota) == [ANA, BEN, CLEO, ANA, BEN, CLEO]
    assert rota.told() == [("cleo", "SWAP-1: will you swap with ben?")]

    done = rota.do(agreement.accept, Swap, "swap-1", by=CLEO)

    assert done.state is AgreementState.DONE
    assert done.overrides == ("override-1", "override-2")
    assert weeks(rota) == [ANA, CLEO, BEN, ANA, BEN, CLEO]
    revisions = rota.look(lambda tx: tx.configuration.revisions())
    assert revisions[-1].changes == 2
    events = rota.look(lambda tx: tx.event.read(f"swap:{done.id}"))
    kinds = [event.kind for event in events]
    assert kinds == ["swap_proposed", "swap_consented", "swap_done"]


def test_a_swap_of_three_needs_all_three(rota: Rota) -> None:
    options = find(rota).result.options
    number = next(n for n, option in enumerate(options) if len(option.legs) == 3)
    swap = propose(rota, number)

    first, second = swap.awaits
    rota.do(agreement.accept, Swap, "SWAP-1", by=first)
    assert weeks(rota) == [ANA, BEN, CLEO, ANA, BEN, CLEO]
    rota.do(agreement.accept, Swap, "SWAP-1", by=first)
    assert now(rota).state is AgreementState.OPEN

    rota.do(agreement.accept, Swap, "SWAP-1", by=second)

    assert now(rota).state is AgreementState.DONE
    for leg in swap.legs:
        schedule = rota.snapshot.schedules[WEB]
        at = (leg.starts_at - rota.now) / timedelta(hours=1)
        assert rota.on_call(schedule.name, hours=at + 1) == (leg.takes,)


def test_a_lead_proposes_in_the_place_of_who_is_ill(rota: Rota) -> None:
    legs = find(rota).result.options[0].legs
    with pytest.raises(ForbiddenError, match=r"lead \(lea\)"):
        rota.do(use.propose, legs, proposer=BEN, by=CLEO)
    with pytest.raises(InvalidError, match="frees you of a shift"):
        rota.do(use.propose, legs, proposer=Slug("zoe"), by=LEA)

    made = rota.do(use.propose, legs, proposer=BEN, by=LEA).swap

    assert (made.proposer, made.consents, made.awaits) == (BEN, (BEN,), (CLEO,))


def test_a_no_ends_it_and_who_had_agreed_is_told(rota: Rota) -> None:
    propose(rota)

    rota.do(agreement.decline, Swap, "SWAP-1", by=CLEO)

    assert now(rota).declined_by == CLEO
    assert rota.told()[-1] == ("ben", "SWAP-1 was declined by cleo")
    with pytest.raises(ConflictError, match="declined by cleo"):
        rota.do(agreement.accept, Swap, "SWAP-1", by=CLEO)


def test_only_whom_it_moves_can_answer_and_only_the_proposer_withdraws(
    rota: Rota,
) -> None:
    propose(rota)

    for verb in (agreement.accept, agreement.decline):
        with pytest.raises(ForbiddenError, match="moves no shift of yours"):
            rota.do(verb, Swap, "SWAP-1", by=LEA)
    with pytest.raises(ForbiddenError, match="ben's to withdraw"):
        rota.do(agreement.withdraw, Swap, "SWAP-1", by=CLEO)

    assert (
        rota.do(agreement.withdraw, Swap, "SWAP-1", by=BEN).state
        is AgreementState.WITHDRAWN
    )


def test_a_plan_that_changed_since_is_refused_with_what_changed(rota: Rota) -> None:
    propose(rota)
    at = MONDAY + WEEK + timedelta(days=1)
    wish = Wish(schedule=WEB, user=LEA, starts_at=at, ends_at=at + timedelta(hours=1))
    rota.do(override_use.add, wish, by=LEA)

    with pytest.raises(ConflictError, match="ben is not on call throughout web from"):
        rota.do(agreement.accept, Swap, "SWAP-1", by=CLEO)

    assert now(rota).state is AgreementState.OPEN
    assert now(rota).awaits == (CLEO,)
    assert weeks(rota)[1:3] == [BEN, CLEO]


def test_who_came_on_call_elsewhere_is_named(rota: Rota) -> None:
    propose(rota)
    at = MONDAY + WEEK + timedelta(days=1)
    db = Wish(schedule=Slug("db"), starts_at=at, ends_at=at + timedelta(hours=1))
    rota.do(override_use.add, db, by=CLEO)

    with pytest.raises(ConflictError, match="cleo is on call for db"):
        rota.do(agreement.accept, Swap, "SWAP-1", by=CLEO)


def test_it_runs_out_when_its_first_shift_begins(rota: Rota) -> None:
    propose(rota)
    rota.pass_time(days=6)

    with pytest.raises(ConflictError, match="has begun"):
        rota.do(agreement.accept, Swap, "SWAP-1", by=CLEO)
    closed = rota.store.run(lambda tx: agreement.expire_due(tx, ids=rota.ids, limit=10))

    assert closed == 1
    assert now(rota).state is AgreementState.EXPIRED
    assert ("ben", f"SWAP-1 {now(rota).standing}") in rota.told()


def leg(gives: Slug, takes: Slug, week: int, **shift: float) -> Leg:
    return Leg(
        schedule=WEB,
        starts_at=MONDAY + week * WEEK + timedelta(**shift),
        ends_at=MONDAY + (week + 1) * WEEK,
        gives=gives,
        takes=takes,
    )


def test_a_lead_puts_nobody_on_a_schedule_of_another_lead_by_a_swap(
    rota: Rota,
) -> None:
    away = replace(leg(DAN, BEN, 2), schedule=Slug("db"))

    with pytest.raises(ForbiddenError, match="on db needs an admin"):
        rota.do(use.propose, [leg(BEN, DAN, 1), away], proposer=BEN, by=LEA)


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        ([leg(BEN, CLEO, 1)], "two or three shifts"),
        ([leg(BEN, CLEO, 1), leg(BEN, CLEO, 4)], "two or three shifts"),
        ([leg(BEN, BEN, 1), leg(CLEO, CLEO, 2)], "two or three shifts"),
        ([leg(ANA, CLEO, 3), leg(CLEO, ANA, 2)], "frees you of a shift of your own"),
        ([leg(BEN, CLEO, 1, hours=1), leg(CLEO, BEN, 2)], "no whole shift of ben"),
        ([leg(BEN, CLEO, 2), leg(CLEO, BEN, 1)], "no whole shift of ben"),
    ],
)
def test_what_is_no_swap_is_refused(rota: Rota, legs: list[Leg], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        rota.do(use.propose, legs, by=BEN)


def test_the_same_is_not_proposed_twice(rota: Rota) -> None:
    propose(rota)

    with pytest.raises(ConflictError, match="SWAP-1 proposes it already"):
        propose(rota)


def test_a_shift_that_is_not_theirs_is_refused_with_those_that_are(rota: Rota) -> None:
    with pytest.raises(InvalidError, match="the next are: Mon 19 Jan 2026 09:00"):
        find(rota, BEN, at=datetime(2026, 1, 15, tzinfo=UTC))


def test_who_would_have_no_rest_is_not_offered_and_named_with_the_rule() -> None:
    rota = Rota(text=f"{ALONE}\n---\nrest_rules: {{longest_run: 7d}}\n")
    rota.pass_time(days=1)

    found = find(rota).result

    # Ana has the week before, and ben has the week after her next one.
    assert all(
        ANA not in {leg.takes for leg in option.legs if leg.gives == BEN}
        for option in found.options
    )
    assert "without a break, 7d is the most" in found.rejected[ANA][0]
    assert [leg.takes for leg in found.options[0].legs] == [CLEO, BEN]


@pytest.mark.parametrize("year", [2190, 9999])
def test_a_shift_of_another_century_is_refused_at_once(rota: Rota, year: int) -> None:
    """Searching until then would keep the server busy for hours."""
    far = datetime(year, 12, 31, tzinfo=UTC)

    with pytest.raises(InvalidError, match="at most 26 weeks ahead") as refused:
        find(rota, at=far)

    assert "at" in refused.value.fields


def test_a_shift_as_long_as_centuries_is_refused_at_once(rota: Rota) -> None:
    soon, far = MONDAY + WEEK, datetime(9000, 1, 6, tzinfo=UTC)
    ring = [
        Leg(schedule=WEB, starts_at=soon, ends_at=far, gives=BEN, takes=CLEO),
        Leg(schedule=WEB, starts_at=soon, ends_at=far, gives=CLEO, takes=BEN),
    ]

    with pytest.raises(InvalidError, match="no whole shift"):
        rota.do(use.propose, ring, by=BEN)
