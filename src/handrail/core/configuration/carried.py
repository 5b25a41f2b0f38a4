"""What people made themselves, carried over when files are applied beside it.

An override that a person made names users and schedules that files hold. It follows
them when they are renamed; one that is over does not keep them from being removed.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import MANAGED_BY_CONSOLE, Draft, canonical
from handrail.core.configuration.spelling import parse_moment
from handrail.core.ids import Slug

Key = tuple[str, Slug]

_NAMING = {"schedule": "schedule", "user": "user", "instead_of": "user"}
"""From an override's fields to the kinds they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Documents that stay in force beside the files.

    Attributes:
        kept: As they will be.
        rewritten: Those of them that follow a rename.
        ended: Overrides that are over and name what is gone; they go with it.
    """

    kept: list[Document]
    rewritten: tuple[Document, ...]
    ended: tuple[Document, ...]


def carried(
    kept: Sequence[Document], drafts: Sequence[Draft], *, now: datetime
) -> Carried:
    """Return what becomes of the documents that no file holds.

    Args:
        kept: They, as they are.
        drafts: What the files say.
        now: What ended before is over.
    """
    known = {draft.key for draft in drafts}
    known |= {(document.kind, document.name) for document in kept}
    renamed = {
        (draft.kind, draft.renamed_from): draft.name
        for draft in drafts
        if draft.renamed_from is not None
    }
    stay: list[Document] = []
    rewritten: list[Document] = []
    ended: list[Document] = []
    for document in kept:
        if document.kind != "override" or document.managed_by != MANAGED_BY_CONSOLE:
            stay.append(document)
            continue
        body = json.loads(document.body)
        names = _names(body)
        after = {
            field: renamed.get(key, key[1]) if key not in known else key[1]
            for field, key in names.items()
        }
        if after != {field: key[1] for field, key in names.items()}:
            follows = replace(
                document, body=canonical({**body, **after}), effective_from=now
            )
            rewritten.append(follows)
            stay.append(follows)
        elif _is_over(body, now) and _dangles(after, known):
            ended.append(document)
        else:
            stay.append(document)
    return Carried(kept=stay, rewritten=tuple(rewritten), ended=tuple(ended))


def _names(body: dict[str, str]) -> dict[str, Key]:
    return {
        field: (kind, Slug(body[field]))
        for field, kind in _NAMING.items()
        if field in body
    }


def _is_over(body: dict[str, str], now: datetime) -> bool:
    until = parse_moment(body["until"])
    return until.tzinfo is not None and until <= now


def _dangles(names: dict[str, Slug], known: Collection[Key]) -> bool:
    return any((_NAMING[field], name) not in known for field, name in names.items())
