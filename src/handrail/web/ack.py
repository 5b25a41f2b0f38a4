"""The acknowledge link: GET shows, POST acts; no cookie, no script, no sign-in."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.core.access.permission import Verb
from handrail.core.coverage.evidence import Via
from handrail.core.errors import ConflictError, DomainError
from handrail.core.ids import Slug
from handrail.core.paging import ack_link
from handrail.core.paging.ack_link import AckGrant, ContactGrant, Grant, Refusal
from handrail.core.paging.page import Page
from handrail.ports.store import Transaction
from handrail.usecases import contact, paging
from handrail.web import contact_test
from handrail.web.deps import Console, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.rendering import inline_styled
from handrail.web.screens.ack import (
    AckRefusedScreen,
    AckScreen,
    ack_screen,
    entry_mark,
)

_OPT = {"verb": Verb.PUBLIC, "capability": True}
GONE = "This page or this account is not there any more. Sign in to see what is."
TAKEN = "It is yours. Nobody else is told."
PASSED_ON = "Passed on. The next people are told now."
MOVED_ON = "This page had moved on already. Below is how it stands now."
SOMEBODY = Slug("somebody")
"""Who presses the link of a message to a channel, where no name is known."""
_STATUS = {Refusal.MALFORMED: 404, Refusal.FORGED: 404, Refusal.EXPIRED: 410}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pressed:
    """What a button did: the words for it, and whether it was in vain."""

    news: str
    status: int = 200


@get("/a/{token:str}", opt=_OPT, include_in_schema=False)
async def show(token: FromPath[str], console: GivenConsole) -> Response[str]:
    """Show the page and its buttons; nothing happens by looking."""
    grant = _read(console, token)
    if isinstance(grant, Refusal):
        return _refused(grant, status=_STATUS[grant])
    if isinstance(grant, ContactGrant):
        return contact_test.show(console, grant)
    looked = _Pressed(news="")
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(console.urgent, _present, console, grant, looked)


@post(
    "/a/{token:str}",
    opt=_OPT,
    status_code=200,
    include_in_schema=False,
)
async def press(
    token: FromPath[str], request: FormRequest, console: GivenConsole
) -> Response[str]:
    """Acknowledge, or pass on; the answer is the page as it then is."""
    grant = _read(console, token)
    if isinstance(grant, Refusal):
        return _refused(grant, status=_STATUS[grant])
    loop = asyncio.get_running_loop()
    if isinstance(grant, ContactGrant):
        return await loop.run_in_executor(None, contact_test.press, console, grant)
    form = await fields(request)
    return await loop.run_in_executor(console.urgent, _press, console, grant, form)


def _press(console: Console, grant: AckGrant, form: Mapping[str, str]) -> Response[str]:
    act = _pass_on if form.get("do") == "escalate" else _acknowledge
    work = partial(act, console, grant, form.get("entry", ""))
    pressed = console.store.run(work)
    _note_evidence(console, grant)
    return _present(console, grant, pressed)


def _acknowledge(
    console: Console, grant: AckGrant, _: str, tx: Transaction
) -> _Pressed | None:
    if _page(tx, grant) is None:
        return None
    try:
        paging.acknowledge(
            tx,
            grant.page_id,
            by=grant.user or SOMEBODY,
            via="link",
            actor=_actor(grant),
            ids=console.ids,
        )
    except ConflictError as error:
        return _Pressed(news=error.message, status=409)
    return _Pressed(news=TAKEN)


def _pass_on(
    console: Console, grant: AckGrant, entry: str, tx: Transaction
) -> _Pressed | None:
    page = _page(tx, grant)
    if page is None:
        return None
    if entry != entry_mark(page) or not page.is_seeking:
        return _Pressed(news=MOVED_ON, status=409)
    paging.escalate_now(
        tx,
        grant.page_id,
        by=grant.user or SOMEBODY,
        actor=_actor(grant),
        ids=console.ids,
    )
    return _Pressed(news=PASSED_ON)


def _note_evidence(console: Console, grant: AckGrant) -> None:
    """Keep that the link reached its person; what fails here costs no answer."""
    user, delivery_id = grant.user, grant.delivery_id
    if user is None or delivery_id is None:
        return

    def work(tx: Transaction) -> None:
        tx.attempt(
            lambda: contact.note_press(
                tx, delivery_id, user=user, via=Via.PAGE, ids=console.ids
            )
        )

    with suppress(DomainError, OSError):
        console.store.submit(work)


def _page(tx: Transaction, grant: AckGrant) -> Page | None:
    """Return the page, unless it or the link's holder is gone: then access ends."""
    users = tx.configuration.snapshot().users
    if grant.user is not None and grant.user not in users:
        return None
    return tx.page.get(grant.page_id)


def _present(
    console: Console, grant: AckGrant, pressed: _Pressed | None
) -> Response[str]:
    news = pressed.news if pressed else ""

    def look(tx: Transaction) -> AckScreen | None:
        page = _page(tx, grant)
        snapshot = tx.configuration.snapshot()
        if page is None:
            return None
        about = page.incident_id
        return ack_screen(
            page,
            incident=tx.incident.get(about) if about else None,
            holder=grant.user,
            snapshot=snapshot,
            news=news,
            now=tx.now,
        )

    screen = console.store.read(look) if pressed else None
    if screen is None or pressed is None:
        return _refused(GONE, status=410)
    return inline_styled(
        "ack.html", screen=screen, style="ack.css", status=pressed.status
    )


def _refused(why: str, *, status: int) -> Response[str]:
    screen = AckRefusedScreen(why=why)
    return inline_styled(
        "ack_refused.html", screen=screen, style="ack.css", status=status
    )


def _read(console: Console, token: str) -> Grant | Refusal:
    return ack_link.read(
        token,
        now=console.clock.now(),
        verify=partial(console.vault.verify, ack_link.PURPOSE),
    )


def _actor(grant: AckGrant) -> str:
    holder: Slug | str = f"user:{grant.user}" if grant.user else "link"
    return str(holder)


HANDLERS: tuple[HTTPRouteHandler, ...] = (show, press)
