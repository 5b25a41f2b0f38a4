"""The queue in front of the one writer."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from handrail.core.errors import OverloadedError, UnavailableError
from handrail.ports.store import Transaction
from handrail.storage.group_commit import GROUP_MAX, AnyJob, GroupCommit


class Writer:
    """Settles jobs without a database, and can be held up."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_go = threading.Event()
        self.has_begun = threading.Event()
        self.may_go.set()

    def commit(self, jobs: Sequence[AnyJob]) -> None:
        self.has_begun.set()
        self.may_go.wait()
        self.groups.append([job.place for job in jobs])
        for job in jobs:
            job.future.set_result(job.place)


def nothing(_: Transaction) -> None:
    """Work that does nothing; the writer above never runs it."""


@contextmanager
def held_up(*, queue_max: int = 1000) -> Iterator[tuple[Writer, GroupCommit]]:
    """Yield a group commit whose writer is stuck in a first group of one."""
    writer = Writer()
    group = GroupCommit(writer.commit, name="writer", queue_max=queue_max)
    writer.may_go.clear()
    group.submit(nothing)
    writer.has_begun.wait()
    try:
        yield writer, group
    finally:
        writer.may_go.set()
        group.close()


def test_what_queued_up_meanwhile_is_one_group_in_order() -> None:
    with held_up() as (writer, group):
        futures = [group.submit(nothing) for _ in range(20)]
        writer.may_go.set()
        places = [future.result() for future in futures]

    assert places == list(range(2, 22))
    assert writer.groups == [[1], list(range(2, 22))]


def test_a_group_is_bounded() -> None:
    with held_up() as (writer, group):
        futures = [group.submit(nothing) for _ in range(GROUP_MAX + 1)]
        writer.may_go.set()
        for future in futures:
            future.result()

    assert [len(g) for g in writer.groups] == [1, GROUP_MAX, 1]


def test_a_full_queue_refuses_what_is_submitted_and_loses_nothing() -> None:
    with held_up(queue_max=3) as (writer, group):
        futures = [group.submit(nothing) for _ in range(3)]
        with pytest.raises(OverloadedError) as refused:
            group.submit(nothing)
        writer.may_go.set()
        done = [future.result() for future in futures]

    assert refused.value.retry_after_seconds == 1
    assert len(done) == 3


def test_what_somebody_waits_for_is_never_refused_nor_behind_the_storm() -> None:
    with held_up(queue_max=GROUP_MAX + 10) as (writer, group):
        for _ in range(GROUP_MAX + 10):
            group.submit(nothing)
        waiting = threading.Thread(target=lambda: group.run(nothing))
        waiting.start()
        while group.depth < GROUP_MAX + 11:
            pass
        writer.may_go.set()
        waiting.join()

    last = GROUP_MAX + 12
    assert last in writer.groups[1]


def test_cancelled_work_is_not_run() -> None:
    with held_up() as (writer, group):
        cancelled = group.submit(nothing)
        kept = group.submit(nothing)
        assert cancelled.cancel()
        writer.may_go.set()
        kept.result()

    assert writer.groups == [[1], [3]]


def test_closing_finishes_what_is_queued_and_refuses_the_rest() -> None:
    with held_up() as (writer, group):
        queued = [group.submit(nothing) for _ in range(5)]
        writer.may_go.set()
        group.close()

        with pytest.raises(UnavailableError):
            group.submit(nothing)
        with pytest.raises(UnavailableError):
            group.run(nothing)

    assert all(future.done() for future in queued)


def test_a_debt_is_taken_where_a_signal_is_refused() -> None:
    with held_up(queue_max=1) as (writer, group):
        group.submit(nothing)
        with pytest.raises(OverloadedError):
            group.submit(nothing)
        debt = group.submit(nothing, is_debt=True)
        writer.may_go.set()

        assert debt.result(timeout=5)


def test_a_commit_that_breaks_its_word_ends_neither_the_thread_nor_leaves_waiting() -> (
    None
):
    def broken(_: Sequence[AnyJob]) -> None:
        msg = "a defect"
        raise RuntimeError(msg)

    group = GroupCommit(broken, name="writer")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="a defect"):
            group.submit(nothing).result(timeout=5)
    group.close()
