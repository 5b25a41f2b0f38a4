"""Whose turn it is at the levels where people take turns.

A turn is taken in the transaction that tells the level: docs/decisions/0014.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import LostRaceError
from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import PageId, Slug
from handrail.core.paging.escalate import Turns, climb
from handrail.core.paging.event import (
    EscalationReason,
    LevelNotified,
    PageEvent,
    PageOpened,
)
from handrail.core.paging.evolve import begin
from handrail.core.paging.page import Page
from handrail.ports.store import Transaction


class Present(TypedDict):
    """What a page's next step is decided with."""

    snapshot: Snapshot
    now: datetime
    turns: Turns


def present(tx: Transaction) -> Present:
    """Return what a page's next step is decided with.

    The turns that it asks for are locked when it does: one level at most, unless
    levels lead to nobody.
    """

    def turn(level: TurningLevel) -> int:
        tx.page.lock_turns([level])
        return tx.page.next_turn(level)

    return Present(snapshot=tx.configuration.snapshot(), now=tx.now, turns=turn)


def lock_turns(tx: Transaction, pages: Iterable[Page]) -> None:
    """Lock the turns that these pages take if they climb now, all together.

    Who lets several pages climb in one transaction does this before the first, since
    another transaction may have the same levels in another order.
    """
    wanted: set[TurningLevel] = set()
    snapshot = tx.configuration.snapshot()
    for page in pages:
        # What cannot be worked out fails once more where it is acted on, and is dealt
        # with there; the others' turns are locked all the same.
        with suppress(Exception):
            wanted |= _asked_by(page, snapshot, tx.now)
    if wanted:
        tx.page.lock_turns(wanted)


def lock_turns_to_come(tx: Transaction, opened: Iterable[PageOpened]) -> None:
    """Lock the turns that pages take which are to be opened, all together."""
    lock_turns(tx, [begin(PageId("to come"), one, at=tx.now) for one in opened])


def _asked_by(page: Page, snapshot: Snapshot, now: datetime) -> set[TurningLevel]:
    """Let the page climb for nothing but to see whose turns it asks for."""
    asked: set[TurningLevel] = set()

    def turn(level: TurningLevel) -> int:
        asked.add(level)
        return 1

    if page.policy is not None and page.policy.turning:
        reason = EscalationReason.OPENED
        climb(page, reason=reason, by=None, snapshot=snapshot, now=now, turns=turn)
    return asked


def follow_renamed(tx: Transaction, renames: Mapping[tuple[str, Slug], Slug]) -> None:
    """Let the turns of renamed policies go on under their new names.

    Args:
        tx: The transaction that applies it, before it does.
        renames: From kind and old name to the new name.
    """
    policies = tx.configuration.snapshot().policies
    moved = {
        level: replace(level, policy=name)
        for (kind, old), name in renames.items()
        if kind == "escalation_policy" and old in policies
        for level in policies[old].turning
    }
    tx.page.lock_turns({*moved, *moved.values()})
    for before, after in moved.items():
        tx.page.continue_turns(before, after)


def take_turns(tx: Transaction, page: Page, events: Iterable[PageEvent]) -> None:
    """Count the turns as had that these events of the page gave.

    Raises:
        LostRaceError: Somebody took one of them meanwhile; under the lock nobody does.
    """
    for event in events:
        if isinstance(event, LevelNotified) and event.turn is not None:
            assert page.policy is not None, "people take turns at a policy's level"
            level = page.policy.turning_level(event.level)
            if tx.page.take_turn(level) != event.turn:
                msg = f"somebody took turn {event.turn} of {level.policy} meanwhile"
                raise LostRaceError(msg)
