"""The configuration in force: every document, and what is doubtful about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from handrail.core.access.permission import Verb
from handrail.core.configuration.document import Document, Revision
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.page import Reader
from handrail.web.screens.simulation import PLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One document in force.

    Attributes:
        what_if: Where to ask who would be told about it, or "".
    """

    name: str
    version: int
    managed_by: str
    since: Moment
    what_if: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    """The documents of one kind, in their order."""

    kind: str
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationScreen:
    """What is configured.

    Attributes:
        revision: Number of the apply that made it so; 0 where none was.
        applied: When, and by whom.
        warnings: What is doubtful, one sentence each.
        can_plan: The reader may see what files would change.
    """

    revision: int
    applied: Moment | None
    applied_by: str
    warnings: tuple[str, ...]
    groups: tuple[KindGroup, ...]
    can_plan: bool


def configuration_screen(
    documents: Sequence[Document],
    *,
    latest: Revision | None,
    warnings: Sequence[str],
    reader: Reader,
) -> ConfigurationScreen:
    """Return the overview."""
    ordered = sorted(documents, key=lambda d: (d.kind, d.order, d.name))
    zone, now = reader.zone, reader.now
    return ConfigurationScreen(
        revision=latest.number if latest else 0,
        applied=moment(latest.applied_at, zone=zone, now=now) if latest else None,
        applied_by=latest.by if latest else "",
        warnings=tuple(warnings),
        can_plan=reader.actor.may(Verb.CONFIG_APPLY),
        groups=tuple(
            KindGroup(
                kind=kind.replace("_", " "),
                documents=tuple(_row(d, reader) for d in group),
            )
            for kind, group in groupby(ordered, key=lambda d: d.kind)
        ),
    )


def _row(document: Document, reader: Reader) -> DocumentRow:
    return DocumentRow(
        name=document.name,
        version=document.version,
        managed_by=document.managed_by,
        since=moment(document.effective_from, zone=reader.zone, now=reader.now),
        what_if=_what_if(document),
    )


def _what_if(document: Document) -> str:
    match document.kind:
        case "service":
            return f"{PLACE}?service={document.name}"
        case "escalation_policy":
            return f"{PLACE}?for=policy:{document.name}"
        case "schedule":
            return f"{PLACE}?for=schedule:{document.name}"
        case _:
            return ""
