"""Tokens, sessions, links and calendar feeds; only digests are stored."""

from sqlalchemy import Column, Select, Table, Text, bindparam, func, select, update
from typing_extensions import override

from handrail.core.access.grant import ApiToken, CalendarFeed, OneTimeLink, Session
from handrail.core.ids import Slug
from handrail.core.instants import to_micros
from handrail.ports.access import AccessStore
from handrail.storage.codec import RowCodec
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

API_TOKEN = Table(
    "api_token",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", KEY, nullable=False, unique=True),
    Column("role", KEY, nullable=False),
    Column("owner", KEY),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Column("last_used_at", INSTANT),
    Column("revoked_at", INSTANT),
)
SESSION = Table(
    "session",
    METADATA,
    Column("digest", KEY, primary_key=True),
    Column("owner", KEY),
    Column("role", KEY, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
)
ONE_TIME_LINK = Table(
    "one_time_link",
    METADATA,
    Column("digest", KEY, primary_key=True),
    Column("owner", KEY),
    Column("role", KEY, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
)
CALENDAR_FEED = Table(
    "calendar_feed",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("digest", KEY, nullable=False, unique=True),
    Column("subject", KEY, nullable=False),
    Column("name", KEY, nullable=False),
    Column("owner", KEY),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT),
    Column("revoked_at", INSTANT),
    Column("token", KEY),
)

_TOKEN = RowCodec(ApiToken, API_TOKEN)
_SESSION = RowCodec(Session, SESSION, key="digest")
_LINK = RowCodec(OneTimeLink, ONE_TIME_LINK, key="digest")
_FEED = RowCodec(CalendarFeed, CALENDAR_FEED)
_GET_FEED = select(*_FEED.columns).where(CALENDAR_FEED.c.digest == bindparam("digest"))
_FEEDS = select(*_FEED.columns).order_by(
    CALENDAR_FEED.c.created_at.desc(), CALENDAR_FEED.c.id.desc()
)
_GET_TOKEN = select(*_TOKEN.columns).where(API_TOKEN.c.digest == bindparam("digest"))
_TOKENS = select(*_TOKEN.columns).order_by(
    API_TOKEN.c.created_at.desc(), API_TOKEN.c.id.desc()
)
_GET_SESSION = select(*_SESSION.columns).where(SESSION.c.digest == bindparam("digest"))
_COUNT_SESSIONS = select(func.count()).select_from(SESSION)
_GET_LINK = select(*_LINK.columns).where(ONE_TIME_LINK.c.digest == bindparam("digest"))
_USE_LINK = (
    update(ONE_TIME_LINK)
    .where(
        ONE_TIME_LINK.c.digest == bindparam("taken"),
        ONE_TIME_LINK.c.used_at.is_(None),
        ONE_TIME_LINK.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)
_END_SESSIONS = (
    update(SESSION)
    .where(SESSION.c.owner == bindparam("whose"), SESSION.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_LINKS = (
    update(ONE_TIME_LINK)
    .where(
        ONE_TIME_LINK.c.owner == bindparam("whose"), ONE_TIME_LINK.c.used_at.is_(None)
    )
    .values(used_at=bindparam("now"))
)


class SqlAccessStore(AccessStore):
    """What lets somebody in, looked up by digest."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add_token(self, token: ApiToken) -> None:
        self._scope.change(_TOKEN.insert, _TOKEN.values(token))

    @override
    def token(self, digest: str) -> ApiToken | None:
        row = self._scope.read(self._held(_GET_TOKEN), {"digest": digest}).first()
        return None if row is None else _TOKEN.item(row)

    @override
    def tokens(self) -> list[ApiToken]:
        return [_TOKEN.item(row) for row in self._scope.read(_TOKENS)]

    @override
    def save_token(self, token: ApiToken) -> None:
        count = self._scope.change(_TOKEN.update, [*_TOKEN.values(token), token.id])
        assert count == 1, f"token {token.id} was never added"

    @override
    def add_feed(self, feed: CalendarFeed) -> None:
        self._scope.change(_FEED.insert, _FEED.values(feed))

    @override
    def feed(self, digest: str) -> CalendarFeed | None:
        row = self._scope.read(self._held(_GET_FEED), {"digest": digest}).first()
        return None if row is None else _FEED.item(row)

    @override
    def feeds(self) -> list[CalendarFeed]:
        return [_FEED.item(row) for row in self._scope.read(_FEEDS)]

    @override
    def save_feed(self, feed: CalendarFeed) -> None:
        count = self._scope.change(_FEED.update, [*_FEED.values(feed), feed.id])
        assert count == 1, f"feed {feed.id} was never added"

    @override
    def add_session(self, session: Session) -> None:
        self._scope.change(_SESSION.insert, _SESSION.values(session))

    @override
    def session(self, digest: str) -> Session | None:
        row = self._scope.read(self._held(_GET_SESSION), {"digest": digest}).first()
        return None if row is None else _SESSION.item(row)

    @override
    def save_session(self, session: Session) -> None:
        values = _SESSION.values(session)
        count = self._scope.change(_SESSION.update, [*values, session.digest])
        assert count == 1, "the session was never added"

    @override
    def add_link(self, link: OneTimeLink) -> None:
        self._scope.change(_LINK.insert, _LINK.values(link))

    @override
    def take_link(self, digest: str) -> OneTimeLink | None:
        now = to_micros(self._scope.now)
        if self._scope.write(_USE_LINK, {"taken": digest, "now": now}) != 1:
            return None
        return _LINK.item(self._scope.read(_GET_LINK, {"digest": digest}).one())

    @override
    def end_sign_ins(self, owner: Slug) -> None:
        named = {"whose": owner, "now": to_micros(self._scope.now)}
        self._scope.write(_END_SESSIONS, named)
        self._scope.write(_END_LINKS, named)

    @override
    def count_sessions(self) -> int:
        return int(self._scope.read(_COUNT_SESSIONS).scalar_one())

    def _held(self, query: Select[Row]) -> Select[Row]:
        """Lock what a writing transaction looks up, since it writes back whole rows.

        Else noting a use could undo a revocation that another node just committed.
        """
        return query if self._scope.is_read_only else query.with_for_update()
