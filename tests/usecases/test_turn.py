"""Turns follow a policy that is renamed, and are nobody's else."""

from tests.configured import SMALL, Desk

from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import Slug
from handrail.ports.store import Transaction

TURNING = SMALL.replace(
    "escalate_after: 5m", "escalate_after: 5m\n      round_robin: true"
)
RENAMED = TURNING.replace(
    "escalation_policy:\n  name: first\n",
    "escalation_policy:\n  name: second\n  renamed_from: first\n",
).replace("escalation_policy: first", "escalation_policy: second")


def level(policy: str) -> TurningLevel:
    return TurningLevel(policy=Slug(policy), place=1)


def next_turn(desk: Desk, policy: str) -> int:
    return desk.store.read(lambda tx: tx.page.next_turn(level(policy)))


def take(desk: Desk, policy: str, times: int) -> None:
    def work(tx: Transaction) -> None:
        for _ in range(times):
            tx.page.take_turn(level(policy))

    desk.store.run(work)


def test_a_renamed_policy_goes_on_where_it_was() -> None:
    desk = Desk()
    desk.apply(TURNING)
    take(desk, "first", 4)

    desk.apply(RENAMED)

    assert next_turn(desk, "second") == 5


def test_a_rename_never_gives_a_turn_again() -> None:
    """A name may have been in use before; who had turns there is not asked again."""
    desk = Desk()
    desk.apply(TURNING)
    take(desk, "second", 7)
    take(desk, "first", 4)

    desk.apply(RENAMED)

    assert next_turn(desk, "second") == 8


def test_a_policy_of_another_name_begins_at_the_first_turn() -> None:
    desk = Desk()
    desk.apply(TURNING)
    take(desk, "first", 4)

    desk.apply(RENAMED.replace("  renamed_from: first\n", ""))

    assert next_turn(desk, "second") == 1
