"""What is shown, made of what it is about."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Conversion(Generic[T]):
    """Makes views of one type of objects that have the same attributes, or of dicts.

    Made when its module is imported: msgspec describes a type when it first meets it,
    and a second thread that meets it meanwhile ends the whole process.
    """

    def __init__(self, view: type[T]) -> None:
        msgspec.json.Decoder(view)
        self._view = view

    def of(self, found: object) -> T:
        """Return the view of it."""
        return msgspec.convert(found, self._view, from_attributes=True)
