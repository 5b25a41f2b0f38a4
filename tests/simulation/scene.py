"""The team that the simulated world is about, and how its plans change."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.world.configuration import Configuration

from handrail.core.alert.signal import Signal, SignalAction

ALWAYS_PAGE = frozenset({"critical", "error"})
"""Words that page at all hours, whatever the service's support hours."""
SERVICES = ("checkout", "hollow", "back-office")


BURST = 100
"""Conditions from this number on come at once, and all are critical."""


def team() -> Configuration:
    """Return people, services and policies with every kind of level."""
    hours = {"days": ["mon", "tue"], "from": "09:30", "to": "17:00", "time_zone": "UTC"}
    return (
        Configuration()
        .user("ana", "email", "webhook", high={"mail": "0s", "chat": "1m"})
        .user("ben", "email")
        .user("mia", "terminal", "email", high={"desk": "0s", "mail": "2m"})
        .user("dee", email="dee@account.test")
        .channel("ops")
        .team("empty")
        .schedule("primary", "ana", "ben", every="1 day")
        .schedule("secondary", "ben", "nobody", "mia", every="1 day")
        .policy(
            "payments",
            "schedule:primary for 5m",
            "schedule:secondary for 5m",
            "user:mia for 10m",
        )
        .policy("hollow", "team:empty for 5m", "user:dee for 3m", rounds=2)
        .service("checkout", "payments")
        .service("hollow", "hollow")
        .service("back-office", "payments", support_hours=[hours])
        .route("to-hollow", "hollow", 'svc="hollow"')
        .route("to-back-office", "back-office", 'svc="back-office"')
        .last_resort("channel:ops", repeat_after="5m")
        .integration("monitoring", "checkout")
    )


CHANGES: tuple[Callable[[Configuration], object], ...] = (
    lambda c: c.policy("payments", "user:mia for 2m", "user:ana for 2m"),
    lambda c: c.policy("payments", "schedule:primary for 5m", "user:mia for 5m"),
    lambda c: c.override(
        "swap", "primary", "mia", between="2026-03-02T09:05:00Z to 2026-03-02T09:25:00Z"
    ),
    lambda c: c.schedule("secondary", "nobody"),
    lambda c: c.policy("hollow", "team:empty for 1m"),
    lambda c: c.user("dee"),
)
"""Edits that somebody makes while pages run; none leaves the last resort empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a sender posts and posts again until it is answered."""

    at: timedelta
    signal: Signal
    expires_after: timedelta | None


def condition(
    number: int, rng: random.Random, *, begins: timedelta
) -> tuple[Request, ...]:
    """Return what a sender says of one condition over time."""
    severity = rng.choice(("critical", "critical", "error", "warning", "info"))
    severity = "critical" if number >= BURST else severity
    expires_after = rng.choice((None, timedelta(minutes=3), timedelta(minutes=10)))
    service = rng.choice(SERVICES)

    def says(after: float, action: SignalAction, word: str) -> Request:
        signal = Signal(
            action=action,
            dedup_key=f"condition-{number}",
            title=f"Condition {number}",
            labels={"svc": service},
            severity_word=word,
        )
        at = begins + timedelta(minutes=after)
        return Request(at=at, signal=signal, expires_after=expires_after)

    said = [says(0, SignalAction.FIRE, severity)]
    said += [
        says(rng.uniform(0.5, 8), SignalAction.FIRE, severity)
        for _ in range(rng.choice((0, 0, 1, 3)))
    ]
    if rng.random() < 0.15:
        said.append(says(rng.uniform(1, 10), SignalAction.FIRE, "critical"))
    if rng.random() < 0.1:
        said.append(says(rng.uniform(0.5, 10), SignalAction.ACKNOWLEDGE, severity))
    if rng.random() < 0.3:
        said.append(says(rng.uniform(0.1, 15), SignalAction.RESOLVE, severity))
        if rng.random() < 0.3:
            said.append(says(rng.uniform(10, 20), SignalAction.FIRE, severity))
    return tuple(said)
