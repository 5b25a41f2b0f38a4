"""What the API is given by ``bootstrap``; nothing here is looked up or read."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from handrail.api.stream_hub import StreamHub
from handrail.core.access.actor import Actor
from handrail.ports.calendar import CalendarFormat
from handrail.ports.clock import Clock
from handrail.ports.document_reader import DocumentReader
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store
from handrail.ports.vault import Vault
from handrail.usecases.coverage_proofs import Proofs
from handrail.usecases.throttle import Throttle

MISSES_MAX = 60
MISSES_WITHIN_SECONDS = 15 * 60.0
"""So many addresses that never were any are answered to one asker; then none is.

A calendar program whose feed was revoked goes on asking, and others behind its proxy
must not suffer for it: that counts nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """The API's world.

    Attributes:
        base_url: Where people reach this installation, without a trailing slash.
            Links are made from it, never from what a request claims.
        version: Of the program, for the OpenAPI document and the health answer.
        tzdata: Version of the time-zone rules, told with every answer about duty.
        calendar: Spells calendar feeds, and reads calendar files.
        reader: Reads configuration text.
        source_kinds: The kinds of sender this installation can read.
        last_tick: When this process's engine last went round; none before it did.
        has_standby: Whether every commit waits for a synchronous standby; none where
            the database knows no such thing.
        more_metrics: Prometheus text of the other parts of the process, or "".
        urgent: Threads for acknowledging alone, which no slow look-up can take.
        proofs: Makes coverage proofs, on a thread that no other request needs.
        hub: Feeds the streams of incidents; woken by commits.
        misses: Counts, by asker, addresses of calendars that never were any.
    """

    store: Store
    clock: Clock
    ids: IdSource
    vault: Vault
    base_url: str
    version: str
    tzdata: str
    calendar: CalendarFormat
    reader: DocumentReader
    source_kinds: Sequence[str]
    last_tick: Callable[[], datetime | None]
    more_metrics: Callable[[], str]
    urgent: Executor
    proofs: Proofs
    hub: StreamHub
    has_standby: Callable[[], bool | None] = lambda: None
    misses: Throttle = field(init=False)

    def __post_init__(self) -> None:
        made = Throttle(self.clock, times=MISSES_MAX, seconds=MISSES_WITHIN_SECONDS)
        object.__setattr__(self, "misses", made)

    @property
    def is_https(self) -> bool:
        """Return whether people reach this installation over TLS."""
        return self.base_url.startswith("https://")


GivenDeps = NamedDependency[SkipValidation[Deps]]
GivenActor = NamedDependency[SkipValidation[Actor]]
