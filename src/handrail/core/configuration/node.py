"""Plain data with the place of every node, as a document reader delivers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where something is written.

    Attributes:
        file: The file's name as it was given.
        line: Counted from 1; 0 where there is no line, as for stored documents.
        column: Counted from 1, in characters.
    """

    file: str
    line: int
    column: int = 1


STORED = Place(file="(configuration)", line=0)
"""The place of what is stored on the server and not in the files at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """The text of one configuration file, and its name for messages."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """Text, a number, a truth value or nothing.

    Attributes:
        value: By YAML 1.2's core schema; dates and times stay text.
        text: As it is spelled in the file, without quotes.
    """

    place: Place
    value: str | int | float | bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """Nodes in order."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One field of a mapping; the place is the key's."""

    place: Place
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """Fields by name, in the order in which they are written."""

    place: Place
    entries: Mapping[str, Entry]


Node: TypeAlias = ScalarNode | ListNode | MappingNode

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""What a document's body is made of."""


def plain_node(value: Json, place: Place) -> Node:
    """Return plain data as a node, all of it at one place."""
    if isinstance(value, dict):
        entries = {
            name: Entry(place=place, value=plain_node(item, place))
            for name, item in value.items()
        }
        return MappingNode(place=place, entries=entries)
    if isinstance(value, list):
        items = tuple(plain_node(item, place) for item in value)
        return ListNode(place=place, items=items)
    return ScalarNode(place=place, value=value, text=str(value))


def describe(node: Node) -> str:
    """Return what kind of thing a node is, in words; the value itself is not shown."""
    match node:
        case MappingNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(value=None):
            return "empty"
        case ScalarNode(value=bool()):
            return "a truth value"
        case ScalarNode(value=int() | float()):
            return "a number"
        case ScalarNode():
            return "text"
