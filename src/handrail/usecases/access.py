"""Letting people and programs in: one-time links, sessions, and who is recognised."""

from dataclasses import dataclass, replace
from datetime import timedelta

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.grant import ApiToken, OneTimeLink, Session
from handrail.core.access.permission import Verb, lesser
from handrail.core.access.role import Role
from handrail.core.errors import NotFoundError, UnauthenticatedError
from handrail.core.ids import Slug
from handrail.core.limits import (
    SESSION_IDLE,
    SESSION_LIFE,
    SETUP_LINK_LIFE,
    SIGN_IN_LINK_LIFE,
)
from handrail.core.people.user import User
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.access_record import record
from handrail.usecases.credential import digest, is_token
from handrail.usecases.token import issue

LOCAL_TOKEN = "operator at"  # noqa: S105 - the beginning of a token's name
USE_NOTED_EVERY = timedelta(minutes=10)
"""``last_used_at`` is only this exact, so that reading does not become writing."""

OPERATOR = Actor(kind=ActorKind.OPERATOR, name="", role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A credential that holds.

    Attributes:
        actor: Whom it lets in.
        is_use_stale: Its ``last_used_at`` is worth writing; see ``note_use``.
    """

    actor: Actor
    is_use_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session just opened; the cookie's value exists only here."""

    cookie: str
    actor: Actor


def setup_link(tx: Transaction, *, ids: IdSource) -> str:
    """Make a one-time link that signs the operator in as admin; return its secret.

    It is shown on the terminal of whoever starts the server, and lives 24 hours.
    """
    secret = ids.new_secret()
    _add_link(tx, secret, owner=None, role=Role.ADMIN, life=SETUP_LINK_LIFE)
    record(tx, "setup_link_made", "engine", {}, ids=ids)
    return secret


def sign_in_link(
    tx: Transaction, *, email: str, ids: IdSource
) -> tuple[User, str] | None:
    """Make a one-time link for the user with that e-mail address, or none.

    The caller answers the asker in the same words either way.
    """
    wanted = email.strip().casefold()
    users = tx.configuration.snapshot().users.values()
    user = next((u for u in users if u.email.casefold() == wanted), None)
    if user is None or not wanted:
        return None
    secret = ids.new_secret()
    _add_link(tx, secret, owner=user.name, role=user.role, life=SIGN_IN_LINK_LIFE)
    payload = {"owner": user.name}
    record(tx, "sign_in_link_made", f"user:{user.name}", payload, ids=ids)
    return user, secret


def link_for(tx: Transaction, name: Slug, *, actor: Actor, ids: IdSource) -> str:
    """Make a one-time link for a user, to be handed over by an admin.

    Raises:
        NotFoundError: There is no such user.
    """
    actor.require(Verb.USER_LINK)
    user = tx.configuration.snapshot().users.get(name)
    if user is None:
        msg = f"There is no user {name!r} in the configuration."
        raise NotFoundError(msg)
    secret = ids.new_secret()
    _add_link(tx, secret, owner=user.name, role=user.role, life=SIGN_IN_LINK_LIFE)
    record(tx, "sign_in_link_made", str(actor), {"owner": user.name}, ids=ids)
    return secret


def note_release(
    tx: Transaction, cancelled: int, *, actor: Actor, ids: IdSource
) -> None:
    """Record who ended the held state of a restored installation."""
    actor.require(Verb.OPERATOR_RELEASE)
    record(tx, "held_released", str(actor), {"cancelled": str(cancelled)}, ids=ids)


def take_link(tx: Transaction, secret: str, *, ids: IdSource) -> OpenedSession:
    """Use up a one-time link and open the session it promises.

    Raises:
        UnauthenticatedError: The link is unknown, used or too old.
    """
    link = tx.access.take_link(digest(secret))
    if link is None:
        msg = "This sign-in link was used already or is too old. Ask for a new one."
        raise UnauthenticatedError(msg)
    return open_session(tx, owner=link.owner, role=link.role, ids=ids)


def open_session(
    tx: Transaction, *, owner: Slug | None, role: Role, ids: IdSource
) -> OpenedSession:
    """Open a session for a user (or the operator) and return its cookie.

    Raises:
        UnauthenticatedError: The user is no longer in the configuration.
    """
    actor = _person(tx, owner, role=role, cap=Role.ADMIN)
    if actor is None:
        msg = "This account is not in the configuration any more. Ask an admin."
        raise UnauthenticatedError(msg)
    cookie = ids.new_secret()
    tx.access.add_session(
        Session(
            digest=digest(cookie),
            owner=owner,
            role=role,
            created_at=tx.now,
            last_used_at=tx.now,
        )
    )
    record(tx, "session_opened", str(actor), {"role": str(actor.role)}, ids=ids)
    return OpenedSession(cookie=cookie, actor=actor)


def end_session(tx: Transaction, cookie: str, *, ids: IdSource) -> None:
    """End the session with this cookie; an ended or unknown one is left alone."""
    session = tx.access.session(digest(cookie))
    if session is None or session.ended_at is not None:
        return
    tx.access.save_session(replace(session, ended_at=tx.now))
    actor = f"user:{session.owner}" if session.owner else str(OPERATOR)
    record(tx, "session_ended", actor, {}, ids=ids)


def operator_token(tx: Transaction, *, place: str, ids: IdSource) -> str:
    """Make the token of one machine's command line; its earlier ones are revoked.

    The caller writes it to a file that only the server's account can read. Other
    processes on the same database keep theirs.

    Args:
        tx: The transaction.
        place: Names the data folder among all that use this database.
        ids: Makes the secret.
    """
    name = f"{LOCAL_TOKEN} {place}"
    for token in tx.access.tokens():
        if token.name == name and token.revoked_at is None:
            tx.access.save_token(replace(token, revoked_at=tx.now))
    issued = issue(tx, name, role=Role.ADMIN, actor=OPERATOR, ids=ids, expires_at=None)
    return issued.secret


def recognise_token(tx: Transaction, token: str) -> Recognised:
    """Return whom a bearer token lets in; reads only.

    Raises:
        UnauthenticatedError: It is misspelled, unknown, expired, revoked, or its
            owner is gone.
    """
    found = tx.access.token(digest(token)) if is_token(token) else None
    if found is None or found.revoked_at is not None:
        msg = "The token is unknown or revoked. Make a new one."
        raise UnauthenticatedError(msg)
    if found.expires_at is not None and found.expires_at <= tx.now:
        msg = "The token has expired. Make a new one."
        raise UnauthenticatedError(msg)
    person = _person(tx, found.owner, role=found.role, cap=found.role)
    if person is None:
        msg = "The token's owner is not in the configuration any more."
        raise UnauthenticatedError(msg)
    actor = Actor(
        kind=ActorKind.TOKEN,
        name=found.name,
        role=person.role,
        user=person.user,
        token=None if _is_local(found) else found.id,
    )
    used = found.last_used_at
    stale = used is None or tx.now - used >= USE_NOTED_EVERY
    return Recognised(actor=actor, is_use_stale=stale)


def recognise_session(tx: Transaction, cookie: str) -> Recognised | None:
    """Return whom a session cookie lets in, or none where it no longer holds.

    A session ends when idle for 7 days, 30 days after it began, when it is ended,
    or when its owner leaves the configuration. Reads only.
    """
    session = tx.access.session(digest(cookie))
    if session is None or session.ended_at is not None:
        return None
    is_idle = tx.now - session.last_used_at >= SESSION_IDLE
    if is_idle or tx.now - session.created_at >= SESSION_LIFE:
        return None
    actor = _person(tx, session.owner, role=session.role, cap=Role.ADMIN)
    if actor is None:
        return None
    stale = tx.now - session.last_used_at >= USE_NOTED_EVERY
    return Recognised(actor=actor, is_use_stale=stale)


def note_use(tx: Transaction, credential: str) -> None:
    """Write down that a token or session was used now."""
    key = digest(credential)
    token = tx.access.token(key)
    if token is not None:
        tx.access.save_token(replace(token, last_used_at=tx.now))
    session = tx.access.session(key)
    if session is not None and session.ended_at is None:
        tx.access.save_session(replace(session, last_used_at=tx.now))


def _is_local(token: ApiToken) -> bool:
    return token.owner is None and token.name.startswith(f"{LOCAL_TOKEN} ")


def _person(
    tx: Transaction, owner: Slug | None, *, role: Role, cap: Role
) -> Actor | None:
    """Return the actor for an owner, or none where the owner left.

    A user has the role that the configuration says *now*, up to ``cap``; ``role`` is
    the operator's, who is not in the configuration.
    """
    if owner is None:
        return replace(OPERATOR, role=role)
    user = tx.configuration.snapshot().users.get(owner)
    if user is None:
        return None
    capped = lesser(cap, user.role)
    return Actor(kind=ActorKind.USER, name=owner, role=capped, user=owner)


def _add_link(
    tx: Transaction, secret: str, *, owner: Slug | None, role: Role, life: timedelta
) -> None:
    tx.access.add_link(
        OneTimeLink(
            digest=digest(secret),
            owner=owner,
            role=role,
            created_at=tx.now,
            expires_at=tx.now + life,
        )
    )
