"""Shapes: what values a field takes; one definition for validation and JSON Schema."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from handrail.core.configuration.node import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """Text of one spelling.

    Attributes:
        read: Gives the canonical spelling, or raises ``ValueError`` with the remedy.
        example: Shown where something other than text stands.
        schema: JSON Schema keywords beside ``type: string``.
        refers: The kind and name of the document it refers to, or none.
    """

    read: Callable[[str], str]
    example: str
    schema: Mapping[str, Json] = field(default_factory=dict)
    refers: Callable[[str], tuple[str, str] | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceShape:
    """One word of a few."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthShape:
    """Yes or no, written ``true`` or ``false``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeShape:
    """A whole number from ``minimum`` to ``maximum``, both inclusive."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """Items in order.

    Attributes:
        empty: What to say where there are fewer than ``minimum``.
        allows_single: One item may stand without a list around it.
        is_set: The same item twice is an error.
    """

    item: "Shape"
    minimum: int
    maximum: int
    empty: str = "the list is empty"
    allows_single: bool = False
    is_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a mapping.

    Attributes:
        default: Canonical value that means the same as leaving the field out; it is
            left out of bodies, so that writing it is no change.
        elsewhere: What other programs and plain speech call it. None of them is
            taken; whoever writes one is led to the name.
    """

    name: str
    shape: "Shape"
    description: str
    is_required: bool = False
    default: Json = None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectShape:
    """A mapping of known fields."""

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or none."""
        return next((f for f in self.fields if f.name == name), None)

    def field_elsewhere(self, name: str) -> Field | None:
        """Return the field that is called so elsewhere, or none."""
        return next((f for f in self.fields if name in f.elsewhere), None)


Shape: TypeAlias = (
    TextShape | ChoiceShape | TruthShape | WholeShape | ListShape | ObjectShape
)
