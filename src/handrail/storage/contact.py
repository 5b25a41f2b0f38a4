"""Which contact methods reached their person, and whom gaps were told."""

from sqlalchemy import Column, Table, Text, select
from typing_extensions import override

from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.instants import from_micros, to_micros
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.contact import ContactStore, GapTelling
from handrail.storage.advisory_lock import hold, key_of
from handrail.storage.codec import storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Scope

CONTACT_VERIFICATION = Table(
    "contact_verification",
    METADATA,
    Column("user", KEY, primary_key=True),
    Column("method", KEY, primary_key=True),
    Column("kind", KEY, primary_key=True),
    Column("address", KEY, primary_key=True),
    Column("verified_at", INSTANT, nullable=False),
    Column("via", KEY, nullable=False),
)
GAP_TELLING = Table(
    "gap_telling",
    METADATA,
    Column("service", KEY, primary_key=True),
    Column("gaps", KEY, nullable=False),
    Column("until", INSTANT, nullable=False),
    Column("told_at", INSTANT, nullable=False),
    Column("told", Text, nullable=False),
)

_VERIFY = (
    'INSERT INTO contact_verification ("user", method, kind, address, verified_at, via)'
    " VALUES (?, ?, ?, ?, ?, ?)"
    ' ON CONFLICT ("user", method, kind, address) DO UPDATE SET'
    " verified_at = excluded.verified_at, via = excluded.via"
    " WHERE excluded.verified_at > contact_verification.verified_at"
)
_TELL = (
    "INSERT INTO gap_telling (service, gaps, until, told_at, told)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (service) DO UPDATE SET gaps = excluded.gaps,"
    " until = excluded.until, told_at = excluded.told_at, told = excluded.told"
)
_VERIFICATIONS = select(*CONTACT_VERIFICATION.c).order_by(
    *(column for column in CONTACT_VERIFICATION.primary_key)
)
_ALL_TELLINGS = key_of("gap tellings")
_TELLINGS = select(*GAP_TELLING.c).order_by(GAP_TELLING.c.service)


class SqlContactStore(ContactStore):
    """One table each."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def verify(self, verification: Verification) -> None:
        key = verification.key
        self._scope.change(
            _VERIFY,
            (
                key.user,
                key.method,
                str(key.kind),
                storable(key.address),
                to_micros(verification.at),
                str(verification.via),
            ),
        )

    @override
    def verifications(self, user: Slug | None = None) -> list[Verification]:
        query = _VERIFICATIONS
        if user is not None:
            query = query.where(CONTACT_VERIFICATION.c.user == user)
        return [
            Verification(
                key=MethodKey(row[0], row[1], ChannelKind(row[2]), row[3]),
                at=from_micros(row[4]),
                via=Via(row[5]),
            )
            for row in self._scope.read(query)
        ]

    @override
    def tell(self, telling: GapTelling) -> None:
        self._scope.change(
            _TELL,
            (
                telling.service,
                telling.gaps,
                to_micros(telling.until),
                to_micros(telling.told_at),
                storable(telling.told),
            ),
        )

    @override
    def tellings(self, *, lock: bool = False) -> dict[Slug, GapTelling]:
        if lock and self._scope.is_postgres:
            hold(self._scope, [_ALL_TELLINGS])
        return {
            row[0]: GapTelling(
                service=row[0],
                gaps=row[1],
                until=from_micros(row[2]),
                told_at=from_micros(row[3]),
                told=row[4],
            )
            for row in self._scope.read(_TELLINGS)
        }
