"""Contact methods: which reach their person, and the test of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.ids import Slug
from handrail.usecases.contact import MethodStatus
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.page import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTestScreen:
    """The link of a test message.

    Attributes:
        news: What pressing did or could not do, or "".
        method: The contact method to say yes to, or "" where there is no button.
    """

    news: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """One contact method.

    Attributes:
        state: In words: verified, too old, or never shown to work.
        is_good: It counts.
        until: When it stops to count, or none.
    """

    name: str
    kind: str
    address: str
    carrier: str
    state: str
    is_good: bool
    until: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMethodsScreen:
    """A person's contact methods.

    Attributes:
        user: Whose, or "" where the reader is no person.
    """

    user: str
    rows: tuple[MethodRow, ...]


def contact_methods_screen(
    user: Slug | None, statuses: Sequence[MethodStatus], *, reader: Reader
) -> ContactMethodsScreen:
    """Return the screen, methods in the person's order."""
    return ContactMethodsScreen(
        user=user or "", rows=tuple(_row(status, reader) for status in statuses)
    )


def _row(status: MethodStatus, reader: Reader) -> MethodRow:
    ends_at = status.ends_at
    is_good = ends_at is not None and ends_at > reader.now
    state = "never shown to reach you"
    if ends_at is not None:
        state = "verified" if is_good else "shown too long ago"
    until = moment(ends_at, zone=reader.zone, now=reader.now) if ends_at else None
    return MethodRow(
        name=status.method.name,
        kind=str(status.method.kind),
        address=status.method.address,
        carrier=status.provider.name,
        state=state,
        is_good=is_good,
        until=until,
    )
