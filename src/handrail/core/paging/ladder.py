"""From a level to the deliveries it owes: targets, people, contact methods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import Target
from handrail.core.escalation.reach import Ask, Reached, explained, once, reach
from handrail.core.escalation.turn import in_turn
from handrail.core.ids import Slug
from handrail.core.paging.event import PlannedDelivery
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.user import User
from handrail.core.severity.severity import Urgency

SERVER_TERMINAL = PlannedDelivery(
    recipient="channel:server-terminal",
    target="built-in last resort",
    why="no last resort is configured; the server's own terminal is told",
    method=Slug("terminal"),
    kind=ChannelKind.TERMINAL,
    address="",
    secret="",
    after=timedelta(0),
)
"""Where a page ends up when the configuration names nobody at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPlan:
    """The deliveries of a level, and what they leave out.

    Attributes:
        left_out: Targets that lead to nobody and people whom nothing reaches, in words.
        turn: The turn that somebody had, where people take turns; else none.
    """

    deliveries: tuple[PlannedDelivery, ...]
    left_out: tuple[str, ...]
    turn: int | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nobody who is responsible is told; shadows are nobody."""
        return all(delivery.is_shadow for delivery in self.deliveries)


def plan_level(
    targets: Iterable[Target],
    *,
    urgency: Urgency,
    snapshot: Snapshot,
    now: datetime,
    ask: Ask = explained,
    turn: int | None = None,
) -> LevelPlan:
    """Return what is owed to whom when these targets are notified at ``now``.

    Every recipient is sought once, even where several targets lead there. ``ask``
    says who is on duty, as ``reach`` has it. With ``turn``, from 1, one of the people
    is sought, whose turn it is.
    """
    reached: list[Reached] = []
    left_out: list[str] = []
    for target in targets:
        found = reach(target, directory=snapshot, at=now, ask=ask)
        reached.extend(found)
        if all(one.is_shadow for one in found):
            left_out.append(_nobody(target, found))
    seats = once(reached)
    ladders = {
        one.recipient: _ladder(one.recipient, urgency, snapshot) for one in seats
    }
    left_out += [f"{who} has no contact method" for who in ladders if not ladders[who]]
    told, taken = seats, None
    if turn is not None:
        chosen = in_turn(seats, turn=turn, is_reachable=lambda who: bool(ladders[who]))
        told, taken = chosen.told, turn if chosen.is_taken else None
    deliveries = tuple(
        _planned(one, method, after)
        for one in told
        for method, after in ladders[one.recipient]
    )
    return LevelPlan(deliveries=deliveries, left_out=tuple(left_out), turn=taken)


def _nobody(target: Target, shadows: tuple[Reached, ...]) -> str:
    along = " but a shadow" if shadows else ""
    return f"{target} leads to nobody{along}"


def _planned(
    reached: Reached, method: ContactMethod, after: timedelta
) -> PlannedDelivery:
    return PlannedDelivery(
        recipient=reached.recipient,
        target=reached.target,
        why=f"as shadow: {reached.why}" if reached.is_shadow else reached.why,
        method=method.name,
        kind=method.kind,
        address=method.address,
        secret=method.secret,
        after=after,
        is_shadow=reached.is_shadow,
    )


def _ladder(
    recipient: str, urgency: Urgency, snapshot: Snapshot
) -> tuple[tuple[ContactMethod, timedelta], ...]:
    kind, _, name = recipient.partition(":")
    if kind == "channel":
        channel = snapshot.channels.get(Slug(name))
        return () if channel is None else ((channel, timedelta(0)),)
    user = snapshot.users.get(Slug(name))
    if user is None:
        return ()
    return user.ladder(urgency) or account_email(user)


def account_email(user: User) -> tuple[tuple[ContactMethod, timedelta], ...]:
    """Return the ladder of a person without any contact method: their account's e-mail.

    A person on call who never set up a contact method must still be told.
    """
    if not user.email:
        return ()
    method = ContactMethod(
        name=Slug("account-email"), kind=ChannelKind.EMAIL, address=user.email
    )
    return ((method, timedelta(0)),)
