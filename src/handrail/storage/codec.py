"""Domain values to row values and back."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, NewType, TypeVar, Union, get_args, get_origin
from typing import get_type_hints as type_hints

import msgspec
import structlog
from sqlalchemy import Column, Table

from handrail.core.escalation.policy import (
    EscalationPolicy,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import Slug
from handrail.core.instants import from_micros, to_micros
from handrail.ports.setback import Otherwise, UnreadableError

T = TypeVar("T")
Convert = Callable[[Any], Any]
MICROSECOND = timedelta(microseconds=1)
_UNWRITABLE = "\ufffd"
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What converting a value can raise that we did not write."""
_log = structlog.get_logger()


def storable(text: str) -> str:
    """Return the text with what no database keeps (NUL, lone surrogates) replaced.

    Senders and providers put anything into their texts; a page must not be lost to it.
    """
    if text.isascii() and "\x00" not in text:
        return text
    text = text.replace("\x00", _UNWRITABLE)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def to_json(value: object) -> str:
    """Return compact JSON text; surrogates are escaped."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))


def from_json(text: str) -> Any:  # noqa: ANN401  the caller knows what it stored
    """Return the value of JSON text."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        # What ``to_json`` escaped because it is no UTF-8.
        return json.loads(text)


def from_object(text: str) -> dict[str, Any]:
    """Return the object of JSON text.

    Raises:
        ValueError: It is something else.
    """
    value = from_json(text)
    if not isinstance(value, dict):
        msg = "the stored text is no JSON object"
        raise ValueError(msg)  # noqa: TRY004 - the text is wrong, not a caller's type
    return value


def to_policy_text(policy: EscalationPolicy) -> str:
    """Return the snapshot of a policy as JSON text."""
    return to_json(
        {
            "name": policy.name,
            "rounds": policy.rounds,
            "version": policy.version,
            "levels": [
                {
                    "targets": [str(target) for target in level.targets],
                    "escalate_after_micros": level.escalate_after // MICROSECOND,
                    "round_robin": level.round_robin,
                }
                for level in policy.levels
            ],
        }
    )


def from_policy_text(text: str) -> EscalationPolicy:
    """Return the policy of its JSON text."""
    raw = from_json(text)
    return EscalationPolicy(
        name=Slug(raw["name"]),
        rounds=raw["rounds"],
        version=raw["version"],
        levels=tuple(
            Level(
                targets=tuple(_target(spelled) for spelled in level["targets"]),
                escalate_after=timedelta(microseconds=level["escalate_after_micros"]),
                round_robin=level.get("round_robin", False),
            )
            for level in raw["levels"]
        ),
    )


def _target(spelled: str) -> Target:
    kind, _, name = spelled.partition(":")
    return Target(kind=TargetKind(kind), name=Slug(name))


_CONVERTERS: tuple[tuple[type, Convert | None, Convert | None], ...] = (
    (str, storable, None),
    (bool, bool, bool),
    (int, None, None),
    (bytes, None, bytes),
    (datetime, to_micros, from_micros),
    (Mapping, to_json, from_object),
    (EscalationPolicy, to_policy_text, from_policy_text),
)


class RowCodec(Generic[T]):
    """Maps a dataclass to the table whose columns bear its fields' names.

    Attributes:
        columns: The table's columns in the order of the fields.
        insert: ``INSERT`` text for the driver's cursor, fed by ``values``.
        copy: The same for many rows at once, on PostgreSQL.
        update: ``UPDATE … WHERE key`` text, fed by ``values`` and then the key.
    """

    def __init__(
        self,
        cls: type[T],
        table: Table,
        *,
        key: str = "id",
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        hints = type_hints(cls)
        self._cls = cls
        self._concept = table.name
        self._names = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]  # T is a dataclass
        self._get = attrgetter(*self._names)
        both = [_converters(hints[name]) for name in self._names]
        self._out = tuple((n, pair[0]) for n, pair in enumerate(both) if pair[0])
        self._in = tuple((n, pair[1]) for n, pair in enumerate(both) if pair[1])
        spelled = [(renamed or {}).get(name, name) for name in self._names]
        self.columns: tuple[Column[Any], ...] = tuple(table.c[c] for c in spelled)
        marks = ", ".join("?" * len(spelled))
        # Names come from our own tables, never from outside.
        self.insert = (
            f"INSERT INTO {table.name} ({', '.join(spelled)}) VALUES ({marks})"  # noqa: S608
        )
        self.copy = f"COPY {table.name} ({', '.join(spelled)}) FROM STDIN"
        sets = ", ".join(f"{column} = ?" for column in spelled)
        self.update = f"UPDATE {table.name} SET {sets} WHERE {key} = ?"  # noqa: S608

    def values(self, item: T) -> list[object]:
        """Return the row's values in the order of ``columns``."""
        row: list[object] = list(self._get(item))
        for place, convert in self._out:
            if row[place] is not None:
                row[place] = convert(row[place])
        return row

    def item(self, row: Sequence[Any]) -> T:
        """Return the domain value of a row selected by ``columns``.

        Raises:
            UnreadableError: A value is none that we would have written.
        """
        values = list(row)
        try:
            for place, convert in self._in:
                if values[place] is not None:
                    values[place] = convert(values[place])
            return self._cls(**dict(zip(self._names, values, strict=True)))
        except _UNREADABLE as error:
            # Every table that is read row by row begins with its key.
            named = UnreadableError(concept=self._concept, row_id=str(row[0]))
            raise named from error

    def items(self, rows: Iterable[Sequence[Any]], otherwise: Otherwise) -> list[T]:
        """Return the values of those rows that can be read; tell of the others."""
        found: list[T] = []
        for row in rows:
            try:
                found.append(self.item(row))
            except UnreadableError as error:
                _log.exception(
                    "row_unreadable", concept=error.concept, row_id=error.row_id
                )
                otherwise(error)
        return found


def _converters(hint: object) -> tuple[Convert | None, Convert | None]:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg is not NoneType)
    if isinstance(hint, NewType):
        hint = hint.__supertype__
    kind = get_origin(hint) or hint
    assert isinstance(kind, type), f"no column can hold a {hint!r}"
    if issubclass(kind, Enum):
        return attrgetter("_value_"), kind
    return next(
        (outward, inward)
        for known, outward, inward in _CONVERTERS
        if issubclass(kind, known)
    )
