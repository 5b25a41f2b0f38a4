"""What a kind of configuration document is."""

from dataclasses import dataclass

from handrail.core.configuration import scalar
from handrail.core.configuration.shape import Field, ObjectShape


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDefinition:
    """One kind of document.

    Attributes:
        kind: The word in files, also the documents' kind.
        plural: The word for a list of them, or "" for a singleton.
        description: One sentence.
        shape: Its fields without ``name`` and ``renamed_from``.
        is_ordered: Whether the order in the files means something.
    """

    kind: str
    plural: str
    description: str
    shape: ObjectShape
    is_ordered: bool = False

    @property
    def is_singleton(self) -> bool:
        """Whether there is at most one, named after its kind."""
        return not self.plural


IDENTITY = (
    Field(
        name="name",
        shape=scalar.NAME,
        description="Its name: unique within the kind, stable, used by references.",
        is_required=True,
    ),
    Field(
        name="renamed_from",
        shape=scalar.NAME,
        description="The name it had before, so that its history goes on.",
    ),
)
"""The fields every document but a singleton has."""
