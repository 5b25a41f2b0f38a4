"""The answer to "what if it fires then": the exact sequence, in a stable form.

This is what ``handrail oncall simulate --json`` and the API give; docs/whatif.md
describes every field. Fields are added, never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core import wall_clock
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.paging.evaluate import Destination, Mute
from handrail.core.paging.event import (
    LevelNotified,
    LevelSkipped,
)
from handrail.core.whatif.address import masked
from handrail.core.whatif.behaviour import Behaviour, These
from handrail.core.whatif.play import (
    Happening,
    Played,
    Told,
    TurnBook,
    Untold,
    play,
)
from handrail.core.whatif.question import Question, pose
from handrail.core.whatif.wording import StepKind, level_words, said

_SECOND = timedelta(seconds=1)


@unique
class Outcome(StrEnum):
    """How it ends."""

    MUTED = "muted"
    OVER_BEFORE_PAGING = "over_before_paging"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens. Texts that do not apply are "".

    Attributes:
        at: UTC.
        offset_seconds: Since the alert fired, rounded down.
        says: In words.
        level: ``level 1``, ``level 2, round 2``, ``last resort``.
        recipient: ``user:ana`` or ``channel:ops``.
        method: Name of the contact method.
        channel: Kind of the contact method.
        address: Masked.
        target: The policy's target that led there.
        why: The chain that led there, or why somebody is not told.
        local_time: ``at`` on the recipient's wall clock, ``2026-03-02T10:00:00``.
        time_zone: The recipient's; UTC for channels.
        is_shadow: Told without responsibility.
    """

    at: datetime
    offset_seconds: int
    kind: StepKind
    says: str
    level: str = ""
    recipient: str = ""
    method: str = ""
    channel: str = ""
    address: str = ""
    target: str = ""
    why: str = ""
    local_time: str = ""
    time_zone: str = ""
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The whole sequence, and what decided it.

    Attributes:
        at: When the alert fires, UTC.
        behaviour: Who answers, in words.
        decided_by: The route or default that decided where it goes.
        revision: Of the configuration; 0 for files.
        policy: The escalation policy, or none.
        service: Where it went, or none.
        seconds_to_contact: Until the first responsible person or channel was told.
        seconds_to_answer: Until somebody acknowledged, or none.
        never_told: Answers that were given and came from nobody, as they are spelled:
            their people were not told, or not at that level.
    """

    at: datetime
    behaviour: str
    decided_by: str
    revision: int
    service: str | None
    severity: str
    urgency: str
    policy: str | None
    outcome: Outcome
    seconds_to_contact: int | None
    seconds_to_answer: int | None
    steps: tuple[Step, ...]
    never_told: tuple[str, ...] = ()


def simulate(
    question: Question,
    *,
    snapshot: Snapshot,
    behaviour: Behaviour,
    turns: TurnBook | None = None,
) -> Simulation:
    """Return what would happen; ``turns`` as ``play`` has it.

    Raises:
        InvalidError: The question names what is not there.
    """
    case, world = pose(question, snapshot)
    played = play(case, snapshot=world, behaviour=behaviour, turns=turns)
    destination = played.destination
    assert destination is not None, "an alert that fires is evaluated at once"
    telling = _Telling(question.at, world)
    steps = tuple(
        step for happening in played.happenings for step in telling.steps(happening)
    )
    return Simulation(
        at=question.at,
        behaviour=behaviour.in_words(),
        decided_by=_decided_by(question, destination, snapshot),
        revision=snapshot.revision,
        service=destination.service,
        severity=destination.severity,
        urgency=destination.urgency,
        policy=destination.policy.name if destination.policy else None,
        outcome=_outcome(played),
        seconds_to_contact=_first(steps, StepKind.TOLD),
        seconds_to_answer=_first(steps, StepKind.ACKNOWLEDGED),
        steps=steps,
        never_told=_never_told(behaviour, played),
    )


def _never_told(behaviour: Behaviour, played: Played) -> tuple[str, ...]:
    if not isinstance(behaviour, These):
        return ()
    told = {
        (Slug(one.what.delivery.recipient.removeprefix("user:")), one.what.level)
        for one in played.happenings
        if isinstance(one.what, Told)
    }
    return tuple(map(str, behaviour.unheard(told)))


def _decided_by(
    question: Question, destination: Destination, snapshot: Snapshot
) -> str:
    if question.service is None:
        return destination.decided_by
    return f"the question names the service, configuration {snapshot.revision}"


def _first(steps: tuple[Step, ...], kind: StepKind) -> int | None:
    found = (s.offset_seconds for s in steps if s.kind is kind and not s.is_shadow)
    return next(found, None)


def _outcome(played: Played) -> Outcome:
    if played.page is None:
        last = played.happenings[-1].what
        return Outcome.MUTED if isinstance(last, Mute) else Outcome.OVER_BEFORE_PAGING
    if played.page.acknowledged_at is not None:
        return Outcome.ACKNOWLEDGED
    if played.page.closed_at is not None:
        return Outcome.RESOLVED
    return Outcome.EXHAUSTED


class _Telling:
    """Turns what happened into steps in words."""

    def __init__(self, began_at: datetime, snapshot: Snapshot) -> None:
        self._began_at = began_at
        self._snapshot = snapshot

    def steps(self, happening: Happening) -> Iterator[Step]:
        what = happening.what
        kind, says = said(what, happening.at)
        match what:
            case Told():
                yield self._delivery(happening.at, what, kind, says)
            case Untold():
                yield self._untold(happening.at, what, kind, says)
            case LevelNotified() | LevelSkipped():
                level = level_words(what.level, what.round)
                yield self._step(happening.at, kind, says, level=level)
                left_out = what.left_out if isinstance(what, LevelNotified) else ()
                for why in left_out:
                    words = f"left out: {why}"
                    left = StepKind.LEFT_OUT
                    yield self._step(happening.at, left, words, level=level, why=why)
            case _:
                yield self._step(happening.at, kind, says)

    def _step(
        self,
        at: datetime,
        kind: StepKind,
        says: str,
        *,
        level: str = "",
        why: str = "",
    ) -> Step:
        offset = (at - self._began_at) // _SECOND
        return Step(
            at=at, offset_seconds=offset, kind=kind, says=says, level=level, why=why
        )

    def _delivery(self, at: datetime, told: Told, kind: StepKind, says: str) -> Step:
        delivery = told.delivery
        zone = self._zone(delivery.recipient)
        local = wall_clock.local(at, wall_clock.zone(zone))
        return Step(
            at=at,
            offset_seconds=(at - self._began_at) // _SECOND,
            kind=kind,
            says=says,
            level=level_words(told.level, told.round),
            recipient=delivery.recipient,
            method=delivery.method,
            channel=delivery.kind,
            address=masked(delivery.kind, delivery.address),
            target=delivery.target,
            why=delivery.why,
            local_time=local.isoformat(timespec="seconds"),
            time_zone=zone,
            is_shadow=told.is_shadow,
        )

    def _untold(self, at: datetime, what: Untold, kind: StepKind, says: str) -> Step:
        delivery = what.delivery
        return Step(
            at=at,
            offset_seconds=(at - self._began_at) // _SECOND,
            kind=kind,
            says=says,
            recipient=delivery.recipient,
            method=delivery.method,
            channel=delivery.kind,
            address=masked(delivery.kind, delivery.address),
            target=delivery.target,
            why=delivery.reason,
        )

    def _zone(self, recipient: str) -> str:
        kind, _, name = recipient.partition(":")
        user = self._snapshot.users.get(Slug(name)) if kind == "user" else None
        return "UTC" if user is None else user.time_zone
