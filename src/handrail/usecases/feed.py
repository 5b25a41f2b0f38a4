"""Calendar feeds: made, replaced, revoked by their owners, and read by the address."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from handrail.core.access.actor import Actor
from handrail.core.access.grant import CalendarFeed, FeedSubject
from handrail.core.access.permission import Verb
from handrail.core.access.role import Role
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import ForbiddenError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.schedule.feed import EDGE, schedule_events, stretch, user_events
from handrail.ports.calendar import Feed
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.access_record import record
from handrail.usecases.credential import digest
from handrail.usecases.oncall import directory_at

FEED_PREFIX = "hr_cal_"
"""The public prefix of the secret part of an address, for secret scanners."""
SHOWN_MAX = 1000
NOTED_EVERY = timedelta(hours=1)
"""A use is noted this often at most: calendar applications ask all day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedFeed:
    """A feed just made; the secret part of its address exists only here."""

    feed: CalendarFeed
    secret: str

    @property
    def path(self) -> str:
        """Return where it is read, from the installation's address on."""
        return f"/ical/{self.secret}.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that an address opened.

    Attributes:
        state: Names the content: while it is the same, the content is.
        content: Makes it; not asked where the reader has it already.
        is_noteworthy: Whether this use should be noted.
    """

    feed: CalendarFeed
    state: str
    content: Callable[[], Feed]
    is_noteworthy: bool


def create_feed(
    tx: Transaction,
    *,
    subject: FeedSubject,
    name: Slug | None,
    actor: Actor,
    ids: IdSource,
) -> IssuedFeed:
    """Make a feed of a schedule, or of a person: one's own, or by an admin anybody's.

    Args:
        tx: Written in.
        subject: Whether it is a schedule's or a person's.
        name: The schedule or user; without one, the asker.
        actor: Who asks.
        ids: For its id and secret.

    Raises:
        InvalidError: There is no such schedule or user, or none was named.
        ForbiddenError: It is somebody else's.
    """
    actor.require(Verb.FEED_CREATE)
    if name is None and subject is FeedSubject.USER:
        name = actor.user
    known = _names(tx.configuration.snapshot(), subject)
    if name is None or name not in known:
        wrong = f"there is no {subject} {name}" if name else f"say of which {subject}"
        msg = f"The feed was not made: {wrong}."
        raise InvalidError(msg, fields={"name": wrong})
    is_own = subject is FeedSubject.SCHEDULE or name == actor.user
    if not is_own and actor.role is not Role.ADMIN:
        msg = "Everybody makes the feed of their own shifts; an admin may for others."
        raise ForbiddenError(msg)
    return _issue(tx, subject, name, actor=actor, ids=ids)


def rotate_feed(
    tx: Transaction, feed_id: str, *, actor: Actor, ids: IdSource
) -> IssuedFeed:
    """Give a feed a new address; the one before stops working at once.

    Raises:
        NotFoundError: There is none, or it is somebody else's and the asker no admin.
        InvalidError: It is revoked.
    """
    actor.require(Verb.FEED_CREATE)
    found = _visible(tx, feed_id, actor)
    if found.revoked_at is not None:
        msg = "This feed is revoked. Make a new one."
        raise InvalidError(msg)
    revoke_feed(tx, feed_id, actor=actor, ids=ids)
    return _issue(tx, found.subject, found.name, actor=actor, ids=ids)


def revoke_feed(
    tx: Transaction, feed_id: str, *, actor: Actor, ids: IdSource
) -> CalendarFeed:
    """Close the address from now on; one already revoked stays as it is.

    Raises:
        NotFoundError: There is none, or it is somebody else's and the asker no admin.
    """
    actor.require(Verb.FEED_REVOKE)
    found = _visible(tx, feed_id, actor)
    if found.revoked_at is not None:
        return found
    return close_feed(tx, found, by=str(actor), ids=ids)


def close_feed(
    tx: Transaction, feed: CalendarFeed, *, by: str, ids: IdSource
) -> CalendarFeed:
    """Close a feed's address; the caller has asked whether that is allowed."""
    closed = replace(feed, revoked_at=tx.now)
    tx.access.save_feed(closed)
    record(tx, "feed_revoked", by, _payload(closed), ids=ids)
    return closed


def visible_feeds(tx: Transaction, *, actor: Actor) -> list[CalendarFeed]:
    """Return the asker's feeds, newest first; an admin's view has everybody's.

    A person's feeds are theirs, whoever made them.
    """
    actor.require(Verb.FEED_READ)
    feeds = tx.access.feeds()
    if actor.role is Role.ADMIN:
        return feeds
    return [feed for feed in feeds if actor.user is not None and _is_of(feed, actor)]


def find_feed(tx: Transaction, secret: str) -> FoundFeed | None:
    """Return what an address opens; none where it is unknown, revoked or orphaned.

    It ends with the account that made it, and with its schedule or person. What an
    operator's token made ends with the token, for it has no account to end with.
    """
    feed = tx.access.feed(digest(secret))
    if feed is None or feed.revoked_at is not None:
        return None
    snapshot = tx.configuration.snapshot()
    if feed.owner is not None and feed.owner not in snapshot.users:
        return None
    if feed.owner is None and feed.token is not None and not _holds(tx, feed.token):
        return None
    if feed.name not in _names(snapshot, feed.subject):
        return None
    used = feed.last_used_at
    return FoundFeed(
        feed=feed,
        state=f"{feed.id}.{snapshot.revision}.{tx.now:%Y%m%d}",
        content=lambda: _content(tx, feed, snapshot),
        is_noteworthy=used is None or tx.now - used >= NOTED_EVERY,
    )


def was_issued(tx: Transaction, secret: str) -> bool:
    """Return whether an address ever was one: who asks for it guesses nothing."""
    return tx.access.feed(digest(secret)) is not None


def note_use(tx: Transaction, secret: str) -> None:
    """Note that a feed is read."""
    feed = tx.access.feed(digest(secret))
    if feed is not None:
        tx.access.save_feed(replace(feed, last_used_at=tx.now))


def _content(tx: Transaction, feed: CalendarFeed, snapshot: Snapshot) -> Feed:
    people = {name: user.full_name for name, user in snapshot.users.items()}
    # What was on call stays so in calendars too: schedules as they were then.
    since = stretch(tx.now)[0] - EDGE
    if feed.subject is FeedSubject.SCHEDULE:
        schedule = directory_at(tx, since, [feed.name]).schedules[feed.name]
        title = f"On call: {schedule.title}"
        events = schedule_events(schedule, people, now=tx.now)
    else:
        title = f"On call: {people[feed.name]}"
        schedules = directory_at(tx, since, user=feed.name).schedules.values()
        events = user_events(feed.name, schedules, people, now=tx.now)
    return Feed(
        title=title,
        events=events,
        revision=snapshot.revision,
        revised_at=tx.configuration.revisions()[-1].applied_at,
    )


def _issue(
    tx: Transaction, subject: FeedSubject, name: Slug, *, actor: Actor, ids: IdSource
) -> IssuedFeed:
    secret = FEED_PREFIX + ids.new_secret()
    feed = CalendarFeed(
        id=ids.new_id(),
        digest=digest(secret),
        subject=subject,
        name=name,
        owner=actor.user,
        created_at=tx.now,
        token=actor.token,
    )
    tx.access.add_feed(feed)
    record(tx, "feed_created", str(actor), _payload(feed), ids=ids)
    return IssuedFeed(feed=feed, secret=secret)


def _holds(tx: Transaction, token_id: str) -> bool:
    token = next((one for one in tx.access.tokens() if one.id == token_id), None)
    if token is None or token.revoked_at is not None:
        return False
    return token.expires_at is None or token.expires_at > tx.now


def _visible(tx: Transaction, feed_id: str, actor: Actor) -> CalendarFeed:
    for feed in visible_feeds(tx, actor=actor):
        if feed.id == feed_id:
            return feed
    msg = f"There is no feed {feed_id!r}. List them to see their ids."
    raise NotFoundError(msg)


def _is_of(feed: CalendarFeed, actor: Actor) -> bool:
    is_theirs = feed.subject is FeedSubject.USER and feed.name == actor.user
    return is_theirs or feed.owner == actor.user


def _names(snapshot: Snapshot, subject: FeedSubject) -> frozenset[Slug]:
    known = {
        FeedSubject.SCHEDULE: snapshot.schedules,
        FeedSubject.USER: snapshot.users,
    }
    return frozenset(known[subject])


def _payload(feed: CalendarFeed) -> dict[str, str]:
    return {"id": feed.id, "subject": str(feed.subject), "name": feed.name}
