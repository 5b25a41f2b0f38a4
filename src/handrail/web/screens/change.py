"""Changes that senders reported: deploys, flag flips, migrations."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.access.permission import Verb
from handrail.core.change.change import Change, ChangeKind
from handrail.core.ids import Slug
from handrail.core.incident.wording import plain
from handrail.web.screens.incident import services_of
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import name_of
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change.

    Attributes:
        link: To the change itself; "" unless it is a web address.
        told: When it was reported.
    """

    title: str
    kind: str
    service: str
    version: str
    link: str
    changed_by: str
    source: str
    at: Moment
    told: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeListScreen:
    """Changes, last reported first.

    Attributes:
        service: The one they are of, or "" for all.
        next: The cursor of older ones, or "".
        kinds: What may be reported, each as a form sends it and in words.
    """

    lines: tuple[ChangeLine, ...]
    service: str
    next: str
    services: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    can_report: bool
    refusal: Refusal | None


def change_line(change: Change, *, reader: Reader) -> ChangeLine:
    """Return one change as its line."""
    zone, now = reader.zone, reader.now
    service = reader.snapshot.services.get(change.service or Slug(""))
    return ChangeLine(
        title=change.title,
        kind=plain(change.kind),
        service=service.title if service else change.service or "",
        version=change.version,
        # Only web addresses become links: a sender must not be able to plant a script.
        link=change.link if change.link.startswith(("https://", "http://")) else "",
        changed_by=change.changed_by,
        source=name_of(change.source, reader.snapshot),
        at=moment(change.occurred_at, zone=zone, now=now),
        told=moment(change.recorded_at, zone=zone, now=now),
    )


def change_list_screen(
    changes: Sequence[Change],
    *,
    service: str,
    following: str | None,
    reader: Reader,
    refusal: Refusal | None = None,
) -> ChangeListScreen:
    """Return the list, with the form that reports one."""
    return ChangeListScreen(
        lines=tuple(change_line(change, reader=reader) for change in changes),
        service=service,
        next=following or "",
        services=services_of(reader),
        kinds=tuple((str(kind), plain(kind)) for kind in ChangeKind),
        can_report=reader.actor.may(Verb.CHANGE_REPORT),
        refusal=refusal,
    )
