"""Problems of a configuration: where, what, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.configuration.node import Json, Place
from handrail.core.configuration.spelling import quoted
from handrail.core.errors import InvalidError


@unique
class ProblemSeverity(StrEnum):
    """An error keeps a configuration from being applied; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong, or doubtful, at one place.

    Attributes:
        place: File, line and column.
        field: ``escalation_policy payments-oncall.rules[0].notify``; "" where the
            whole file is meant.
        message: What is wrong.
        remedy: What to do, or "".
    """

    place: Place
    field: str
    message: str
    remedy: str = ""
    severity: ProblemSeverity = ProblemSeverity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it keeps the configuration from being applied."""
        return self.severity is ProblemSeverity.ERROR

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in one line."""
        return f"{self.message}; {self.remedy}" if self.remedy else self.message

    def line(self) -> str:
        """Return the problem as one line of text, the way compilers write it."""
        where = self.place.file
        where += f":{self.place.line}" if self.place.line else ""
        grade = "" if self.is_error else "warning: "
        field = f"{self.field}: " if self.field else ""
        return f"{where}: {grade}{field}{self.sentence}"

    def as_json(self) -> dict[str, Json]:
        """Return plain data for an API answer or ``--json``."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "field": self.field,
            "severity": str(self.severity),
            "message": self.message,
            "remedy": self.remedy,
        }


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word most like the given one, or ""."""
    close = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.6)
    return f"did you mean {quoted(close[0])}?" if close else ""


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by file and line, errors first at the same place."""
    return tuple(
        sorted(problems, key=lambda p: (p.place, not p.is_error, p.field, p.message))
    )


def refuse(problems: Iterable[Problem]) -> None:
    """Refuse a configuration with errors.

    Raises:
        InvalidError: There are some; the fields name file, line and field of each.
    """
    errors = in_order(problem for problem in problems if problem.is_error)
    if not errors:
        return
    fields: dict[str, str] = {}
    for problem in errors:
        where = f"{problem.place.file}:{problem.place.line} {problem.field}".strip()
        said = fields.get(where)
        fields[where] = f"{said}; {problem.sentence}" if said else problem.sentence
    msg = f"{len(errors)} errors in the files; nothing changes"
    if len(fields) == 1:
        ((where, said),) = fields.items()
        msg = f"{where}: {said}"
    raise InvalidError(msg, fields=fields)
