"""What an apply would change: field by field, before and after."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import MANAGED_BY_FILE, Draft, subject
from handrail.core.configuration.node import Json
from handrail.core.configuration.ranking import new_orders
from handrail.core.ids import Slug


@unique
class ChangeKind(StrEnum):
    """What becomes of a document."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, before and after; ``None`` where it was or is left out."""

    field: str
    before: Json
    after: Json

    def line(self) -> str:
        """Return ``rules[0].escalate_after: 5m → 10m``."""
        return f"{self.field}: {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one document.

    Attributes:
        fields: What differs, in the order of the fields; empty for added and removed.
        draft: What the files say; none where it is removed.
        stored: What is in force; none where it is added.
        order: The rank that is to be stored.
    """

    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    draft: Draft | None = None
    stored: Document | None = None
    order: int = 0

    @property
    def subject(self) -> str:
        """How messages name it, such as ``user ana``."""
        if self.draft is not None:
            return self.draft.subject
        assert self.stored is not None
        return subject(self.stored.kind, self.stored.name)

    @property
    def ended(self) -> Document | None:
        """Return the stored document that the change ends, or none."""
        ends = self.kind in {ChangeKind.REMOVED, ChangeKind.RENAMED}
        return self.stored if ends else None

    def lines(self) -> Iterator[str]:
        """Yield the change as lines of text."""
        sign = _SIGNS[self.kind]
        renamed = ""
        if self.kind is ChangeKind.RENAMED and self.stored is not None:
            renamed = f" (was {self.stored.name})"
        yield f"{sign} {self.subject}{renamed}"
        for change in self.fields:
            yield f"    {change.line()}"

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or the record."""
        of = self.draft or self.stored
        assert of is not None
        return {
            "change": str(self.kind),
            "kind": of.kind,
            "name": of.name,
            "renamed_from": (
                self.stored.name
                if self.kind is ChangeKind.RENAMED and self.stored is not None
                else None
            ),
            "fields": [
                {"field": f.field, "before": f.before, "after": f.after}
                for f in self.fields
            ],
        }


_SIGNS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "+",
    ChangeKind.CHANGED: "~",
    ChangeKind.RENAMED: "~",
    ChangeKind.REMOVED: "-",
}


_DIGEST = "key_digest"
_DATED = frozenset({"shifts", "closed"})
"""Lists of entries with dates, as calendars have: their positions mean nothing."""
_DATED_SHOWN_MAX = 20


def differences(
    drafts: Sequence[Draft],
    stored: Sequence[Document],
    *,
    ordered: frozenset[str],
    is_partial: bool,
) -> tuple[Change, ...]:
    """Return the changes, in the order of the files and the removed ones last.

    Args:
        drafts: What the files say; without errors.
        stored: The documents in force.
        ordered: The kinds whose order means something.
        is_partial: Leave alone what the files do not name.
    """
    by_key = {(document.kind, document.name): document for document in stored}
    orders = _orders(drafts, by_key, ordered, is_partial=is_partial)
    ranks = _ranks(stored)
    changes: list[Change] = []
    seen: set[tuple[str, Slug]] = set()
    for draft in drafts:
        former = _former(draft, by_key)
        seen.add(draft.key)
        if former is not None:
            seen.add((former.kind, former.name))
        former_rank = None if former is None else ranks[former.kind, former.name]
        change = _change(
            draft,
            former,
            order=orders.get(draft.key, 0),
            former_rank=former_rank,
        )
        if change is not None:
            changes.append(change)
    if not is_partial:
        changes.extend(
            Change(kind=ChangeKind.REMOVED, stored=document)
            for key, document in by_key.items()
            if key not in seen and document.managed_by == MANAGED_BY_FILE
        )
    return tuple(changes)


def _former(
    draft: Draft, by_key: Mapping[tuple[str, Slug], Document]
) -> Document | None:
    """Return what is in force of this document, under its old name if need be."""
    same = by_key.get(draft.key)
    if same is not None or draft.renamed_from is None:
        return same
    return by_key.get((draft.kind, draft.renamed_from))


def _body_changes(before: dict[str, Json], after: dict[str, Json]) -> list[FieldChange]:
    """Return what differs, with the digest of a key told as the key's own change."""
    digests = before.pop(_DIGEST, None), after.pop(_DIGEST, None)
    changes = list(field_changes(before, after))
    if digests[0] != digests[1] and before.get("key") == after.get("key"):
        changes.append(
            FieldChange(field="key", before="the former value", after="another value")
        )
    return changes


def _ranks(documents: Iterable[Document]) -> dict[tuple[str, Slug], int]:
    """Return the position of every document within its kind, from 0."""
    counts: Counter[str] = Counter()
    ranks: dict[tuple[str, Slug], int] = {}
    for document in sorted(documents, key=lambda d: (d.order, d.name)):
        ranks[document.kind, document.name] = counts[document.kind]
        counts[document.kind] += 1
    return ranks


def _change(
    draft: Draft, former: Document | None, *, order: int, former_rank: int | None
) -> Change | None:
    if former is None:
        return Change(kind=ChangeKind.ADDED, draft=draft, order=order)
    fields = _body_changes(json.loads(former.body), dict(draft.body))
    if former.order != order:
        fields.append(FieldChange(field="order", before=former_rank, after=draft.rank))
    if former.managed_by != MANAGED_BY_FILE:
        fields.append(
            FieldChange(
                field="managed_by", before=former.managed_by, after=MANAGED_BY_FILE
            )
        )
    is_renamed = former.name != draft.name
    if not fields and not is_renamed:
        return None
    return Change(
        kind=ChangeKind.RENAMED if is_renamed else ChangeKind.CHANGED,
        fields=tuple(fields),
        draft=draft,
        stored=former,
        order=order,
    )


def _orders(
    drafts: Sequence[Draft],
    by_key: Mapping[tuple[str, Slug], Document],
    ordered: frozenset[str],
    *,
    is_partial: bool,
) -> dict[tuple[str, Slug], int]:
    """Return the rank of every document of the ordered kinds."""
    orders: dict[tuple[str, Slug], int] = {}
    for kind in ordered:
        of_kind = [draft for draft in drafts if draft.kind == kind]
        formers = [_former(draft, by_key) for draft in of_kind]
        ranks = [None if f is None else f.order for f in formers]
        others = [
            document.order
            for (of, _), document in by_key.items()
            if of == kind and document.managed_by != MANAGED_BY_FILE
        ]
        if is_partial:
            # The rest keeps its rank; what is new comes after all of it.
            top = max((d.order for d in by_key.values() if d.kind == kind), default=0)
            found = new_orders([None] * ranks.count(None), above=top)
            later = iter(found)
            placed = [next(later) if rank is None else rank for rank in ranks]
        else:
            placed = _above_others(new_orders(ranks, above=0), ranks, others)
        orders |= {
            draft.key: order for draft, order in zip(of_kind, placed, strict=True)
        }
    return orders


def _above_others(
    placed: list[int], ranks: Sequence[int | None], others: Sequence[int]
) -> list[int]:
    """Let what is new at the end of the files come after all that people made."""
    last = max((n for n, rank in enumerate(ranks) if rank is not None), default=-1)
    top = max(others, default=0)
    if last + 1 == len(placed) or placed[last + 1] > top:
        return placed
    later = new_orders([None] * (len(placed) - last - 1), above=top)
    return [*placed[: last + 1], *later]


def field_changes(before: Json, after: Json, path: str = "") -> Iterator[FieldChange]:
    """Yield what differs between two bodies, as deep as their shapes agree."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            inner = f"{path}.{name}" if path else name
            yield from field_changes(before.get(name), after.get(name), inner)
    elif _is_list_of_objects(before) and _is_list_of_objects(after):
        assert isinstance(before, list)
        assert isinstance(after, list)
        if path.rpartition(".")[2] in _DATED:
            yield from _dated_changes(before, after, path)
            return
        for place in range(max(len(before), len(after))):
            old = before[place] if place < len(before) else None
            new = after[place] if place < len(after) else None
            yield from field_changes(old, new, f"{path}[{place}]")
    else:
        yield FieldChange(field=path, before=before, after=after)


def _dated_changes(
    before: list[Json], after: list[Json], path: str
) -> Iterator[FieldChange]:
    """Yield which dated entries went and came, wherever in the list they stand."""
    old, new = (
        {json.dumps(one, sort_keys=True): one for one in entries}
        for entries in (before, after)
    )
    gone = [one for key, one in old.items() if key not in new]
    came = [one for key, one in new.items() if key not in old]
    if len(gone) + len(came) > _DATED_SHOWN_MAX:
        yield FieldChange(
            field=path,
            before=f"{len(before)} entries, {len(gone)} of which go",
            after=f"{len(after)} entries, {len(came)} of which are new",
        )
        return
    yield from (FieldChange(field=path, before=one, after=None) for one in gone)
    yield from (FieldChange(field=path, before=None, after=one) for one in came)
    if not gone and not came:
        yield FieldChange(field=path, before="the same entries", after="reordered")


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _shown(value: Json) -> str:
    if value is None:
        return "(not set)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
