"""What the ingest endpoints are given by ``bootstrap``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.source import Parse
from handrail.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestDeps:
    """The ingest endpoints' world.

    Attributes:
        sources: The reader of each kind of sender, by the name of its folder.
        version: Of the program, for senders that ask.
        on_refused: Told of every request that is refused for overload.
        on_queue: Given a function that counts the requests which wait to be stored.
    """

    store: Store
    clock: Clock
    ids: IdSource
    sources: Mapping[str, Parse]
    version: str
    on_refused: Callable[[], None] = lambda: None
    on_queue: Callable[[Callable[[], float]], None] = lambda _: None
