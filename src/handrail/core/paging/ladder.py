"""From a level to the deliveries it owes: targets, people, contact methods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import Target
from handrail.core.escalation.reach import Ask, explained, reach
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
    """The deliveries of a level, and why some targets led to nobody."""

    deliveries: tuple[PlannedDelivery, ...]
    empty: tuple[str, ...]


def plan_level(
    targets: Iterable[Target],
    *,
    urgency: Urgency,
    snapshot: Snapshot,
    now: datetime,
    ask: Ask = explained,
) -> LevelPlan:
    """Return what is owed to whom when these targets are notified at ``now``.

    Every recipient is sought once, even where several targets lead there. ``ask``
    says who is on duty, as ``reach`` has it.
    """
    deliveries: list[PlannedDelivery] = []
    empty: list[str] = []
    seen: set[str] = set()
    for target in targets:
        reached = reach(target, directory=snapshot, at=now, ask=ask)
        if not reached:
            empty.append(f"{target} leads to nobody")
        for found in reached:
            if found.recipient in seen:
                continue
            seen.add(found.recipient)
            deliveries.extend(
                PlannedDelivery(
                    recipient=found.recipient,
                    target=str(target),
                    why=found.why,
                    method=method.name,
                    kind=method.kind,
                    address=method.address,
                    secret=method.secret,
                    after=after,
                )
                for method, after in _ladder(found.recipient, urgency, snapshot)
            )
    return LevelPlan(deliveries=tuple(deliveries), empty=tuple(empty))


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
