"""API tokens: made, listed and revoked by the people they act as."""

from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.access.actor import Actor
from handrail.core.access.grant import ApiToken
from handrail.core.access.permission import Verb, lesser
from handrail.core.access.role import Role
from handrail.core.errors import ForbiddenError, InvalidError, NotFoundError
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.access_record import record
from handrail.usecases.credential import digest, spell_token
from handrail.usecases.feed import close_feed

NAME_CHARS_MAX = 100
SHOWN_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A token just made; its secret text exists only here."""

    token: ApiToken
    secret: str


def create_token(
    tx: Transaction,
    name: str,
    *,
    role: Role,
    actor: Actor,
    ids: IdSource,
    expires_at: datetime | None = None,
) -> IssuedToken:
    """Make a token that acts as the asker, with this role or less.

    Raises:
        InvalidError: The name is empty or too long, or the expiry has passed.
        ForbiddenError: The role exceeds the asker's.
    """
    actor.require(Verb.TOKEN_CREATE)
    assert isinstance(actor.role, Role)
    if lesser(role, actor.role) is not role:
        msg = f"A token may do no more than its owner: ask for {actor.role} or less."
        raise ForbiddenError(msg)
    wrong = {}
    if not 1 <= len(name.strip()) <= NAME_CHARS_MAX:
        wrong["name"] = f"Give 1 to {NAME_CHARS_MAX} characters."
    if expires_at is not None and expires_at <= tx.now:
        wrong["expires_at"] = "Give an instant in the future."
    if wrong:
        msg = "The token was not made; mend the named fields."
        raise InvalidError(msg, fields=wrong)
    return issue(
        tx, name.strip(), role=role, actor=actor, ids=ids, expires_at=expires_at
    )


def revoke_token(
    tx: Transaction, token_id: str, *, actor: Actor, ids: IdSource
) -> ApiToken:
    """Refuse the token from now on; one already revoked stays as it is.

    The calendar feeds made with it are closed too: whoever had it has their addresses.

    Raises:
        NotFoundError: There is none, or it is somebody else's and the asker no admin.
    """
    actor.require(Verb.TOKEN_REVOKE)
    found = next((t for t in visible_tokens(tx, actor=actor) if t.id == token_id), None)
    if found is None:
        msg = f"There is no token {token_id!r}. List them to see their ids."
        raise NotFoundError(msg)
    if found.revoked_at is not None:
        return found
    for feed in tx.access.feeds():
        if feed.token == found.id and feed.revoked_at is None:
            close_feed(tx, feed, by=str(actor), ids=ids)
    return end_token(tx, found, by=str(actor), ids=ids)


def end_token(tx: Transaction, token: ApiToken, *, by: str, ids: IdSource) -> ApiToken:
    """Refuse a token from now on; the caller has asked whether that is allowed."""
    ended = replace(token, revoked_at=tx.now)
    tx.access.save_token(ended)
    payload = {"id": token.id, "name": token.name}
    record(tx, "token_revoked", by, payload, ids=ids)
    return ended


def visible_tokens(tx: Transaction, *, actor: Actor) -> list[ApiToken]:
    """Return the asker's tokens, newest first; an admin's view has everybody's."""
    actor.require(Verb.TOKEN_READ)
    tokens = tx.access.tokens()
    if actor.role is Role.ADMIN:
        return tokens
    return [t for t in tokens if t.owner is not None and t.owner == actor.user]


def issue(
    tx: Transaction,
    name: str,
    *,
    role: Role,
    actor: Actor,
    ids: IdSource,
    expires_at: datetime | None,
) -> IssuedToken:
    """Make a token for the actor; the caller has asked whether that is allowed."""
    token_id = ids.new_id().replace("-", "")
    secret = spell_token(token_id, ids.new_secret())
    token = ApiToken(
        id=token_id,
        name=name,
        digest=digest(secret),
        role=role,
        owner=actor.user,
        created_at=tx.now,
        expires_at=expires_at,
    )
    tx.access.add_token(token)
    payload = {"id": token_id, "name": name, "role": str(role)}
    record(tx, "token_created", str(actor), payload, ids=ids)
    return IssuedToken(token=token, secret=secret)
