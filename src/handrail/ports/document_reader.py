"""Reading configuration text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handrail.core.configuration.node import Node, SourceFile
from handrail.core.configuration.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocuments:
    """What a file holds: its documents, or what keeps it from being read."""

    nodes: Sequence[Node]
    problems: Sequence[Problem]


class DocumentReader(Protocol):
    """Turns text into plain data with the place of every node."""

    def read(self, file: SourceFile) -> ReadDocuments:
        """Read every document of one file; never raises for what the text holds."""
        ...
