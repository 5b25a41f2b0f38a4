"""Who is told next, and when, if nobody answers: the live core on a future clock."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.paging.escalate import advance
from handrail.core.paging.event import LevelNotified, PageExhausted
from handrail.core.paging.evolve import evolve
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLevel:
    """One thing that will happen without an answer.

    Attributes:
        at: When, UTC.
        who: Recipients told then, such as ``user:ben``; empty when it gives up.
        what: In words: ``level 2``, ``last resort``, ``nobody is left``.
        is_in_turn: One of them is told, whose turn it then is; other pages may come
            before.
    """

    at: datetime
    who: tuple[str, ...]
    what: str
    is_in_turn: bool = False


def forecast(
    page: Page, *, snapshot: Snapshot, limit: int = 3
) -> tuple[NextLevel, ...]:
    """Return the next things that happen to an open page, soonest first."""
    steps: list[NextLevel] = []
    while page.advance_due_at is not None and len(steps) < limit:
        at = page.advance_due_at
        for event in advance(page, snapshot=snapshot, nobody_was_told=False, now=at):
            page = evolve(page, event, at=at)
            if isinstance(event, LevelNotified):
                steps.append(_notified(page, event, at))
            elif isinstance(event, PageExhausted):
                steps.append(NextLevel(at=at, who=(), what="nobody is left to tell"))
    return tuple(steps)


def _notified(page: Page, event: LevelNotified, at: datetime) -> NextLevel:
    who = tuple(dict.fromkeys(d.recipient for d in event.deliveries))
    is_last = event.level == LAST_RESORT_LEVEL
    what = "last resort" if is_last else f"level {event.level + 1}"
    if event.round > 1 and not is_last:
        what += f", round {event.round}"
    is_in_turn = len(who) > 1 and (
        not is_last
        and page.policy is not None
        and page.policy.levels[event.level].round_robin
    )
    if is_in_turn:
        what += ", one of them in turn"
    return NextLevel(at=at, who=who, what=what, is_in_turn=is_in_turn)
