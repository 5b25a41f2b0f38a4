"""From plain data with places to drafts: every problem named, nothing raised."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handrail.core.configuration import consistency, spelling
from handrail.core.configuration.draft import Draft, subject
from handrail.core.configuration.kind.definition import IDENTITY, KindDefinition
from handrail.core.configuration.node import (
    Entry,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    describe,
)
from handrail.core.configuration.problem import Problem, did_you_mean
from handrail.core.configuration.reading import Reading, read_object
from handrail.core.configuration.shape import ObjectShape
from handrail.core.configuration.spelling import quoted
from handrail.core.ids import Slug

Kinds = Mapping[str, KindDefinition]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What the files hold, in their order.

    Attributes:
        drafts: Everything that has a kind and a name, whether or not its other
            fields are right, so that references to it do not look wrong too.
        problems: What is wrong within single documents.
    """

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def read_drafts(nodes: Sequence[Node], kinds: Kinds) -> Drafts:
    """Read the YAML documents of all files, in order."""
    words = {kind.plural: kind for kind in kinds.values() if kind.plural} | dict(kinds)
    drafts: list[Draft] = []
    ranks: Counter[str] = Counter()
    problems: list[Problem] = []
    for node in nodes:
        if isinstance(node, ScalarNode) and node.value is None:
            continue
        if not isinstance(node, MappingNode):
            problems.append(
                Problem(
                    place=node.place,
                    field="",
                    message=f"must be a mapping of kinds, is {describe(node)}",
                    remedy="the kinds are " + ", ".join(kinds),
                )
            )
            continue
        for word, entry in node.entries.items():
            kind = words.get(word)
            if kind is None:
                problems.append(_unknown_kind(word, entry, words))
                continue
            found = _read_kind(word, kind, entry, problems, rank=ranks[kind.kind])
            ranks[kind.kind] += len(found)
            drafts += found
    return Drafts(drafts=tuple(drafts), problems=tuple(problems))


def _unknown_kind(word: str, entry: Entry, words: Kinds) -> Problem:
    known = ", ".join(dict.fromkeys(kind.kind for kind in words.values()))
    return Problem(
        place=entry.place,
        field="",
        message=f"unknown kind {quoted(word)}",
        remedy=did_you_mean(word, words) or f"the kinds are {known}",
    )


def _read_kind(
    word: str,
    kind: KindDefinition,
    entry: Entry,
    problems: list[Problem],
    *,
    rank: int,
) -> list[Draft]:
    """Return what is written of a kind; ``rank`` is of the first."""
    drafts: list[Draft] = []
    value = entry.value
    if isinstance(value, ListNode) and not kind.is_singleton:
        subjects = [f"{word}[{place}]" for place in range(len(value.items))]
        nodes = list(zip(subjects, value.items, strict=True))
    else:
        nodes = [(word, value)]
    for nameless, node in nodes:
        reading = Reading(subject=_subject(kind, nameless, node))
        draft = _read_draft(kind, node, reading, rank=rank + len(drafts))
        problems.extend(reading.problems)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _subject(kind: KindDefinition, nameless: str, node: Node) -> str:
    if kind.is_singleton:
        return kind.kind
    name = _written_name(node)
    return nameless if name is None else subject(kind.kind, name)


def _written_name(node: Node) -> Slug | None:
    entry = node.entries.get("name") if isinstance(node, MappingNode) else None
    value = entry.value if entry is not None else None
    if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
        return None
    try:
        return spelling.parse_slug(value.value)
    except ValueError:
        return None


def _read_draft(
    kind: KindDefinition, node: Node, reading: Reading, *, rank: int
) -> Draft | None:
    identity = () if kind.is_singleton else IDENTITY
    shape = ObjectShape(fields=(*identity, *kind.shape.fields))
    reading.places[""] = node.place
    body = read_object(node, shape, "", reading)
    if body is None:
        return None
    name = kind.kind if kind.is_singleton else body.pop("name", None)
    former = body.pop("renamed_from", None)
    if not isinstance(name, str):
        return None
    if former == name:
        reading.complain(
            reading.places["renamed_from"], "renamed_from", "is its own name"
        )
    consistency.finish(kind.kind, name, body, reading)
    return Draft(
        kind=kind.kind,
        name=Slug(name),
        body=body,
        rank=rank,
        places=reading.places,
        references=tuple(reading.references),
        renamed_from=Slug(former) if isinstance(former, str) else None,
    )
