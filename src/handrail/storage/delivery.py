"""Deliveries: the debts, their claims, and the attempts at them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    func,
    or_,
    select,
    update,
)
from typing_extensions import override

from handrail.core import limits
from handrail.core.ids import BulletinId, DeliveryId, NodeId, PageId
from handrail.core.instants import from_micros, to_micros
from handrail.core.paging.delivery import OWED, Attempt, Delivery, DeliveryState
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.delivery import DeliveryStore
from handrail.ports.setback import Otherwise, refuse
from handrail.storage.bulletin import BULLETIN
from handrail.storage.codec import MICROSECOND, RowCodec, storable
from handrail.storage.page import PAGE
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("page_id", KEY, ForeignKey(PAGE.c.id), index=True),
    Column("bulletin_id", KEY, ForeignKey(BULLETIN.c.id), index=True),
    Column("entry_id", KEY, nullable=False),
    Column("recipient", KEY, nullable=False),
    Column("target", KEY, nullable=False),
    Column("why", Text, nullable=False),
    Column("method", KEY, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("address", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("next_attempt_at", INSTANT, nullable=False),
    Column("deadline_at", INSTANT, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("idempotency_key", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    Column("lease_until", INSTANT),
    Column("lease_owner", KEY),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("closed_at", INSTANT),
    Column("reason", Text, nullable=False),
)
_PENDING = DELIVERY.c.state == DeliveryState.PENDING.value
_CLAIMED = DELIVERY.c.state == DeliveryState.CLAIMED.value
_IS_OWED = DELIVERY.c.state.in_(sorted(state.value for state in OWED))
for _name, _column, _rows in (
    ("pending", DELIVERY.c.next_attempt_at, _PENDING),
    ("claimed", DELIVERY.c.lease_until, _CLAIMED),
    ("owed", DELIVERY.c.due_at, _IS_OWED),
):
    Index(f"ix_delivery_{_name}", _column, sqlite_where=_rows, postgresql_where=_rows)

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("delivery_id", KEY, ForeignKey(DELIVERY.c.id), nullable=False, index=True),
    Column("node", KEY, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("started_at", INSTANT, nullable=False, index=True),
    Column("ended_at", INSTANT, nullable=False),
    Column("outcome", KEY, nullable=False),
    Column("detail", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("bundle_id", KEY, nullable=False),
)

_CODEC = RowCodec(Delivery, DELIVERY)
_ATTEMPT_CODEC = RowCodec(Attempt, ATTEMPT)
_ADD_ATTEMPT = f"{_ATTEMPT_CODEC.insert} ON CONFLICT DO NOTHING"
_ALL = select(*_CODEC.columns)
_SOONEST = (DELIVERY.c.next_attempt_at, DELIVERY.c.id)
_GET = _ALL.where(DELIVERY.c.id == bindparam("id"))
_GET_LOCKED = _GET.with_for_update()
_DUE = (
    _ALL.where(_PENDING, DELIVERY.c.next_attempt_at <= bindparam("now"))
    .order_by(*_SOONEST)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LAPSED = (
    _ALL.where(_CLAIMED, DELIVERY.c.lease_until <= bindparam("now"))
    .order_by(*_SOONEST)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_OF_KIND = or_(
    DELIVERY.c.kind == bindparam("kind"),
    # Nobody asks for these: a newer version may have written them.
    DELIVERY.c.kind.not_in([kind.value for kind in ChannelKind]),
)
_PUT_OFF = (
    "UPDATE delivery SET state = 'pending', next_attempt_at = ?,"
    " lease_until = NULL, lease_owner = NULL WHERE id = ?"
)
_DUE_OF_KIND = _DUE.where(_OF_KIND)
_LAPSED_OF_KIND = _LAPSED.where(_OF_KIND)
_FOR_PAGE = _ALL.where(DELIVERY.c.page_id == bindparam("page_id")).order_by(
    DELIVERY.c.created_at, DELIVERY.c.id
)
_FOR_BULLETIN = _ALL.where(DELIVERY.c.bulletin_id == bindparam("bulletin_id")).order_by(
    DELIVERY.c.created_at, DELIVERY.c.id
)
_OWED_FOR_RECIPIENT = (
    _ALL.where(
        DELIVERY.c.page_id == bindparam("page_id"),
        DELIVERY.c.recipient == bindparam("recipient"),
        _IS_OWED,
    )
    .order_by(*_SOONEST)
    .with_for_update()
)
_OWED = _ALL.where(_IS_OWED).order_by(*_SOONEST).limit(bindparam("limit"))
_CANCEL = (
    update(DELIVERY)
    .where(DELIVERY.c.page_id == bindparam("of_page"), _IS_OWED)
    .values(
        state=DeliveryState.CANCELLED.value,
        closed_at=bindparam("now"),
        reason=bindparam("why_ended"),
        lease_until=None,
        lease_owner=None,
    )
)
# What others hold is skipped: it is looked for again in a second.
_LAPSE = (
    update(DELIVERY)
    .where(
        DELIVERY.c.id.in_(
            select(DELIVERY.c.id)
            .where(
                _CLAIMED,
                DELIVERY.c.lease_owner.in_(bindparam("owners", expanding=True)),
                DELIVERY.c.lease_until > bindparam("now"),
            )
            .with_for_update(skip_locked=True)
        )
    )
    .values(lease_until=bindparam("now"))
)
_OWNERS = (
    select(DELIVERY.c.lease_owner)
    .where(_CLAIMED, DELIVERY.c.lease_owner.is_not(None))
    .distinct()
    .order_by(DELIVERY.c.lease_owner)
)
_NEXT_PENDING = select(func.min(DELIVERY.c.next_attempt_at)).where(_PENDING)
_NEXT_LAPSE = select(func.min(DELIVERY.c.lease_until)).where(_CLAIMED)
_OLDEST_OWED = select(func.min(DELIVERY.c.due_at)).where(_IS_OWED)
_RECENT = (
    select(
        DELIVERY.c.recipient,
        DELIVERY.c.method,
        ATTEMPT.c.started_at,
        ATTEMPT.c.bundle_id,
    )
    .join(DELIVERY, DELIVERY.c.id == ATTEMPT.c.delivery_id)
    .where(ATTEMPT.c.started_at >= bindparam("since"))
    .order_by(ATTEMPT.c.started_at, ATTEMPT.c.id)
)
_IN_FLIGHT = (
    select(DELIVERY.c.recipient, DELIVERY.c.method, DELIVERY.c.lease_until)
    .where(_CLAIMED)
    .distinct()
)
_ATTEMPTS = (
    select(*_ATTEMPT_CODEC.columns)
    .join(DELIVERY, DELIVERY.c.id == ATTEMPT.c.delivery_id)
    .where(DELIVERY.c.page_id == bindparam("page_id"))
    .order_by(ATTEMPT.c.started_at, ATTEMPT.c.id)
)

_TOLD_AT = func.min(DELIVERY.c.closed_at).label("told_at")
_TOLD_OF_PAGES = (
    select(DELIVERY.c.recipient, _TOLD_AT)
    .where(
        DELIVERY.c.page_id.is_not(None),
        DELIVERY.c.state == DeliveryState.HANDED_OVER.value,
        DELIVERY.c.closed_at >= bindparam("since"),
    )
    .group_by(DELIVERY.c.recipient, DELIVERY.c.page_id, DELIVERY.c.entry_id)
    .having(func.min(DELIVERY.c.closed_at) < bindparam("until"))
    .order_by(_TOLD_AT)
)

_SHIFT_OWED = (
    "UPDATE delivery SET"
    " due_at = due_at + CASE WHEN due_at > ? THEN ? ELSE 0 END,"
    " next_attempt_at = next_attempt_at"
    " + CASE WHEN next_attempt_at > ? THEN ? ELSE 0 END,"
    " lease_until = lease_until + CASE WHEN lease_until > ? THEN ? ELSE 0 END"
    " WHERE state IN ('pending', 'claimed')"
)


class SqlDeliveryStore(DeliveryStore):
    """Deliveries and attempts, each in one table."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, deliveries: Sequence[Delivery]) -> None:
        rows = [_CODEC.values(delivery) for delivery in deliveries]
        self._scope.change_many(_CODEC.insert, rows)

    @override
    def claimable(
        self,
        *,
        limit: int,
        kind: ChannelKind | None = None,
        otherwise: Otherwise = refuse,
    ) -> list[Delivery]:
        when: dict[str, object] = {"now": to_micros(self._scope.now), "limit": limit}
        queries = (_DUE, _LAPSED)
        if kind is not None:
            when["kind"] = kind.value
            queries = (_DUE_OF_KIND, _LAPSED_OF_KIND)
        found = [
            delivery
            for query in queries
            for delivery in self._deliveries(query, when, otherwise)
        ]
        return sorted(found, key=lambda d: (d.next_attempt_at, d.id))[:limit]

    @override
    def put_off(self, delivery_id: DeliveryId, until: datetime) -> None:
        self._scope.change(_PUT_OFF, (to_micros(until), delivery_id))

    @override
    def get(self, delivery_id: DeliveryId, *, lock: bool = False) -> Delivery | None:
        found = self._deliveries(_GET_LOCKED if lock else _GET, {"id": delivery_id})
        return found[0] if found else None

    @override
    def save(self, delivery: Delivery) -> None:
        count = self._scope.change(
            _CODEC.update, [*_CODEC.values(delivery), delivery.id]
        )
        assert count == 1, f"delivery {delivery.id} was never added"

    @override
    def for_page(self, page_id: PageId) -> list[Delivery]:
        return self._deliveries(_FOR_PAGE, {"page_id": page_id})

    @override
    def for_bulletin(self, bulletin_id: BulletinId) -> list[Delivery]:
        return self._deliveries(_FOR_BULLETIN, {"bulletin_id": bulletin_id})

    @override
    def owed_for_recipient(self, page_id: PageId, recipient: str) -> list[Delivery]:
        return self._deliveries(
            _OWED_FOR_RECIPIENT, {"page_id": page_id, "recipient": recipient}
        )

    @override
    def cancel_owed(self, page_id: PageId, *, reason: str) -> int:
        ended = {
            "of_page": page_id,
            "now": to_micros(self._scope.now),
            "why_ended": storable(reason),
        }
        return self._scope.write(_CANCEL, ended)

    @override
    def recent_messages(
        self, *, since: datetime
    ) -> dict[tuple[str, str], list[datetime]]:
        begun: dict[tuple[str, str], list[datetime]] = {}
        bundles: set[tuple[str, str, str]] = set()
        asked = {"since": to_micros(since)}
        for recipient, method, started_at, bundle in self._scope.read(_RECENT, asked):
            if bundle and (recipient, method, bundle) in bundles:
                continue
            bundles.add((recipient, method, bundle))
            begun.setdefault((recipient, method), []).append(from_micros(started_at))
        # A claim's attempt is recorded at its end only; a bundle shares its lease.
        for recipient, method, lease_until in self._scope.read(_IN_FLIGHT):
            started = from_micros(lease_until) - limits.LEASE
            if started >= since:
                begun.setdefault((recipient, method), []).append(started)
        return begun

    @override
    def shift_owed(self, by: timedelta) -> int:
        now, micros = to_micros(self._scope.now), by // MICROSECOND
        return self._scope.change(_SHIFT_OWED, (now, micros) * 3)

    @override
    def lapse_leases(self, owners: Sequence[NodeId]) -> int:
        if not owners:
            return 0
        now = to_micros(self._scope.now)
        return self._scope.write(_LAPSE, {"owners": list(owners), "now": now})

    @override
    def lease_owners(self) -> list[NodeId]:
        return [NodeId(owner) for owner in self._scope.read(_OWNERS).scalars()]

    @override
    def next_due(self) -> datetime | None:
        dues = [
            due
            for query in (_NEXT_PENDING, _NEXT_LAPSE)
            if (due := self._scope.read(query).scalar()) is not None
        ]
        return from_micros(min(dues)) if dues else None

    @override
    def oldest_owed(self) -> datetime | None:
        due = self._scope.read(_OLDEST_OWED).scalar()
        return None if due is None else from_micros(due)

    @override
    def owed(self, *, limit: int) -> list[Delivery]:
        return self._deliveries(_OWED, {"limit": limit})

    @override
    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        rows = [_ATTEMPT_CODEC.values(attempt) for attempt in attempts]
        self._scope.change_many(_ADD_ATTEMPT, rows)

    @override
    def told_of_pages(
        self, *, since: datetime, until: datetime
    ) -> list[tuple[str, datetime]]:
        asked = {"since": to_micros(since), "until": to_micros(until)}
        rows = self._scope.read(_TOLD_OF_PAGES, asked)
        return [(recipient, from_micros(told_at)) for recipient, told_at in rows]

    @override
    def attempts(self, page_id: PageId) -> list[Attempt]:
        rows = self._scope.read(_ATTEMPTS, {"page_id": page_id})
        return [_ATTEMPT_CODEC.item(row) for row in rows]

    def _deliveries(
        self,
        query: Select[Row],
        asked: Mapping[str, object],
        otherwise: Otherwise = refuse,
    ) -> list[Delivery]:
        return _CODEC.items(self._scope.read(query, asked), otherwise)
