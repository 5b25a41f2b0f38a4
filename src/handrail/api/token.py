"""API tokens on the wire: made once, shown once, revoked for good."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from handrail.api.deps import GivenActor, GivenDeps
from handrail.core.access.grant import ApiToken
from handrail.core.access.permission import Verb
from handrail.core.access.role import Role
from handrail.usecases import token


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """A token without its secret; ``owner`` is none for the operator's."""

    id: str
    name: str
    role: Role
    owner: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenList(msgspec.Struct, frozen=True, kw_only=True):
    """The asker's tokens, or everybody's for an admin; newest first."""

    items: list[TokenView]


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a token is asked for with."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    role: Role
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token just made. Its ``secret`` is told here and never again."""

    token: TokenView
    secret: str


def view(token: ApiToken) -> TokenView:
    """Return the token as the wire has it."""
    return TokenView(
        id=token.id,
        name=token.name,
        role=token.role,
        owner=token.owner,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


@get("/tokens", opt={"verb": Verb.TOKEN_READ}, sync_to_thread=True, tags=["tokens"])
def list_tokens(deps: GivenDeps, actor: GivenActor) -> TokenList:
    """Return tokens, newest first."""
    found = deps.store.read(lambda tx: token.visible_tokens(tx, actor=actor))
    return TokenList(items=[view(one) for one in found[: token.SHOWN_MAX]])


@post("/tokens", opt={"verb": Verb.TOKEN_CREATE}, sync_to_thread=True, tags=["tokens"])
def create_token(
    data: JSONBody[NewToken], deps: GivenDeps, actor: GivenActor
) -> IssuedToken:
    """Make a token that acts as the asker."""
    expires_at = data.expires_at.astimezone(UTC) if data.expires_at else None
    issued = deps.store.run(
        lambda tx: token.create_token(
            tx,
            data.name,
            role=data.role,
            actor=actor,
            ids=deps.ids,
            expires_at=expires_at,
        )
    )
    return IssuedToken(token=view(issued.token), secret=issued.secret)


@delete(
    "/tokens/{token_id:str}",
    opt={"verb": Verb.TOKEN_REVOKE},
    sync_to_thread=True,
    tags=["tokens"],
    status_code=200,
)
def revoke_token(
    token_id: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> TokenView:
    """Refuse the token from now on."""
    revoked = deps.store.run(
        lambda tx: token.revoke_token(tx, token_id, actor=actor, ids=deps.ids)
    )
    return view(revoked)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_tokens, create_token, revoke_token)
