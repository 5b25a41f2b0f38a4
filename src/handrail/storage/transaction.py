"""One unit of work over all concepts."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from typing_extensions import override

from handrail.core.errors import LostRaceError
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.storage.access import SqlAccessStore
from handrail.storage.agreement import SqlAgreementStore
from handrail.storage.alert import SqlAlertStore
from handrail.storage.backlog import SqlBacklogStore
from handrail.storage.bulletin import SqlBulletinStore
from handrail.storage.change import SqlChangeStore
from handrail.storage.configuration import SnapshotCache, SqlConfigurationStore
from handrail.storage.contact import SqlContactStore
from handrail.storage.delivery import SqlDeliveryStore
from handrail.storage.event import SqlEventStore
from handrail.storage.incident import SqlIncidentStore
from handrail.storage.meta import SqlMetaStore
from handrail.storage.mitigation_run import SqlMitigationRunStore
from handrail.storage.notice import SqlNoticeStore
from handrail.storage.page import SqlPageStore
from handrail.storage.postmortem import SqlActionItemStore, SqlPostmortemStore
from handrail.storage.receipt import SqlReceiptStore
from handrail.storage.scope import Scope
from handrail.storage.shift_notice import SqlShiftNoticeStore
from handrail.storage.trouble import Trouble, trouble_of

T = TypeVar("T")
_DOOM = frozenset({Trouble.FULL, Trouble.DISCONNECTED, Trouble.BROKEN})
"""No savepoint survives these."""
_PASSING = frozenset({Trouble.BUSY, Trouble.SERIALISATION, Trouble.LOST_RACE})
_log = structlog.get_logger()


class SqlTransaction(Transaction):
    """What a use case is handed; it is void once its work has returned."""

    def __init__(self, scope: Scope, cache: SnapshotCache) -> None:
        self._scope = scope
        self._event = SqlEventStore(scope)
        self._alert = SqlAlertStore(scope)
        self._receipt = SqlReceiptStore(scope)
        self._page = SqlPageStore(scope)
        self._delivery = SqlDeliveryStore(scope)
        self._bulletin = SqlBulletinStore(scope)
        self._incident = SqlIncidentStore(scope)
        self._notice = SqlNoticeStore(scope)
        self._change = SqlChangeStore(scope)
        self._mitigation_run = SqlMitigationRunStore(scope)
        self._postmortem = SqlPostmortemStore(scope)
        self._action_item = SqlActionItemStore(scope)
        self._backlog = SqlBacklogStore(scope)
        self._agreement = SqlAgreementStore(scope)
        self._contact = SqlContactStore(scope)
        self._shift_notice = SqlShiftNoticeStore(scope)
        self._configuration = SqlConfigurationStore(scope, cache)
        self._access = SqlAccessStore(scope)
        self._meta = SqlMetaStore(scope)

    @property
    @override
    def now(self) -> datetime:
        return self._scope.now

    @override
    def attempt(self, work: Callable[[], T]) -> T | Setback:
        try:
            with self._scope.savepoint():
                return work()
        except Exception as error:  # told to the caller, who decides what follows
            trouble = trouble_of(error)
            if self._is_doom(trouble):
                raise
            _log.exception("attempt_undone")
            is_passing = trouble in _PASSING or isinstance(error, LostRaceError)
            return Setback(error=error, is_passing=is_passing)

    def _is_doom(self, trouble: Trouble | None) -> bool:
        if trouble is Trouble.BUSY:
            # On PostgreSQL one row's lock; on SQLite the whole file's.
            return not self._scope.is_postgres
        return trouble in _DOOM

    @property
    @override
    def event(self) -> SqlEventStore:
        return self._event

    @property
    @override
    def alert(self) -> SqlAlertStore:
        return self._alert

    @property
    @override
    def receipt(self) -> SqlReceiptStore:
        return self._receipt

    @property
    @override
    def page(self) -> SqlPageStore:
        return self._page

    @property
    @override
    def delivery(self) -> SqlDeliveryStore:
        return self._delivery

    @property
    @override
    def bulletin(self) -> SqlBulletinStore:
        return self._bulletin

    @property
    @override
    def incident(self) -> SqlIncidentStore:
        return self._incident

    @property
    @override
    def notice(self) -> SqlNoticeStore:
        return self._notice

    @property
    @override
    def contact(self) -> SqlContactStore:
        return self._contact

    @property
    @override
    def change(self) -> SqlChangeStore:
        return self._change

    @property
    @override
    def mitigation_run(self) -> SqlMitigationRunStore:
        return self._mitigation_run

    @property
    @override
    def postmortem(self) -> SqlPostmortemStore:
        return self._postmortem

    @property
    @override
    def action_item(self) -> SqlActionItemStore:
        return self._action_item

    @property
    @override
    def backlog(self) -> SqlBacklogStore:
        return self._backlog

    @property
    @override
    def shift_notice(self) -> SqlShiftNoticeStore:
        return self._shift_notice

    @property
    @override
    def agreement(self) -> SqlAgreementStore:
        return self._agreement

    @property
    @override
    def configuration(self) -> SqlConfigurationStore:
        return self._configuration

    @property
    @override
    def access(self) -> SqlAccessStore:
        return self._access

    @property
    @override
    def meta(self) -> SqlMetaStore:
        return self._meta
