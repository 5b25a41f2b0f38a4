"""A configuration said in a few words, stored as the documents a file would become."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from handrail.core.configuration.document import Document
from handrail.core.ids import Slug
from handrail.ports.store import Transaction

METHOD = {"email": "mail", "webhook": "chat", "terminal": "desk"}
"""What the methods of the world's people are called, by kind."""


class Configuration:
    """Collects documents; ``apply`` stores those that differ from what is in force."""

    def __init__(self) -> None:
        self._bodies: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}

    def put(self, kind: str, name: str, body: Mapping[str, Any]) -> Self:
        order = len(self._bodies) * 10
        known = self._bodies.get((kind, name))
        self._bodies[kind, name] = (known[0] if known else order, body)
        return self

    def remove(self, kind: str, name: str) -> Self:
        del self._bodies[kind, name]
        return self

    def user(
        self,
        name: str,
        *kinds: str,
        email: str = "",
        high: Mapping[str, str] | None = None,
    ) -> Self:
        """A person with a contact method of each kind; ``high`` is method to delay."""
        methods = [
            {"name": METHOD[kind], "kind": kind, "address": f"{name}@{kind}.test"}
            for kind in kinds
        ]
        body: dict[str, Any] = {"email": email, "contact_methods": methods}
        if high is not None:
            rules = [
                {"method": method, "after": after} for method, after in high.items()
            ]
            body["notification_rules"] = {"high": rules}
        return self.put("user", name, body)

    def channel(self, name: str, kind: str = "terminal") -> Self:
        return self.put("channel", name, {"kind": kind, "address": f"{name}.test"})

    def team(self, name: str, *members: str) -> Self:
        return self.put("team", name, {"members": members})

    def schedule(
        self,
        name: str,
        *participants: str,
        every: str = "1 day",
        starts_on: str = "2026-03-02",
        handoff: str = "00:00",
    ) -> Self:
        rotation = {
            "participants": participants,
            "every": every,
            "starts_on": starts_on,
            "handoff": handoff,
        }
        return self.put("schedule", name, {"rotation": rotation})

    def override(self, name: str, schedule: str, user: str, *, between: str) -> Self:
        start, _, end = between.partition(" to ")
        body = {"schedule": schedule, "user": user, "from": start, "until": end}
        return self.put("override", name, body)

    def policy(self, name: str, *levels: str, rounds: int = 1) -> Self:
        """Levels such as ``schedule:primary, user:ana for 5m``."""
        rules = []
        for level in levels:
            targets, _, patience = level.rpartition(" for ")
            rules.append({"notify": targets.split(", "), "escalate_after": patience})
        return self.put("escalation_policy", name, {"rules": rules, "rounds": rounds})

    def service(self, name: str, policy: str, **body: Any) -> Self:
        return self.put("service", name, {"escalation_policy": policy, **body})

    def route(self, name: str, service: str, *match: str, **body: Any) -> Self:
        return self.put("route", name, {"service": service, "match": match, **body})

    def last_resort(
        self, *targets: str, repeat_after: str = "15m", times: int = 4
    ) -> Self:
        body = {"notify": targets, "repeat_after": repeat_after, "times": times}
        return self.put("last_resort", "last_resort", body)

    def severity(self, name: str, **demands: Any) -> Self:
        """What a severity demands beside the defaults."""
        known = self._bodies.get(("severity_matrix", "severity_matrix"))
        body = {**(known[1] if known else {}), name: demands}
        return self.put("severity_matrix", "severity_matrix", body)

    def integration(self, name: str, service: str | None = None) -> Self:
        return self.put("integration", name, {"source": "generic", "service": service})

    def apply(self, tx: Transaction) -> bool:
        """Store what changed; return whether anything did."""
        in_force = {(d.kind, str(d.name)): d for d in tx.configuration.documents()}
        wanted = {
            key: _document(key, order, body, tx.now)
            for key, (order, body) in self._bodies.items()
        }
        changed = [
            document
            for key, document in wanted.items()
            if key not in in_force or in_force[key].body != document.body
        ]
        removed = [document for key, document in in_force.items() if key not in wanted]
        if changed or removed:
            tx.configuration.apply(changed, removed, by="world")
        return bool(changed or removed)


def _document(
    key: tuple[str, str], order: int, body: Mapping[str, Any], now: datetime
) -> Document:
    kind, name = key
    kept = {field: value for field, value in body.items() if value not in (None, "")}
    return Document(
        kind=kind,
        name=Slug(name),
        version=0,
        body=json.dumps(kept, sort_keys=True, default=_listed),
        order=order,
        revision=0,
        effective_from=now,
        managed_by="file",
    )


def _listed(value: Sequence[object]) -> list[object]:
    return list(value)


def payments(*, policy: Sequence[str] = ()) -> Configuration:
    """Return a small team: Ana on call, then Ben, then the manager Mia."""
    levels = policy or (
        "schedule:primary for 5m",
        "schedule:secondary for 5m",
        "user:mia for 10m",
    )
    return (
        Configuration()
        .user("ana", "email")
        .user("ben", "email")
        .user("mia", "email")
        .channel("ops")
        .schedule("primary", "ana")
        .schedule("secondary", "ben")
        .policy("payments", *levels)
        .service("checkout", "payments")
        .last_resort("channel:ops")
        .integration("monitoring", "checkout")
    )
