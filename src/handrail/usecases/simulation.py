"""Asking what would happen, as files and the API ask it; nothing is written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.spelling import parse_duration
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.instants import parse_rfc3339
from handrail.core.severity.severity import Severity, Urgency
from handrail.core.whatif.behaviour import parse_answers
from handrail.core.whatif.play import TurnBook
from handrail.core.whatif.question import Question
from handrail.core.whatif.simulation import Simulation, simulate
from handrail.ports.store import Transaction

T = TypeVar("T")
YEAR_MIN, YEAR_MAX = 1990, 2200
"""Instants that are asked about; far ones have no known time zone rules."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that might fire, as a person spells it.

    Attributes:
        at: When it would fire, RFC 3339.
        service: What it would be about, past all routes; else ``labels`` decide.
        labels: What its sender would say; ``severity`` counts as its word.
        integration: Whose routes and default service.
        severity: What the sender would say, SEV1 to SEV4.
        urgency: ``high`` or ``low`` instead of the severity's; for a service only.
        resolves_after: A duration such as 5m after which it ends by itself.
        acks: Who acknowledges: ``ana@1``, ``ben``, ``cleo@last+2m``; else nobody.
    """

    at: str
    service: str | None = None
    labels: dict[str, str] = {}
    integration: str | None = None
    severity: str | None = None
    urgency: str | None = None
    resolves_after: str | None = None
    acks: list[str] = []


def simulation(
    snapshot: Snapshot, asked: Asked, *, turns: TurnBook | None = None
) -> Simulation:
    """Return what would happen under this configuration.

    Where people take turns it is the first one's, or else as ``turns`` has it.

    Raises:
        InvalidError: Something is misspelled or names what is not there.
    """
    return simulate(
        _question(asked),
        snapshot=snapshot,
        behaviour=parse_answers(asked.acks, known=snapshot.users),
        turns=turns,
    )


def simulation_now(tx: Transaction, asked: Asked) -> Simulation:
    """Return what would happen under what is in force, whose turn it is included.

    Raises:
        InvalidError: Something is misspelled or names what is not there.
    """
    return simulation(tx.configuration.snapshot(), asked, turns=turns_now(tx))


def turns_now(tx: Transaction) -> TurnBook:
    """Return whose turn it is at every level in force where people take turns."""
    return {
        level: tx.page.next_turn(level)
        for policy in tx.configuration.snapshot().policies.values()
        for level in policy.turning
    }


def _question(asked: Asked) -> Question:
    return Question(
        at=_instant(asked.at),
        service=Slug(asked.service) if asked.service else None,
        labels=asked.labels,
        integration=Slug(asked.integration) if asked.integration else None,
        severity=_read("severity", asked.severity, _severity),
        urgency=_read("urgency", asked.urgency, Urgency),
        resolves_after=_read("resolves_after", asked.resolves_after, _duration),
    )


def _instant(text: str) -> datetime:
    try:
        at = parse_rfc3339(text)
    except ValueError as error:
        msg = f"{text!r} is no instant; write it like 2026-01-31T03:00:00+01:00"
        raise InvalidError(msg, fields={"at": msg}) from error
    if not YEAR_MIN <= at.year < YEAR_MAX:
        msg = f"ask about the years {YEAR_MIN} to {YEAR_MAX}"
        raise InvalidError(msg, fields={"at": msg})
    return at.astimezone(UTC)


def _severity(text: str) -> Severity:
    return Severity(text.upper())


def _duration(text: str) -> timedelta:
    return parse_duration(text)


def _read(field: str, text: str | None, parse: Callable[[str], T]) -> T | None:
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as error:
        remedy = {
            "severity": "write SEV1, SEV2, SEV3 or SEV4",
            "urgency": "write high or low",
        }.get(field, "write it like 30s, 5m or 1h30m")
        msg = f"{text!r} is no {field.replace('_', ' ')}; {remedy}"
        raise InvalidError(msg, fields={field: msg}) from error
