"""Regular expressions over label values: RE2, matched whole, in linear time.

Patterns come from configuration, but the values they run on come from senders. A
backtracking engine can be made to run for hours by one hostile value; RE2 cannot, and
its dialect is what Alertmanager's users already write.
"""

from functools import lru_cache

import re2

_MEMORY_MAX = 4 << 20
"""Bytes a compiled pattern and its states may take; RE2's default is twice that."""


class Pattern:
    """A regular expression that must match the whole of a text.

    Raises:
        ValueError: RE2 refuses the pattern; the message says why.
    """

    def __init__(self, source: str) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY_MAX
        self.source = source
        try:
            self._compiled = re2.compile(source, options)
        except (re2.error, UnicodeEncodeError) as error:
            why = error.args[0] if error.args else error
            said = why.decode(errors="replace") if isinstance(why, bytes) else why
            msg = (
                f"regular expression {source!r}: {said}; it is read as RE2, which has "
                "no lookaround and no backreferences"
            )
            raise ValueError(msg) from error

    def matches(self, text: str) -> bool:
        """Return whether the whole text is described by the pattern."""
        # What cannot be written as UTF-8 cannot be told apart by a pattern either.
        readable = text.encode(errors="replace").decode()
        return self._compiled.fullmatch(readable) is not None


@lru_cache(maxsize=4096)
def compile_pattern(source: str) -> Pattern:
    """Return the compiled pattern, the same one for the same source.

    Raises:
        ValueError: RE2 refuses the pattern.
    """
    return Pattern(source)
