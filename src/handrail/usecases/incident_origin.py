"""What an incident is declared from: an alert, and the page about it."""

from dataclasses import dataclass

from handrail.core.alert.alert import Alert
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import AlertId, PageId, Slug
from handrail.core.paging.page import Page
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An alert, and its page if it has one; neither where nothing is said."""

    alert: Alert | None = None
    page: Page | None = None

    @property
    def service(self) -> Slug | None:
        """Return the service it is about, as far as it is known."""
        about = self.page or self.alert
        return about.service if about else None

    @property
    def severity(self) -> Severity | None:
        """Return how bad it is, as far as it is known."""
        about = self.page or self.alert
        return about.severity if about else None


def origin_of(
    tx: Transaction, *, page_id: PageId | None, alert_id: AlertId | None
) -> Origin:
    """Return the alert and the page, their rows locked in this order.

    Args:
        tx: The transaction.
        page_id: The page it is declared from; its alert comes with it.
        alert_id: The alert, where no page is given; its present page comes with it.

    Raises:
        NotFoundError: There is no such page about an alert, or no such alert.
        ConflictError: An incident that still runs was declared from it already.
    """
    if page_id is not None:
        page = tx.page.get(page_id)
        if page is None or page.alert_id is None:
            msg = f"there is no page {page_id} about an alert; declare with a title"
            raise NotFoundError(msg)
        alert_id = page.alert_id
    if alert_id is None:
        return Origin()
    alert = tx.alert.get(alert_id, lock=True)
    if alert is None:
        msg = f"there is no alert {alert_id}; declare with a title"
        raise NotFoundError(msg)
    for other in tx.incident.for_alert(alert_id):
        if other.is_responding and not other.is_private:
            msg = f"{other.name} was declared from it already; join that one"
            raise ConflictError(msg)
    page_id = page_id or alert.page_id
    return Origin(
        alert=alert, page=tx.page.get(page_id, lock=True) if page_id else None
    )
