"""What an incident owes, worked out a second time from what people decided.

Written from domain.md §4, not from the product: a plain list of promises, gone through
with every decision in the incident's record. What the record says of promises
themselves is not looked at, but for the misses that the engine noticed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handrail.core.audit.event import StoredEvent

ENGINE = "engine"
NEXT = "next_update"
PUBLIC = "public_notice"
LEARNED = "postmortem_published"
LIMITS: dict[str | None, dict[str, float]] = {
    None: {"severity_assessed": 10},
    "SEV1": {
        "responder_acknowledged": 5,
        "communications_lead_named": 10,
        "scribe_named": 10,
        "executives_told": 15,
        "public_notice": 15,
        "next_update": 30,
        "postmortem_published": 3 * 24 * 60,
    },
    "SEV2": {
        "responder_acknowledged": 5,
        "stakeholders_told": 30,
        "public_notice": 30,
        "next_update": 60,
        "postmortem_published": 5 * 24 * 60,
    },
    "SEV3": {},
    "SEV4": {},
}
"""Minutes."""
KINDS = sorted({kind for limits in LIMITS.values() for kind in limits} - {LEARNED})
NAMES = {
    "operations": "responder_acknowledged",
    "communications_lead": "communications_lead_named",
    "scribe": "scribe_named",
}
TELLS = {"executives": "executives_told", "stakeholders": "stakeholders_told"}


@dataclass(slots=True)
class Promise:
    """One line of the ledger."""

    kind: str
    due: datetime
    met: datetime | None = None
    missed: datetime | None = None
    lifted: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.met is None and self.lifted is None

    def is_late(self, now: datetime) -> bool:
        return self.is_open and now > self.due


@dataclass(slots=True)
class Ledger:
    """Every promise of one incident, in the order in which they were made."""

    severity: str | None = None
    lines: list[Promise] = field(default_factory=list)
    held: set[tuple[str, str]] = field(default_factory=set)
    runs: bool = True
    first_line: int = 0
    public_knows: bool = False
    all_clear: bool = False
    promised: datetime | None = None

    def open(self, kind: str) -> Promise | None:
        return next((p for p in self.lines if p.kind == kind and p.is_open), None)

    def limit(self, kind: str, now: datetime) -> datetime | None:
        minutes = LIMITS[self.severity].get(kind)
        return None if minutes is None else now + timedelta(minutes=minutes)

    def owe(self, kind: str, due: datetime | None) -> None:
        if due is not None:
            self.lines.append(Promise(kind, due))

    def meet(self, kind: str, now: datetime) -> None:
        if promise := self.open(kind):
            promise.missed = promise.missed or (
                promise.due if promise.is_late(now) else None
            )
            promise.met = now

    def lift(self, promise: Promise, now: datetime) -> None:
        if promise.is_late(now):
            promise.missed = promise.due
        promise.lifted = now

    def lift_all(self, now: datetime) -> None:
        for promise in [p for p in self.lines if p.is_open]:
            self.lift(promise, now)

    def needs_doing(self, kind: str) -> bool:
        """Whether it was not yet done in this response."""
        present = self.lines[self.first_line :]
        if kind == NEXT:
            was_told = self.public_knows or any(p.kind == NEXT for p in present)
            return was_told and not self.all_clear
        if kind == PUBLIC and self.public_knows:
            return False
        if any(NAMES.get(role) == kind for role, _ in self.held):
            return False
        return not any(p.kind == kind and p.met for p in present)

    def begins(self, now: datetime) -> None:
        for kind in KINDS:
            if self.needs_doing(kind):
                self.owe(kind, self.limit(kind, now))

    def becomes(self, severity: str, now: datetime) -> None:
        before, self.severity = self.severity, severity
        if before is None:
            self.meet("severity_assessed", now)
        for kind in KINDS:
            there, wanted = self.open(kind), self.limit(kind, now)
            if there is None and self.needs_doing(kind):
                self.owe(kind, wanted)
            # What was missed stays owed until it is met.
            if there is None or there.is_late(now):
                continue
            due = self.goal(there, wanted, before)
            if due != there.due:
                self.lift(there, now)
                self.owe(kind, due)

    def goal(
        self, there: Promise, wanted: datetime | None, before: str | None
    ) -> datetime | None:
        """When an open promise is due once the severity has changed."""
        assert self.severity is not None
        given = self.promised if there.kind == NEXT else None
        if before is not None and self.severity < before:  # Worse: only ever sooner.
            return there.due if wanted is None else min(there.due, wanted)
        if before is None and wanted is not None:
            return min(there.due, wanted)
        return given or wanted

    def word(self, said: dict[str, Any], now: datetime, *, is_last: bool) -> None:
        self.meet(NEXT, now)
        given = said["next_update_at"]
        self.promised = None if given is None else datetime.fromisoformat(given)
        if is_last:
            self.promised = None
        elif self.runs:
            self.owe(NEXT, self.promised or self.limit(NEXT, now))

    def ends(self, now: datetime) -> None:
        self.lift_all(now)
        self.runs, self.promised = False, None


def ledger_of(entries: Sequence[StoredEvent]) -> Ledger:
    """Go through the record and return what the incident owes at its end."""
    ledger = Ledger()
    for entry in entries:
        _enter(ledger, entry, json.loads(entry.payload), entry.recorded_at)
    return ledger


def _enter(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    for enter in (_severity, _role, _word, _course, _miss):
        enter(ledger, entry, said, now)


def _severity(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    if entry.kind == "incident_declared":
        ledger.severity = said["severity"]
        ledger.begins(now)
    if entry.kind == "severity_changed":
        ledger.becomes(said["severity"], now)


def _role(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    if entry.kind == "role_taken":
        ledger.held.add((said["role"], said["user"]))
        if said["role"] in NAMES:
            ledger.meet(NAMES[said["role"]], now)
    if entry.kind == "role_left":
        ledger.held.discard((said["role"], said["user"]))
    if entry.kind == "responder_acknowledged":
        ledger.held.add(("operations", said["by"]))
        ledger.meet("responder_acknowledged", now)


def _word(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    if entry.kind == "update_posted" and said["audience"] in TELLS:
        ledger.meet(TELLS[said["audience"]], now)
        if not ledger.public_knows:
            ledger.word(said, now, is_last=False)
    if entry.kind == "notice_published":
        ledger.meet(PUBLIC, now)
        ledger.public_knows = True
        ledger.all_clear = said["stage"] == "resolved"
        ledger.word(said, now, is_last=ledger.all_clear)


def _course(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    match entry.kind:
        case "stage_moved" if said["previous"] == "resolve":
            ledger.all_clear = False
            if ledger.public_knows and ledger.open(NEXT) is None:
                ledger.owe(NEXT, ledger.limit(NEXT, now))
        case "incident_resolved" | "incident_declined" | "incident_merged":
            ledger.ends(now)
            if said.get("next_stage") == "learn":
                ledger.owe(LEARNED, ledger.limit(LEARNED, now))
        case "incident_reopened":
            ledger.lift_all(now)
            ledger.first_line = len(ledger.lines)
            ledger.runs, ledger.public_knows, ledger.all_clear = True, False, False
            ledger.begins(now)
        case "postmortem_published":
            ledger.meet(LEARNED, now)
        case _:
            pass


def _miss(
    ledger: Ledger, entry: StoredEvent, said: dict[str, Any], now: datetime
) -> None:
    if entry.kind != "obligation_missed" or entry.actor != ENGINE:
        return
    kind, _, number = said["obligation"].partition(".")
    promise = [p for p in ledger.lines if p.kind == kind][int(number) - 1]
    is_known = promise.missed is not None  # It was met late, by what was found late.
    assert is_known or promise.is_late(now), f"{said['obligation']} was not late"
    promise.missed = promise.due
