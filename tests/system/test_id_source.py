"""Ids: of the right form, in the order of making, and never the same twice."""

import re
import threading
import uuid
from datetime import UTC, datetime, timedelta

from typing_extensions import override

from handrail.core.instants import to_micros
from handrail.ports.clock import Clock
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds


class TurnedClock(Clock):
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)

    @override
    def now(self) -> datetime:
        return self.instant

    @override
    def monotonic(self) -> float:
        return 0


def test_an_id_is_a_uuid_of_version_7_with_its_time() -> None:
    clock = TurnedClock()

    made = RandomIds(clock).new_id()

    parsed = uuid.UUID(made)
    assert str(parsed) == made
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == to_micros(clock.instant) // 1000


def test_ids_grow_though_the_clock_stands_or_runs_backwards() -> None:
    clock = TurnedClock()
    ids = RandomIds(clock)

    made = [ids.new_id() for _ in range(5000)]
    clock.instant -= timedelta(hours=1)
    made += [ids.new_id() for _ in range(10)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_never_get_the_same_id() -> None:
    ids = RandomIds(SystemClock())
    made: list[list[str]] = [[] for _ in range(4)]

    def take(into: list[str]) -> None:
        into.extend(ids.new_id() for _ in range(2000))

    threads = [threading.Thread(target=take, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one for part in made for one in part}) == 8000
    assert all(part == sorted(part) for part in made)


def test_a_secret_is_43_safe_characters_and_new_each_time() -> None:
    ids = RandomIds(SystemClock())

    secrets = {ids.new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_jitter_is_in_the_half_open_unit_interval() -> None:
    ids = RandomIds(SystemClock())

    drawn = [ids.jitter() for _ in range(1000)]

    assert all(0 <= one < 1 for one in drawn)
    assert max(drawn) - min(drawn) > 0.5
