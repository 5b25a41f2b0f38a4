"""Regular expressions over label values: RE2's dialect, matched whole."""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled regular expression."""

    source: str
    compiled: re.Pattern[str]

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches."""
        return self.compiled.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def compile_pattern(source: str) -> Pattern:
    """Compile a regular expression.

    Raises:
        ValueError: It cannot be used; says why.
    """
    try:
        return Pattern(source, re.compile(source))
    except re.error as error:
        msg = f"the regular expression {source!r} cannot be read: {error}"
        raise ValueError(msg) from error
