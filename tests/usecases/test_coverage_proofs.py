"""The last proof of everything is kept, and made anew beside whoever reads it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
from tests.postgres_clock import Now, PostgresClock
from tests.rota import Rota

from handrail.core.errors import DomainError, OverloadedError, UnavailableError
from handrail.usecases import coverage
from handrail.usecases.coverage import BUDGET_SECONDS, Facts
from handrail.usecases.coverage_proofs import ASKED_MAX, LastProof, Proofs

HOUR = timedelta(hours=1)
WEEKS = timedelta(weeks=4)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


class PostgresRota(Now, Rota):
    """The same on a PostgreSQL that lives by its time."""

    def __init__(self, clock: PostgresClock) -> None:
        self.tell_now = clock.set
        super().__init__(clock.open_store())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def rota(request: pytest.FixtureRequest) -> Iterator[Rota]:
    if request.param == "sqlite":
        yield Rota()
        return
    url = request.getfixturevalue("postgres_url")
    with closing(PostgresClock(url)) as clock:
        made = PostgresRota(clock)
        with closing(made.store):
            yield made


def facts(rota: Rota) -> Facts:
    return rota.look(coverage.facts)


def seconds() -> float:
    return 0.0


def ended(proofs: Proofs, given: Facts) -> LastProof:
    """Return the last proof when nothing is being made any more."""
    while (coming := proofs.last(given, length=WEEKS).coming) is not None:
        coming.exception(timeout=60)
    return proofs.last(given, length=WEEKS)


def test_who_reads_first_is_told_that_it_is_coming_and_then_has_it(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    proofs, given = Proofs(threads, seconds=seconds), facts(rota)

    first = proofs.last(given, length=WEEKS)
    last = ended(proofs, given)

    assert first.proof is None
    assert first.coming is not None
    assert last.proof is not None
    assert (last.made_at, last.trouble, last.coming) == (given.now, "", None)


def held(threads: ThreadPoolExecutor) -> tuple[Event, "Future[bool]"]:
    go = Event()
    return go, threads.submit(go.wait)


def test_the_last_one_is_read_with_its_age_while_the_next_is_made_once(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    proofs, before = Proofs(threads, seconds=seconds), facts(rota)
    known = ended(proofs, before).proof
    rota.now += HOUR
    after = facts(rota)
    go, _ = held(threads)

    seen = [proofs.last(after, length=WEEKS) for _ in range(5)]
    go.set()
    last = ended(proofs, after)

    assert {one.made_at for one in seen} == {before.now}
    assert all(one.proof is known for one in seen)
    assert len({id(one.coming) for one in seen}) == 1
    assert last.made_at == after.now


def test_within_the_hour_nothing_is_made_anew(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    proofs, before = Proofs(threads, seconds=seconds), facts(rota)
    known = ended(proofs, before)
    rota.now += HOUR / 2

    assert proofs.last(facts(rota), length=WEEKS) == known


def test_a_proof_that_takes_too_long_is_tried_once_not_by_everybody_who_looks(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    clock = count(0, int(BUDGET_SECONDS) + 1)
    asked: list[float] = []

    def slow() -> float:
        asked.append(next(clock))
        return asked[-1]

    proofs, given = Proofs(threads, seconds=slow), facts(rota)

    for _ in range(3):
        last = ended(proofs, given)
        assert last.proof is None
        assert "takes too long" in last.trouble

    assert len(asked) == 2


def test_a_proof_that_fails_is_told_and_tried_again_when_things_change(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    is_broken = True

    def breaks_once() -> float:
        assert not is_broken, "a defect"
        return 0.0

    proofs = Proofs(threads, seconds=breaks_once)
    failed = ended(proofs, facts(rota))
    is_broken = False
    rota.now += HOUR

    assert "failed" in failed.trouble
    assert ended(proofs, facts(rota)).trouble == ""


def test_so_many_may_ask_at_once_and_no_more(
    threads: ThreadPoolExecutor,
) -> None:
    proofs = Proofs(threads, seconds=seconds)
    go, _ = held(threads)
    asked = [proofs.ask(lambda clock: clock()) for _ in range(ASKED_MAX)]

    with pytest.raises(OverloadedError) as refused:
        proofs.ask(lambda clock: clock())
    go.set()

    assert refused.value.retry_after_seconds > 0
    assert [one.result(timeout=60) for one in asked] == [0.0] * ASKED_MAX
    assert proofs.ask(lambda clock: clock()).result(timeout=60) == 0.0


def test_what_is_being_made_is_given_up_at_a_stop(
    rota: Rota, threads: ThreadPoolExecutor
) -> None:
    def stops() -> float:
        proofs.close()
        return 0.0

    proofs, given = Proofs(threads, seconds=stops), facts(rota)
    start = given.now

    def make(clock: Callable[[], float]) -> object:
        return coverage.prove(given, start=start, end=start + WEEKS, seconds=clock)

    asked = proofs.ask(make)

    with pytest.raises(DomainError, match="takes too long"):
        asked.result(timeout=60)
    with pytest.raises(UnavailableError):
        proofs.ask(make)
