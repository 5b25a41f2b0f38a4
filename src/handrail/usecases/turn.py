"""Whose turn it is at the levels where people take turns."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.paging.escalate import Turns
from handrail.core.paging.event import LevelNotified, PageEvent
from handrail.core.paging.page import Page
from handrail.ports.store import Transaction


def next_turns(tx: Transaction, policy: EscalationPolicy | None) -> Turns:
    """Return the next turn at each such level, as it will be if it is taken now.

    Where the policy has any, no other transaction takes one before this one ends.
    """
    if policy is None or not policy.turning:
        return {}
    tx.page.lock_turns()
    return tx.page.next_turns(policy.name, policy.turning)


class Present(TypedDict):
    """What a page's next step is decided with."""

    snapshot: Snapshot
    now: datetime
    turns: Turns


def present(tx: Transaction, page: Page) -> Present:
    """Return what the page's next step is decided with, its turns locked."""
    return Present(
        snapshot=tx.configuration.snapshot(),
        now=tx.now,
        turns=next_turns(tx, page.policy),
    )


def take_turns(tx: Transaction, page: Page, events: Iterable[PageEvent]) -> None:
    """Count the turns as had that these events of the page gave."""
    for event in events:
        if isinstance(event, LevelNotified) and event.turn is not None:
            assert page.policy is not None, "people take turns at a policy's level"
            taken = tx.page.take_turn(page.policy.name, event.level)
            assert taken == event.turn, "nobody else takes a turn under the lock"
