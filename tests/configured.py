"""Configuration text made ready for tests: read, checked, applied."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typing_extensions import override

from handrail.core.configuration.node import SourceFile
from handrail.ports.id_source import IdSource
from handrail.ports.vault import Vault
from handrail.storage.database import ServingStore
from handrail.storage.sqlite import SqliteStore
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases import configuration
from handrail.usecases.configuration import CheckResult
from handrail.usecases.configuration_plan import Applied

EXAMPLE = Path(__file__).parents[1] / "examples/handrail.yaml"
SOURCE_KINDS = ("alertmanager_api", "alertmanager_webhook", "generic", "pagerduty")
START = datetime(2026, 1, 5, 8, tzinfo=UTC)

SMALL = """\
user:
  name: ana
  contact_methods:
    - {name: mail, kind: email, address: ana@example.org}
    - {name: here, kind: terminal}
last_resort: {notify: user:ana}
---
escalation_policy:
  name: first
  rules:
    - notify: user:ana
      escalate_after: 5m
service: {name: shop, escalation_policy: first}
routes:
  - {name: a, match: 'job="a"', service: shop}
  - {name: b, match: 'job="b"', service: shop}
  - {name: rest, service: shop}
integration: {name: prom, source: generic}
"""
"""One person, one service, three routes, one sender."""


@dataclass(slots=True)
class CountingIds(IdSource):
    """Ids and secrets in sequence."""

    count: int = 0

    @override
    def new_id(self) -> str:
        self.count += 1
        return f"00000000-0000-7000-8000-{self.count:012x}"

    @override
    def new_secret(self) -> str:
        self.count += 1
        return hashlib.sha256(str(self.count).encode()).hexdigest()[:43]

    @override
    def jitter(self) -> float:
        return 0.0


@dataclass(slots=True)
class ScriptedVault(Vault):
    """A vault that knows the secrets it is given."""

    secrets: dict[str, bytes] = field(default_factory=dict)

    @override
    def sign(self, purpose: str, payload: bytes) -> str:
        return hashlib.sha256(purpose.encode() + payload).hexdigest()

    @override
    def verify(self, purpose: str, payload: bytes, signature: str) -> bool:
        return self.sign(purpose, payload) == signature

    @override
    def secret(self, reference: str) -> bytes | None:
        return self.secrets.get(reference)


class Desk:
    """A store in memory and what is needed to apply configuration to it."""

    def __init__(self, store: ServingStore | None = None) -> None:
        self.now = START
        self.store = store or SqliteStore.in_memory(now=lambda: self.now)
        self.ids = CountingIds()
        self.vault = ScriptedVault()

    def check(self, text: str, name: str = "f.yaml") -> CheckResult:
        return checked(text, name=name, vault=self.vault)

    def apply(
        self,
        text: str,
        *,
        is_partial: bool = False,
        expected_revision: int | None = None,
    ) -> Applied:
        result = self.check(text)
        self.now += timedelta(minutes=1)
        return self.store.run(
            lambda tx: configuration.apply(
                tx,
                result,
                by="user:ana",
                ids=self.ids,
                is_partial=is_partial,
                expected_revision=expected_revision,
            )
        )


def checked(
    text: str, *, name: str = "f.yaml", vault: Vault | None = None
) -> CheckResult:
    """Return what a check of one file of that text finds."""
    return configuration.check(
        [SourceFile(name=name, text=text)],
        reader=YamlDocumentReader(),
        source_kinds=SOURCE_KINDS,
        vault=vault,
    )
