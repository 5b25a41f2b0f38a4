"""A refused press, as it is shown where it was pressed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A press that was refused.

    Attributes:
        act: Which, by its verb.
        message: Why, and how to go on.
        fields: Field to what is wrong with it.
        kept: What had been typed, by field.
    """

    act: str
    message: str
    fields: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def said(self, act: str, name: str, otherwise: str = "") -> str:
        """Return what was typed into the field of that act, or ``otherwise``."""
        return self.kept.get(name, otherwise) if act == self.act else otherwise
