"""Drafts: documents as the files have them, validated but not yet stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.configuration.document import Document
from handrail.core.configuration.node import Json, Place
from handrail.core.configuration.reading import Reference, nearest
from handrail.core.ids import Slug

MANAGED_BY_FILE = "file"
MANAGED_BY_CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One document of the files.

    Attributes:
        body: Canonical content, without name and ``renamed_from``.
        rank: Position within its kind in the files, from 0.
        places: From the path of every field that was read to its place; "" is the
            document itself.
        references: Fields that name other documents.
    """

    kind: str
    name: Slug
    body: Mapping[str, Json]
    rank: int
    places: Mapping[str, Place]
    references: tuple[Reference, ...] = ()
    renamed_from: Slug | None = None

    @property
    def key(self) -> tuple[str, Slug]:
        """Kind and name."""
        return self.kind, self.name

    @property
    def subject(self) -> str:
        """How messages name it, such as ``user ana``."""
        return subject(self.kind, self.name)

    def place(self, path: str = "") -> Place:
        """Return the place of a field, or of the nearest thing around it."""
        return nearest(self.places, path)

    def with_field(self, name: str, value: Json) -> "Draft":
        """Return a copy whose body has this field."""
        return replace(self, body={**self.body, name: value})

    def document(
        self, *, version: int, order: int, revision: int, effective_from: datetime
    ) -> Document:
        """Return it as a version of a document."""
        return Document(
            kind=self.kind,
            name=self.name,
            version=version,
            body=canonical(self.body),
            order=order,
            revision=revision,
            effective_from=effective_from,
            managed_by=MANAGED_BY_FILE,
            renamed_from=self.renamed_from,
        )


def subject(kind: str, name: str) -> str:
    """Return how messages name a document; a singleton by its kind alone."""
    return kind if kind == name else f"{kind} {name}"


def canonical(body: Mapping[str, Json]) -> str:
    """Return the one spelling of a body as JSON text."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
