"""A stored document opened, for compiling."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handrail.core.configuration.document import Document
from handrail.core.ids import Slug

Body = Mapping[str, Any]
"""Decoded canonical JSON; its shape is what ``definition`` says of the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A document with its decoded body."""

    document: Document
    body: Body

    @property
    def name(self) -> Slug:
        """Return its name."""
        return self.document.name

    @property
    def title(self) -> str:
        """Return what people see; its name where nothing else is said."""
        return str(self.body.get("title", self.name))


def part_of(document: Document) -> Part:
    """Open a stored document."""
    return Part(document=document, body=json.loads(document.body))
