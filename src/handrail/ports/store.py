"""The database, as the use cases see it.

Every method takes and returns domain values; times are aware UTC instants. A
transaction's ``now`` is read once at its start (the database's own clock on
PostgreSQL, the process's clock on SQLite) and is the only time a use case knows.

**Order of locks.** On PostgreSQL rows are locked, and whoever locks several does it
in one order, so that no two transactions wait for each other: *alert, page, delivery*;
several alerts in the order of their ids, and new ones inserted in the order of their
keys, after every alert that is locked. The alert stands for its pages and their
deliveries: who would change a page or wait for a delivery holds its alert first. Two
things never wait and so need no order: ``due`` and ``claimable`` skip what others hold.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from handrail.core.access.grant import (
    ApiToken,
    CalendarFeed,
    OneTimeLink,
    Session,
)
from handrail.core.alert.alert import Alert, KnownAlert
from handrail.core.alert.receipt import RawBody, Receipt, ReceiptEntry
from handrail.core.audit.event import NewEvent, StoredEvent
from handrail.core.configuration.document import Document, Revision
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import (
    AlertId,
    BulletinId,
    DeliveryId,
    NodeId,
    PageId,
    ReceiptId,
    Slug,
)
from handrail.core.paging.delivery import Attempt, Delivery
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.backlog import BacklogStore
from handrail.ports.bulletin import BulletinStore
from handrail.ports.change import ChangeStore, MitigationRunStore
from handrail.ports.contact import ContactStore
from handrail.ports.cover import CoverStore
from handrail.ports.incident import IncidentStore
from handrail.ports.notice import NoticeStore
from handrail.ports.page import PageStore
from handrail.ports.postmortem import ActionItemStore, PostmortemStore
from handrail.ports.setback import Otherwise, Setback, refuse
from handrail.ports.shift_notice import ShiftNoticeStore

T = TypeVar("T")


class EventStore(Protocol):
    """The append-only record."""

    def append(self, stream: str, events: Sequence[NewEvent], *, after: int) -> int:
        """Append to the stream's chain and return its new last sequence number.

        Args:
            stream: For example ``page:<id>``, ``config``, ``access``.
            events: In order; recorded at the transaction's instant.
            after: The last sequence the caller saw; 0 for a new stream.

        Raises:
            ConflictError: Somebody else appended first; the transaction is retried.
        """
        ...

    def read(self, stream: str) -> list[StoredEvent]:
        """Return the stream's events in order."""
        ...

    def last(self, stream: str) -> int:
        """Return the stream's last sequence number, 0 where it has none."""
        ...

    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams that begin so, in order."""
        ...


class AlertStore(Protocol):
    """Alerts. At most one open alert exists per integration and dedup key."""

    def known(
        self, integration: Slug, keys: Sequence[str], *, closed_since: datetime
    ) -> dict[str, KnownAlert]:
        """Return by key the open alert, or else the one last closed since then.

        On PostgreSQL the rows are locked, so that what is decided on them holds.
        """
        ...

    def lock(self, alert_ids: Collection[AlertId]) -> None:
        """Hold the rows of these alerts to the end, in the order of locks.

        Nothing to do on SQLite, where a writing transaction is alone.
        """
        ...

    def add(self, alerts: Sequence[Alert]) -> None:
        """Insert new alerts.

        Raises:
            ConflictError: One with the same open key exists; retry the transaction.
        """
        ...

    def get(self, alert_id: AlertId, *, lock: bool = False) -> Alert | None:
        """Return the alert or none; ``lock`` holds its row to the end (PostgreSQL)."""
        ...

    def save(self, alert: Alert) -> None:
        """Write back everything of one alert."""
        ...

    def touch(self, entries: Sequence[ReceiptEntry], *, seen_at: datetime) -> bool:
        """Count repeats, push ``last_seen_at`` and ``expire_due_at`` on.

        Returns:
            Whether it was done now. SQLite answers no: the receipt itself is the
            touch journal, and ``ReceiptStore.fold`` applies it later.
        """
        ...

    def due_for_evaluation(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        """Return locked alerts whose ``evaluate_due_at`` has come, oldest first."""
        ...

    def due_for_expiry(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        """Return locked firing alerts whose ``expire_due_at`` has come."""
        ...

    def put_off(self, alert_id: AlertId, until: datetime) -> None:
        """Let what is due of this row be due then; for one that cannot be read."""
        ...

    def next_evaluation(self) -> datetime | None:
        """Return the earliest ``evaluate_due_at`` of any alert."""
        ...

    def next_expiry(self) -> datetime | None:
        """Return the earliest ``expire_due_at`` of any firing alert."""
        ...

    def defer_expiry(self, until: datetime) -> int:
        """Let no firing alert expire before then."""
        ...

    def shift_evaluations(self, by: timedelta) -> int:
        """Move every ``evaluate_due_at`` that is still to come."""
        ...

    def search(
        self, *, open_only: bool, limit: int, before: AlertId | None = None
    ) -> list[Alert]:
        """Return alerts, newest first, before the given id.

        Open are those that fire, and expired ones whose page is not resolved.
        """
        ...

    def firing(self, integration: Slug | None) -> list[Alert]:
        """Return all firing alerts of one or of every integration."""
        ...

    def generations(self) -> int:
        """Return the sum of all alerts' generations: how often any was opened."""
        ...

    def count_by_disposition(self) -> dict[str, int]:
        """Return how many alerts stand at each disposition."""
        ...


class ReceiptStore(Protocol):
    """One receipt per accepted request; its entries are also the touch journal."""

    def add(self, receipt: Receipt, *, is_folded: bool) -> None:
        """Insert one receipt with its entries."""
        ...

    def add_all(
        self, receipts: Sequence[Receipt], *, folded: AbstractSet[ReceiptId]
    ) -> None:
        """Insert receipts; the journal owes nothing of those that are ``folded``."""
        ...

    def add_raw(self, raw: RawBody) -> None:
        """Keep the body of a request that could not be read whole."""
        ...

    def raw(self, receipt_id: ReceiptId) -> RawBody | None:
        """Return the kept body, or none."""
        ...

    def get(self, receipt_id: ReceiptId) -> Receipt | None:
        """Return the receipt or none."""
        ...

    def for_alert(self, alert_id: AlertId, *, limit: int) -> list[Receipt]:
        """Return the receipts that opened or ended this alert, oldest first."""
        ...

    def has_unfolded(self) -> bool:
        """Return whether journaled repeats wait to be applied."""
        ...

    def fold(self, *, limit: int) -> int:
        """Apply journaled repeats to their alerts; return how many receipts were."""
        ...

    def count_entries(self) -> dict[str, int]:
        """Return how many entries of each kind were ever accepted."""
        ...

    def prune(self, *, before: datetime, limit: int) -> int:
        """Delete folded receipts of mere repeats from before then, and bodies kept.

        A body stays while an alert that its receipt opened is open. A repeated body
        opens nothing; what was kept of it goes with its receipt.

        Returns:
            How many were deleted of what there was most of; ``limit`` means that more
            may wait.
        """
        ...


class DeliveryStore(Protocol):
    """Deliveries and their attempts."""

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Insert deliveries."""
        ...

    def claimable(
        self,
        *,
        limit: int,
        kind: ChannelKind | None = None,
        otherwise: Otherwise = refuse,
    ) -> list[Delivery]:
        """Return locked deliveries that are due: pending, or with a lapsed lease.

        Only those of one kind of channel, where one is given, and those of a kind that
        nobody knows: they cannot be read.

        Ordered by ``next_attempt_at``. On PostgreSQL rows others hold are skipped.
        """
        ...

    def put_off(self, delivery_id: DeliveryId, until: datetime) -> None:
        """Let this row be claimable then; for one that cannot be read."""
        ...

    def get(self, delivery_id: DeliveryId, *, lock: bool = False) -> Delivery | None:
        """Return the delivery or none."""
        ...

    def save(self, delivery: Delivery) -> None:
        """Write back one delivery."""
        ...

    def for_page(self, page_id: PageId) -> list[Delivery]:
        """Return the page's deliveries in the order they were made."""
        ...

    def for_bulletin(self, bulletin_id: BulletinId) -> list[Delivery]:
        """Return the bulletin's deliveries in the order they were made."""
        ...

    def owed_for_recipient(self, page_id: PageId, recipient: str) -> list[Delivery]:
        """Return the page's owed deliveries to a recipient, soonest first, locked."""
        ...

    def cancel_owed(self, page_id: PageId, *, reason: str) -> int:
        """End every pending or claimed delivery of the page as cancelled."""
        ...

    def recent_messages(
        self, *, since: datetime
    ) -> dict[tuple[str, str], list[datetime]]:
        """Return by (recipient, method) when messages were begun since then.

        A bundle counts once. Those still under way count, too.
        """
        ...

    def shift_owed(self, by: timedelta) -> int:
        """Move every due time, next attempt and lease of what is owed still to come."""
        ...

    def lapse_leases(self, owners: Sequence[NodeId]) -> int:
        """Make every claim of these dead nodes due at once."""
        ...

    def lease_owners(self) -> list[NodeId]:
        """Return the nodes that hold claims."""
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest ``next_attempt_at`` or lapsing lease of an owed one."""
        ...

    def oldest_owed(self) -> datetime | None:
        """Return the earliest ``due_at`` of any delivery still owed."""
        ...

    def owed(self, *, limit: int) -> list[Delivery]:
        """Return owed deliveries, soonest first: what would be sent next."""
        ...

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Append attempts; one whose id is there already is left as it is."""
        ...

    def told_of_pages(
        self, *, since: datetime, until: datetime
    ) -> list[tuple[str, datetime]]:
        """Return who was told of a page, and when, within ``[since, until)``.

        Once for each level entry: when its first delivery was handed over.
        """
        ...

    def attempts(self, page_id: PageId) -> list[Attempt]:
        """Return every attempt at the page's deliveries, oldest first."""
        ...


class ConfigurationStore(Protocol):
    """Immutable versioned documents."""

    def snapshot(self) -> Snapshot:
        """Return the compiled configuration in force; compiled once per revision."""
        ...

    def snapshot_at(self, revision: int) -> Snapshot:
        """Return the configuration as it was at that revision."""
        ...

    def documents(self) -> list[Document]:
        """Return the documents in force."""
        ...

    def history(self, kind: str, name: Slug) -> list[Document]:
        """Return every version of one document, oldest first."""
        ...

    def versions(self, kinds: Sequence[str]) -> list[Document]:
        """Return every version of every document of these kinds, oldest first."""
        ...

    def revisions(self) -> list[Revision]:
        """Return every revision, oldest first."""
        ...

    def apply(
        self, documents: Sequence[Document], removed: Sequence[Document], *, by: str
    ) -> Revision:
        """Store new versions and ends of documents as the next revision."""
        ...


class AccessStore(Protocol):
    """Tokens, sessions, links and calendar feeds; only digests are stored."""

    def add_token(self, token: ApiToken) -> None:
        """Insert a token."""
        ...

    def token(self, digest: str) -> ApiToken | None:
        """Return the token with this digest, or none."""
        ...

    def tokens(self) -> list[ApiToken]:
        """Return all tokens, newest first."""
        ...

    def save_token(self, token: ApiToken) -> None:
        """Write back a token (last used, revoked)."""
        ...

    def add_feed(self, feed: CalendarFeed) -> None:
        """Insert a calendar feed."""
        ...

    def feed(self, digest: str) -> CalendarFeed | None:
        """Return the calendar feed with this digest, or none."""
        ...

    def feeds(self) -> list[CalendarFeed]:
        """Return all calendar feeds, newest first."""
        ...

    def save_feed(self, feed: CalendarFeed) -> None:
        """Write back a calendar feed (last used, revoked)."""
        ...

    def add_session(self, session: Session) -> None:
        """Insert a session."""
        ...

    def session(self, digest: str) -> Session | None:
        """Return the session with this digest, or none."""
        ...

    def save_session(self, session: Session) -> None:
        """Write back a session (last used, ended)."""
        ...

    def end_sign_ins(self, owner: Slug) -> None:
        """End every session of a person, and use up their sign-in links."""
        ...

    def add_link(self, link: OneTimeLink) -> None:
        """Insert a one-time sign-in link."""
        ...

    def take_link(self, digest: str) -> OneTimeLink | None:
        """Use up and return the unused, unexpired link with this digest, or none."""
        ...

    def count_sessions(self) -> int:
        """Return how many sessions were ever opened."""
        ...


class MetaStore(Protocol):
    """Small facts about the installation: held mode, key fingerprint, last audit."""

    def get(self, key: str) -> str | None:
        """Return the value or none."""
        ...

    def set(self, key: str, value: str) -> None:
        """Set the value."""
        ...

    def all(self) -> Mapping[str, str]:
        """Return every fact."""
        ...


class Transaction(Protocol):
    """One unit of work; commits whole or not at all."""

    @property
    def now(self) -> datetime:
        """The instant of this transaction."""
        ...

    def attempt(self, work: Callable[[], T]) -> T | Setback:
        """Do the work so that its failure undoes its own writes and nothing else.

        The failure is logged. What dooms the whole transaction (the connection or
        the disk failed) is raised all the same.
        """
        ...

    @property
    def event(self) -> EventStore: ...
    @property
    def alert(self) -> AlertStore: ...
    @property
    def receipt(self) -> ReceiptStore: ...
    @property
    def page(self) -> PageStore: ...
    @property
    def delivery(self) -> DeliveryStore: ...
    @property
    def bulletin(self) -> BulletinStore: ...
    @property
    def incident(self) -> IncidentStore: ...
    @property
    def notice(self) -> NoticeStore: ...
    @property
    def change(self) -> ChangeStore: ...
    @property
    def mitigation_run(self) -> MitigationRunStore: ...
    @property
    def postmortem(self) -> PostmortemStore: ...
    @property
    def action_item(self) -> ActionItemStore: ...
    @property
    def backlog(self) -> BacklogStore: ...
    @property
    def contact(self) -> ContactStore: ...
    @property
    def cover(self) -> CoverStore: ...
    @property
    def shift_notice(self) -> ShiftNoticeStore: ...
    @property
    def configuration(self) -> ConfigurationStore: ...
    @property
    def access(self) -> AccessStore: ...
    @property
    def meta(self) -> MetaStore: ...


class Store(Protocol):
    """Runs transactions: a transaction is a function."""

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run the work in one transaction and return its result after the commit.

        Serialisation failures and lost races are retried; the work may run again.
        """
        ...

    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        """Queue the work for the group commit; the future is done after it.

        Args:
            work: The transaction.
            is_debt: It must be done, however many signals wait: it is never refused
                and goes before them.
            alerts: A debt's alerts; a group locks those of all its debts at first, so
                that the order of locks holds for the group as for one transaction.

        Raises:
            OverloadedError: The queue is full; nothing was queued.
        """
        ...

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run the work on a read-only transaction."""
        ...

    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        """Return which of these nodes are surely gone (PostgreSQL liveness locks)."""
        ...

    def close(self) -> None:
        """Finish what is queued, then close every connection."""
        ...
