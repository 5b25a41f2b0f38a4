"""YAML to plain data with places, from the parser's events.

Nothing is constructed by tag and nothing recurses, so a hostile file costs no more
than its size. Scalars are resolved by YAML 1.2's core schema: dates and times of day
stay text, and ``yes`` and ``no`` are words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError
from typing_extensions import override

from handrail.core import limits
from handrail.core.configuration.node import (
    Entry,
    ListNode,
    MappingNode,
    Node,
    Place,
    ScalarNode,
    SourceFile,
)
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.spelling import quoted
from handrail.ports.document_reader import DocumentReader, ReadDocuments

_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq")
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INDENTATION_SIGNS = (
    "expected <block end>",
    "expected '<document start>'",
    "mapping values are not allowed",
)
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})(?:[eE][-+]?[0-9]{1,3})?"
    r"|[-+]?[0-9]{1,18}[eE][-+]?[0-9]{1,3}"
)


class _RefusedError(Exception):
    """The file cannot be read on from here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    place: Place
    anchor: str | None
    is_mapping: bool
    size: int = 1
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: str | None = None
    key_place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Sized:
    """A node and how many nodes it is made of, aliases counted out."""

    node: Node
    size: int


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Builds nodes from events, one file."""

    file: str
    documents: list[Node] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Sized] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0

    def take(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case DocumentStartEvent():
                self.anchors = {}
            case ScalarEvent():
                self._take_scalar(event)
            case AliasEvent():
                self._take_alias(event)
            case MappingStartEvent() | SequenceStartEvent():
                self._open(event, is_mapping=isinstance(event, MappingStartEvent))
            case MappingEndEvent() | SequenceEndEvent():
                self._close()
            case _:
                pass

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(file=self.file, line=mark.line + 1, column=mark.column + 1)

    def _refuse(self, place: Place, message: str, remedy: str) -> _RefusedError:
        return _RefusedError(
            Problem(place=place, field="", message=message, remedy=remedy)
        )

    def _refuse_tag(
        self,
        event: ScalarEvent | MappingStartEvent | SequenceStartEvent,
        place: Place,
    ) -> None:
        tag = str(event.tag) if event.tag is not None else ""
        if tag and tag != "!" and tag not in _CORE_TAGS:
            raise self._refuse(
                place, f"unknown tag {quoted(tag)}", "write plain text, lists, mappings"
            )

    def _take_scalar(self, event: ScalarEvent) -> None:
        place = self._place(event)
        self._refuse_tag(event, place)
        self._count(place, 1)
        text = str(event.value)
        is_plain = event.style is None and event.tag is None
        self._put(
            ScalarNode(
                place=place, value=_resolve(text) if is_plain else text, text=text
            ),
            size=1,
            anchor=event.anchor,
        )

    def _take_alias(self, event: AliasEvent) -> None:
        place = self._place(event)
        known = self.anchors.get(str(event.anchor))
        if known is None:
            raise self._refuse(
                place,
                f"no anchor {quoted(str(event.anchor))} is complete before this alias",
                "define it above, outside of what it names",
            )
        self._count(place, known.size)
        self._put(known.node, size=known.size, anchor=None)

    def _open(
        self, event: MappingStartEvent | SequenceStartEvent, *, is_mapping: bool
    ) -> None:
        place = self._place(event)
        self._refuse_tag(event, place)
        self._count(place, 1)
        if len(self.stack) >= limits.CONFIGURATION_DEPTH_MAX:
            raise self._refuse(
                place,
                f"more than {limits.CONFIGURATION_DEPTH_MAX} levels deep",
                "no configuration needs that",
            )
        if self.stack and self.stack[-1].is_mapping and self.stack[-1].key is None:
            raise self._refuse(
                place, "a field's name must be text", "put quotes around braces"
            )
        self.stack.append(
            _Open(place=place, anchor=event.anchor, is_mapping=is_mapping)
        )

    def _close(self) -> None:
        done = self.stack.pop()
        node: Node = (
            MappingNode(place=done.place, entries=done.entries)
            if done.is_mapping
            else ListNode(place=done.place, items=tuple(done.items))
        )
        self._put(node, size=done.size, anchor=done.anchor)

    def _put(self, node: Node, *, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = _Sized(node, size)
        if not self.stack:
            self.documents.append(node)
            return
        parent = self.stack[-1]
        parent.size += size
        if not parent.is_mapping:
            parent.items.append(node)
        elif parent.key is None:
            self._put_key(parent, node)
        else:
            assert parent.key_place is not None
            parent.entries[parent.key] = Entry(place=parent.key_place, value=node)
            parent.key = None

    def _count(self, place: Place, size: int) -> None:
        """Refuse a file whose aliases would unfold to far more than was written."""
        self.size += size
        if self.size > limits.CONFIGURATION_NODES_MAX:
            raise self._refuse(
                place,
                f"more than {limits.CONFIGURATION_NODES_MAX} values",
                "split the file, and look for aliases that unfold without end",
            )

    def _put_key(self, parent: _Open, node: Node) -> None:
        if not isinstance(node, ScalarNode):
            raise self._refuse(
                node.place, "a field's name must be text", "write it out"
            )
        if node.text == "<<":
            raise self._refuse(
                node.place, "merge keys (<<) are not read", "write the fields out"
            )
        earlier = parent.entries.get(node.text)
        if earlier is not None:
            self.problems.append(
                Problem(
                    place=node.place,
                    field="",
                    message=f"the field {quoted(node.text)} stands twice",
                    remedy=f"the first is in line {earlier.place.line}; remove one",
                )
            )
        parent.key, parent.key_place = node.text, node.place


class YamlDocumentReader(DocumentReader):
    """Reads YAML 1.2."""

    @override
    def read(self, file: SourceFile) -> ReadDocuments:
        """Read every document of one file; never raises for what the text holds."""
        start = Place(file=file.name, line=1)
        if len(file.text) > limits.CONFIGURATION_FILE_CHARS_MAX:
            return _failed(
                start,
                f"longer than {limits.CONFIGURATION_FILE_CHARS_MAX} characters",
                "split it into several files",
            )
        builder = _Builder(file=file.name)
        try:
            for event in _events(file.text):
                builder.take(event)
        except _RefusedError as error:
            return ReadDocuments(nodes=(), problems=(*builder.problems, error.problem))
        except MarkedYAMLError as error:
            return _failed(_error_place(error, file.name), *_explain(error, file.text))
        except ReaderError as error:
            line = file.text.count("\n", 0, error.position) + 1
            place = Place(file=file.name, line=line)
            return _failed(place, "holds a character YAML forbids", "remove it")
        except (YAMLError, ValueError) as error:
            message = " ".join(str(error).split())[:200]
            return _failed(start, f"cannot be read as YAML: {message}", "")
        return ReadDocuments(
            nodes=tuple(builder.documents), problems=tuple(builder.problems)
        )


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _failed(place: Place, message: str, remedy: str) -> ReadDocuments:
    problem = Problem(place=place, field="", message=message, remedy=remedy)
    return ReadDocuments(nodes=(), problems=(problem,))


def _error_place(error: MarkedYAMLError, file: str) -> Place:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Place(file=file, line=1)
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)


def _explain(error: MarkedYAMLError, text: str) -> tuple[str, str]:
    """Return message and remedy for text that is no YAML."""
    said = " ".join(str(error.problem or error.context or "").split())[:200]
    mark = error.problem_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or "'\\t'" in said:
        return "a tab where spaces belong", "indent with spaces only"
    if any(sign in said for sign in _INDENTATION_SIGNS):
        return (
            f"the indentation or a colon is wrong here: {said}",
            "line fields up with the ones they belong to; quote text that holds ': '",
        )
    return f"cannot be read as YAML: {said}", ""


def _resolve(text: str) -> str | int | float | bool | None:
    """Return the value of an unquoted scalar."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
