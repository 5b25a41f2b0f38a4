"""The link of a test message: GET shows, POST keeps that it reached its person."""

from litestar import Response

from handrail.core.coverage.evidence import Via
from handrail.core.paging.ack_link import ContactGrant
from handrail.ports.store import Transaction
from handrail.usecases import contact
from handrail.web.deps import Console
from handrail.web.rendering import inline_styled
from handrail.web.screens.contact import ContactTestScreen

GONE = "This test or this account is not there any more. Send another one."


def show(console: Console, grant: ContactGrant) -> Response[str]:
    """Show the button; nothing happens by looking: mail scanners look, too."""
    delivery = console.store.read(lambda tx: tx.delivery.get(grant.delivery_id))
    if delivery is None:
        return _said(ContactTestScreen(news=GONE, method=""), status=410)
    return _said(ContactTestScreen(news="", method=delivery.method), status=200)


def press(console: Console, grant: ContactGrant) -> Response[str]:
    """Keep that the test arrived; pressed again, it is only newer."""

    def work(tx: Transaction) -> str | None:
        if grant.user not in tx.configuration.snapshot().users:
            return None
        found = contact.note_press(
            tx, grant.delivery_id, user=grant.user, via=Via.TEST, ids=console.ids
        )
        return None if found is None else found.name

    method = console.store.run(work)
    if method is None:
        return _said(ContactTestScreen(news=GONE, method=""), status=410)
    news = f"Thank you. {method} reaches you."
    return _said(ContactTestScreen(news=news, method=""), status=200)


def _said(screen: ContactTestScreen, *, status: int) -> Response[str]:
    return inline_styled(
        "contact_test.html", screen=screen, style="ack.css", status=status
    )
