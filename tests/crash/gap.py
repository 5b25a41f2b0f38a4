"""Pauses in the real server, placed where a crash would hurt; for tests only.

The server of a life that is to die in a gap blocks there, the first time it comes by
after so many passes, and says so in a named pipe; the harness then kills it.
"""

import os
import threading
from collections.abc import Callable
from enum import StrEnum, unique
from importlib import import_module
from pathlib import Path
from typing import ParamSpec, TypeVar

GAP = "CRASH_GAP"
PASSES = "CRASH_PASSES"
BELL = "CRASH_BELL"

P = ParamSpec("P")
T = TypeVar("T")


@unique
class Gap(StrEnum):
    """Where a server may die; each lies between two steps of commit, send, record."""

    ACCEPT_UNCOMMITTED = "accept-uncommitted"
    ACCEPT_UNANSWERED = "accept-unanswered"
    PAGE_UNCOMMITTED = "page-uncommitted"
    PAGE_UNCLAIMED = "page-unclaimed"
    CLAIM_UNCOMMITTED = "claim-uncommitted"
    CLAIM_UNSENT = "claim-unsent"
    SEND_UNRECORDED = "send-unrecorded"
    RECORD_UNCOMMITTED = "record-uncommitted"
    RECORD_COMMITTED = "record-committed"


_AROUND_COMMIT = {
    "accept": (Gap.ACCEPT_UNCOMMITTED, Gap.ACCEPT_UNANSWERED),
    "evaluate": (Gap.PAGE_UNCOMMITTED, Gap.PAGE_UNCLAIMED),
    "claim": (Gap.CLAIM_UNCOMMITTED, Gap.CLAIM_UNSENT),
    "record": (Gap.RECORD_UNCOMMITTED, Gap.RECORD_COMMITTED),
}
_STEPS = (
    ("accept", "handrail.api.ingest.admission_queue", "accept_all"),
    ("accept", "handrail.api.ingest.admission_queue", "accept"),
    ("evaluate", "handrail.usecases.evaluation", "evaluate_due"),
    ("claim", "handrail.engine.send_deliveries", "claim"),
    ("record", "handrail.engine.send_deliveries", "record"),
)
"""Each step's name here, and where its caller finds its use case."""


class _Trap:
    def __init__(self, gap: Gap, passes: int, bell: Path) -> None:
        self._gap = gap
        self._passes = passes
        self._bell = bell

    def pass_by(self, gap: Gap) -> None:
        """Block for ever if this is the gap and enough passed it before."""
        if gap is not self._gap:
            return
        self._passes -= 1
        if self._passes < 0:
            with self._bell.open("wb", buffering=0) as bell:
                bell.write(b"!")
            threading.Event().wait()


def install() -> None:
    """Place the pause that the environment names, if it names one."""
    if not os.environ.get(GAP):
        return
    trap = _Trap(Gap(os.environ[GAP]), int(os.environ[PASSES]), Path(os.environ[BELL]))
    _around_commits(trap)
    _around_sends(trap)


def _around_commits(trap: _Trap) -> None:
    from handrail.storage.sqlite import SqliteStore

    in_group: set[str] = set()
    for name, home, verb in _STEPS:
        module = import_module(home)
        setattr(module, verb, _noted(name, getattr(module, verb), in_group))
    honest = SqliteStore._execute

    def execute(store: SqliteStore, sql: str) -> None:
        if sql.startswith("BEGIN"):
            in_group.clear()
        gaps = [_AROUND_COMMIT[name] for name in in_group] if sql == "COMMIT" else []
        for before, _ in gaps:
            trap.pass_by(before)
        honest(store, sql)
        for _, after in gaps:
            trap.pass_by(after)

    SqliteStore._execute = execute  # type: ignore[method-assign,assignment]  # placed pause


def _noted(name: str, act: Callable[P, T], in_group: set[str]) -> Callable[P, T]:
    """Return the step, noting that the present group has something of it."""

    def noting(*arguments: P.args, **options: P.kwargs) -> T:
        done = act(*arguments, **options)
        if done or name == "record":
            in_group.add(name)
        return done

    return noting


def _around_sends(trap: _Trap) -> None:
    from handrail.channels.webhook.send import WebhookChannel
    from handrail.core.paging.outcome import Outcome
    from handrail.ports.channel import Message

    honest = WebhookChannel.send

    async def send(channel: WebhookChannel, message: Message) -> Outcome:
        trap.pass_by(Gap.CLAIM_UNSENT)
        outcome = await honest(channel, message)
        trap.pass_by(Gap.SEND_UNRECORDED)
        return outcome

    WebhookChannel.send = send  # type: ignore[method-assign,assignment]  # placed pause


if __name__ == "__main__":
    from handrail.cli.main import main

    install()
    main()
