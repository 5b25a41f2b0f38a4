"""What lets people in follows the configuration: it ends with a name, or is renamed.

A name that is free may be given to somebody else: nothing that let the one in, or
showed the one's shifts, may be there for the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from handrail.core.access.grant import CalendarFeed, FeedSubject
from handrail.core.configuration.diff import Change, ChangeKind
from handrail.core.ids import Slug
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.configuration_plan import renames
from handrail.usecases.feed import close_feed
from handrail.usecases.token import end_token

_Name = tuple[str, Slug]
"""Kind and name."""

_FOLLOWED = {"user", "schedule"}
_KIND_OF = {FeedSubject.USER: "user", FeedSubject.SCHEDULE: "schedule"}


def follow_access(
    tx: Transaction, changes: Sequence[Change], *, by: str, ids: IdSource
) -> None:
    """End the tokens, sessions, links and feeds of who is gone; rename the others'.

    Whoever is new gets nothing that an earlier one of that name left behind. Sessions
    and links of a renamed person end; they sign in again.
    """
    ended = set(_ended(changes))
    renamed = {
        (kind, before): after
        for (kind, before), after in renames(changes).items()
        if kind in _FOLLOWED
    }
    for kind, name in sorted({*ended, *renamed}):
        if kind == "user":
            tx.access.end_sign_ins(name)
    if ended or renamed:
        _follow_tokens(tx, ended, renamed, by=by, ids=ids)
        _follow_feeds(tx, ended, renamed, by=by, ids=ids)


def _ended(changes: Sequence[Change]) -> Iterator[_Name]:
    """Yield what was removed, and what is new: it had nothing before."""
    for change in changes:
        of = change.stored if change.kind is ChangeKind.REMOVED else None
        if of is not None and of.kind in _FOLLOWED:
            yield of.kind, of.name
        new = change.draft if change.kind is ChangeKind.ADDED else None
        if new is not None and new.kind in _FOLLOWED:
            yield new.kind, new.name


def _follow_tokens(
    tx: Transaction,
    ended: AbstractSet[_Name],
    renamed: Mapping[_Name, Slug],
    *,
    by: str,
    ids: IdSource,
) -> None:
    for token in tx.access.tokens():
        if token.owner is None or token.revoked_at is not None:
            continue
        whose = ("user", token.owner)
        if whose in renamed:
            tx.access.save_token(replace(token, owner=renamed[whose]))
        elif whose in ended:
            end_token(tx, token, by=by, ids=ids)


def _follow_feeds(
    tx: Transaction,
    ended: AbstractSet[_Name],
    renamed: Mapping[_Name, Slug],
    *,
    by: str,
    ids: IdSource,
) -> None:
    for feed in tx.access.feeds():
        if feed.revoked_at is not None:
            continue
        names = set(_names(feed))
        if names & ended - set(renamed):
            close_feed(tx, feed, by=by, ids=ids)
        elif names & set(renamed):
            owner = feed.owner and renamed.get(("user", feed.owner), feed.owner)
            of = (_KIND_OF[feed.subject], feed.name)
            name = renamed.get(of, feed.name)
            tx.access.save_feed(replace(feed, owner=owner, name=name))


def _names(feed: CalendarFeed) -> Iterator[_Name]:
    yield _KIND_OF[feed.subject], feed.name
    if feed.owner is not None:
        yield "user", feed.owner
