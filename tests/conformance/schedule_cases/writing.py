"""Configuration written for a case, and the schedule that the real path makes of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.configured import SOURCE_KINDS

from handrail.core.configuration.node import SourceFile
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Schedule
from handrail.system.document_reader import YamlDocumentReader
from handrail.usecases.configuration import check, proposed

Body = dict[str, Any]
NAME = Slug("case")
NOBODY = "nobody"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class RefusedError(Exception):
    """The case says what configuration cannot; the message says what and why."""


@dataclass(slots=True)
class People:
    """Names of any spelling, each with the slug it is written as."""

    slugs: dict[str, str] = field(default_factory=dict)

    def slug(self, name: str) -> str:
        return self.slugs.setdefault(name, f"user-{len(self.slugs)}")

    def name(self, slug: str) -> str:
        return next(name for name, known in self.slugs.items() if known == slug)


def compiled(
    plan: Body, *, people: People, time_zone: str, overrides: Iterable[Body] = ()
) -> Schedule:
    """Return the schedule, once ``config check`` has found no error in its text."""
    body = {"name": NAME, "time_zone": time_zone, **plan}
    documents: list[Body] = [{"user": {"name": s}} for s in people.slugs.values()]
    documents.append({"schedule": body})
    documents += [
        {"override": {"name": f"override-{place}", "schedule": NAME, **override}}
        for place, override in enumerate(overrides)
    ]
    text = "\n---\n".join(map(json.dumps, documents))
    checked = check(
        [SourceFile(name="case.yaml", text=text)],
        reader=YamlDocumentReader(),
        source_kinds=SOURCE_KINDS,
    )
    errors = [problem.line() for problem in checked.problems if problem.is_error]
    assert not errors, errors
    return proposed(checked).schedules[NAME]


def instant(at: datetime) -> str:
    """Write an instant as configuration does."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def clock(naive: datetime) -> str:
    """Write a wall-clock time, which configuration has to the minute."""
    if naive.second or naive.microsecond:
        msg = f"the clock time {naive.time()}: configuration has times to the minute"
        raise RefusedError(msg)
    return f"{naive:%H:%M}"


def at_all_hours(*party: str) -> Body:
    """Return a rotation in which one party has every turn."""
    return {
        "every": "1 week",
        "handoff": "00:00",
        "starts_on": "2001-01-01",
        "participants": [list(party) or NOBODY],
    }
