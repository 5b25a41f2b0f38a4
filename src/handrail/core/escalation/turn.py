"""Round robin: one of the people a level leads to for each page, in turn.

Turns are counted, per policy and level, over the pages that reach the level, so that
nobody's pages depend on how others answer theirs. Whoever cannot be reached is passed
over, and the next has the turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handrail.core.escalation.policy import TargetKind
from handrail.core.escalation.reach import Reached

_USER = f"{TargetKind.USER}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class InTurn:
    """Who of a level is told this time.

    Attributes:
        told: Whose turn it is, with the shadows of the same target, and every channel.
        is_taken: Somebody had the turn; else it is still the next page's.
    """

    told: tuple[Reached, ...]
    is_taken: bool = False


def in_turn(
    reached: Sequence[Reached], *, turn: int, is_reachable: Callable[[str], bool]
) -> InTurn:
    """Return who has this turn.

    Args:
        reached: Everybody the level leads to, in order, each once.
        turn: From 1.
        is_reachable: Whether a recipient has any contact method.
    """
    channels = tuple(one for one in reached if not one.recipient.startswith(_USER))
    people = [
        one for one in reached if one.recipient.startswith(_USER) and not one.is_shadow
    ]
    first = (turn - 1) % len(people) if people else 0
    for one in (*people[first:], *people[:first]):
        if not is_reachable(one.recipient):
            continue
        names = ", ".join(other.recipient.removeprefix(_USER) for other in people)
        chosen = replace(one, why=f"turn {turn} of {names}: {one.why}")
        shadows = (s for s in reached if s.is_shadow and s.target == one.target)
        return InTurn(told=(chosen, *shadows, *channels), is_taken=True)
    return InTurn(told=channels)
