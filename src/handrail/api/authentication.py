"""Who asks: the bearer token, or else the session cookie, becomes the actor."""

import asyncio
from concurrent.futures import Executor
from functools import partial

from litestar.concurrency import get_asyncio_executor
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from handrail.api.deps import Deps
from handrail.core.access.actor import NOBODY, Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import UnauthenticatedError
from handrail.usecases import access
from handrail.usecases.credential import cookie_name

Connection = ASGIConnection[BaseRouteHandler, Actor, None, State]
URGENT = frozenset({Verb.PAGE_ACKNOWLEDGE})
"""What must never wait for somebody's slow look-up, from the credential on."""
OPT = "verb"
"""Every route handler carries its verb in ``opt`` under this name."""


def declared(handler: BaseRouteHandler) -> Verb | None:
    """Return the verb a route handler declares, or none where that was forgotten."""
    verb = handler.opt.get(OPT)
    return verb if isinstance(verb, Verb) else None


def bearer(connection: Connection) -> str | None:
    """Return the bearer credential of the request, or none.

    Raises:
        UnauthenticatedError: There is another kind of Authorization header.
    """
    header = connection.headers.get("authorization")
    if header is None:
        return None
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        msg = "Write the header as 'Authorization: Bearer <token>'."
        raise UnauthenticatedError(msg)
    return credential.strip()


class Authentication(ASGIMiddleware):
    """Puts the actor into the scope.

    A bearer token is looked at first and alone: with one, cookies are ignored. Public
    routes look nothing up, so that health and acknowledge links need no session
    store. A credential that does not hold lets nobody in.
    """

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._cookie = cookie_name(deps.base_url)

    @override
    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        """Recognise the caller, then pass on."""
        connection: Connection = ASGIConnection(scope)
        scope["user"] = NOBODY
        scope["auth"] = None
        if declared(connection.route_handler) is not Verb.PUBLIC:
            scope["user"] = await self._actor(connection, self._threads(connection))
        await next_app(scope, receive, send)

    def _threads(self, connection: Connection) -> Executor | None:
        is_urgent = declared(connection.route_handler) in URGENT
        return self._deps.urgent if is_urgent else get_asyncio_executor()

    async def _actor(self, connection: Connection, threads: Executor | None) -> Actor:
        token = bearer(connection)
        credential = token or connection.cookies.get(self._cookie)
        if not credential:
            return NOBODY
        recognise = access.recognise_token if token else access.recognise_session
        run_aside = partial(asyncio.get_running_loop().run_in_executor, threads)
        found = await run_aside(
            self._deps.store.read, lambda tx: recognise(tx, credential)
        )
        if found is None:
            return NOBODY
        if found.is_use_stale:
            await run_aside(
                self._deps.store.run, lambda tx: access.note_use(tx, credential)
            )
        return found.actor


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let the request through only if the actor may do what the route declares.

    Asynchronous: a plain guard would wait for a thread of the framework.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: The actor may not do this, or the route declares nothing.
    """
    if connection.scope.get("method") == "OPTIONS":
        raise MethodNotAllowedException
    verb = declared(handler)
    assert verb is not None, f"{handler} declares no verb"
    connection.user.require(verb)
