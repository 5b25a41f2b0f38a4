"""Reading a node by its shape gives the canonical JSON value, and never raises.

Whatever is wrong becomes a problem with its place, and the value is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handrail.core.configuration.node import (
    STORED,
    Entry,
    Json,
    ListNode,
    MappingNode,
    Node,
    Place,
    ScalarNode,
    describe,
)
from handrail.core.configuration.problem import Problem, did_you_mean
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    Shape,
    TextShape,
    TruthShape,
    WholeShape,
)
from handrail.core.configuration.spelling import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A field that names another document."""

    kind: str
    name: str
    path: str


@dataclass(slots=True, kw_only=True)
class Reading:
    """What has been found so far in one document.

    Attributes:
        subject: The document's name in messages, such as ``user ana``.
        places: From the path of every field that was read to its place; "" is the
            document itself.
    """

    subject: str
    problems: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Return the place of a field, or of the nearest thing around it."""
        return nearest(self.places, path)

    def complain(self, place: Place, path: str, message: str, remedy: str = "") -> None:
        """Note an error."""
        dot = "." if path else ""
        self.problems.append(
            Problem(
                place=place,
                field=f"{self.subject}{dot}{path}",
                message=message,
                remedy=remedy,
            )
        )


def nearest(places: Mapping[str, Place], path: str) -> Place:
    """Return the place of a field, or of the nearest thing around it."""
    while path and path not in places:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return places.get(path, STORED)


def read_value(node: Node, shape: Shape, path: str, reading: Reading) -> Json:
    """Return the canonical value of a node, or ``None`` where it is wrong.

    A wrong item of a list stays as ``None``, so that positions stay what they are.
    """
    reading.places[path] = node.place
    match shape:
        case TextShape():
            return _read_text(node, shape, path, reading)
        case ChoiceShape():
            return _read_choice(node, shape, path, reading)
        case TruthShape():
            return _read_truth(node, path, reading)
        case WholeShape():
            return _read_whole(node, shape, path, reading)
        case ListShape():
            return _read_list(node, shape, path, reading)
        case ObjectShape():
            return read_object(node, shape, path, reading)


def read_object(
    node: Node, shape: ObjectShape, path: str, reading: Reading
) -> dict[str, Json] | None:
    """Return the canonical fields of a mapping; wrong ones are left out."""
    if not isinstance(node, MappingNode):
        names = ", ".join(f.name for f in shape.fields)
        reading.complain(
            node.place,
            path,
            f"must be a mapping, is {describe(node)}",
            f"its fields are {names}",
        )
        return None
    body: dict[str, Json] = {}
    for name, entry in node.entries.items():
        known = shape.field(name)
        if known is None:
            _complain_unknown(name, entry, shape, path, reading)
            continue
        value = _read_field(entry, known, _join(path, name), reading)
        if value is not None and value != known.default:
            body[name] = value
    for wanted in shape.fields:
        if wanted.is_required and wanted.name not in node.entries:
            reading.complain(
                node.place,
                _join(path, wanted.name),
                "is required and missing",
                _in_passing(wanted.description),
            )
    return body


def _in_passing(sentence: str) -> str:
    """Return a description as it stands after a semicolon."""
    first, rest = sentence[:1], sentence[1:].removesuffix(".")
    is_word = rest[:1].islower()
    return (first.lower() if is_word else first) + rest


def _read_field(entry: Entry, known: Field, path: str, reading: Reading) -> Json:
    value = entry.value
    if isinstance(value, ScalarNode) and value.value is None:
        reading.places[path] = entry.place
        remedy = "give it one" if known.is_required else "give it one or remove it"
        reading.complain(entry.place, path, "has no value", remedy)
        return None
    return read_value(value, known.shape, path, reading)


def _complain_unknown(
    name: str, entry: Entry, shape: ObjectShape, path: str, reading: Reading
) -> None:
    names = [f.name for f in shape.fields]
    if meant := shape.field_elsewhere(name.lower()):
        remedy = f"here it is called {quoted(meant.name)}"
    elif inside := _inside(name, shape):
        remedy = f"it stands inside {' or '.join(inside)}"
    else:
        remedy = did_you_mean(name, names) or "the fields are " + ", ".join(names)
    reading.complain(entry.place, path, f"unknown field {quoted(name)}", remedy)


def _inside(name: str, shape: ObjectShape) -> list[str]:
    """Return which fields hold objects that have a field of this name."""
    found = []
    for one in shape.fields:
        inner = one.shape.item if isinstance(one.shape, ListShape) else one.shape
        if isinstance(inner, ObjectShape) and any(f.name == name for f in inner.fields):
            found.append(quoted(one.name))
    return found


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _read_text(node: Node, shape: TextShape, path: str, reading: Reading) -> Json:
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        is_scalar = isinstance(node, ScalarNode) and node.value is not None
        remedy = f"write it like {shape.example}"
        if is_scalar:
            remedy += ", in quotes where it looks like a number"
        reading.complain(node.place, path, f"must be text, is {describe(node)}", remedy)
        return None
    try:
        value = shape.read(node.value)
    except ValueError as error:
        reading.complain(node.place, path, str(error))
        return None
    target = shape.refers(value) if shape.refers else None
    if target is not None:
        kind, name = target
        reading.references.append(Reference(kind=kind, name=name, path=path))
    return value


def _read_choice(node: Node, shape: ChoiceShape, path: str, reading: Reading) -> Json:
    text = node.text if isinstance(node, ScalarNode) else ""
    if text in shape.words:
        return text
    shown = quoted(text) if text else f"is {describe(node)}, which"
    folded = {word.lower(): word for word in shape.words}
    near = folded.get(text.lower())
    hint = f"write {near}" if near else did_you_mean(text, shape.words)
    words = ", ".join(shape.words)
    reading.complain(
        node.place, path, f"{shown} is none of {words}", hint or "choose one of these"
    )
    return None


def _read_truth(node: Node, path: str, reading: Reading) -> Json:
    value = node.value if isinstance(node, ScalarNode) else None
    if isinstance(value, bool):
        return value
    what = f"must be true or false, is {describe(node)}"
    reading.complain(node.place, path, what, "write true or false, without quotes")
    return None


def _read_whole(node: Node, shape: WholeShape, path: str, reading: Reading) -> Json:
    value = node.value if isinstance(node, ScalarNode) else None
    if isinstance(value, bool) or not isinstance(value, int):
        value = None
    if value is not None and shape.minimum <= value <= shape.maximum:
        return value
    shown = str(value) if value is not None else describe(node)
    reading.complain(
        node.place,
        path,
        f"must be a whole number from {shape.minimum} to {shape.maximum}, is {shown}",
    )
    return None


def _read_list(node: Node, shape: ListShape, path: str, reading: Reading) -> Json:
    if not isinstance(node, ListNode):
        if not shape.allows_single:
            reading.complain(node.place, path, f"must be a list, is {describe(node)}")
            return None
        only = read_value(node, shape.item, path, reading)
        reading.places[f"{path}[0]"] = node.place
        return None if only is None else [only]
    if len(node.items) < shape.minimum:
        reading.complain(node.place, path, shape.empty)
    if len(node.items) > shape.maximum:
        reading.complain(
            node.place, path, f"has {len(node.items)} items, at most {shape.maximum}"
        )
        return None
    return _read_items(node, shape, path, reading)


def _read_items(
    node: ListNode, shape: ListShape, path: str, reading: Reading
) -> list[Json]:
    values: list[Json] = []
    for place, item in enumerate(node.items):
        where = f"{path}[{place}]"
        value = read_value(item, shape.item, where, reading)
        if value is not None and shape.is_set and value in values:
            reading.complain(item.place, where, f"{quoted(str(value))} stands twice")
        values.append(value)
    return values
