"""The kinds of text that fields take: names, durations, zones, references, secrets."""

import re
from datetime import timedelta

from handrail.core.configuration import spelling
from handrail.core.configuration.compile import NONE, parse_target
from handrail.core.configuration.node import Json
from handrail.core.configuration.shape import ChoiceShape, TextShape
from handrail.core.configuration.spelling import NOBODY, quoted
from handrail.core.routing.matcher import parse_matchers
from handrail.core.severity.severity import Severity, Urgency


def _read_end_time(written: str) -> str:
    if written == spelling.MIDNIGHT_AS_END:
        return written
    return f"{spelling.parse_wall_time(written):%H:%M}"


NAME = TextShape(
    read=spelling.parse_slug,
    example="payments-primary",
    schema={"pattern": spelling.SLUG_PATTERN},
)
ZONE = TextShape(
    read=spelling.parse_zone, example="Europe/Berlin", schema={"minLength": 1}
)
WALL_TIME = TextShape(
    read=lambda text: f"{spelling.parse_wall_time(text):%H:%M}",
    example='"09:00"',
    schema={"pattern": spelling.WALL_TIME_PATTERN},
)
END_TIME = TextShape(
    read=_read_end_time,
    example='"17:00"',
    schema={"pattern": spelling.END_TIME_PATTERN},
)
WEEK_TIME = TextShape(
    read=spelling.read_week_time,
    example='"09:00" or fri 18:00',
    schema={"pattern": spelling.WEEK_TIME_PATTERN},
)
DATE = TextShape(
    read=lambda text: spelling.parse_date(text).isoformat(),
    example="2026-01-05",
    schema={"pattern": spelling.DATE_PATTERN},
)
MOMENT = TextShape(
    read=lambda text: spelling.format_moment(spelling.parse_moment(text)),
    example="2026-12-24 09:00",
    schema={"minLength": 16},
)
EVERY = TextShape(
    read=lambda text: spelling.format_every(*spelling.parse_every(text)),
    example="1 week",
    schema={"pattern": spelling.EVERY_PATTERN},
)


SEVERITY = ChoiceShape(words=tuple(Severity))
URGENCY = ChoiceShape(words=tuple(Urgency))
PEOPLE_MAX = 200
"""Of one team or rotation; more is a mistake in a generated file."""


def text(maximum: int, example: str) -> TextShape:
    """Return free text of 1 to ``maximum`` characters on one line."""

    def read(written: str) -> str:
        if not written.strip():
            msg = "is empty"
            raise ValueError(msg)
        if len(written) > maximum:
            msg = f"has {len(written)} characters, at most {maximum}"
            raise ValueError(msg)
        if not all(c.isprintable() for c in written.strip()):
            msg = "must be one line without control characters"
            raise ValueError(msg)
        return written.strip()

    schema: dict[str, Json] = {"minLength": 1, "maxLength": maximum}
    return TextShape(read=read, example=example, schema=schema)


def duration(minimum: timedelta, maximum: timedelta) -> TextShape:
    """Return a duration from ``minimum`` to ``maximum``, both inclusive."""
    least, most = map(spelling.format_duration, (minimum, maximum))

    def read(written: str) -> str:
        value = spelling.parse_duration(written)
        if not minimum <= value <= maximum:
            msg = f"{quoted(written)} is not between {least} and {most}"
            raise ValueError(msg)
        return spelling.format_duration(value)

    return TextShape(
        read=read, example="5m", schema={"pattern": spelling.DURATION_PATTERN}
    )


def duration_or_none(minimum: timedelta, maximum: timedelta) -> TextShape:
    """Return a duration, or the word none where there is to be none."""
    within = duration(minimum, maximum)

    def read(written: str) -> str:
        return written if written == NONE else within.read(written)

    schema: dict[str, Json] = {"pattern": f"{spelling.DURATION_PATTERN}|^{NONE}$"}
    return TextShape(read=read, example=f"15m, or {NONE}", schema=schema)


TITLE = text(120, "Payments, primary")
DELAY = duration(timedelta(0), timedelta(days=1))


def reference(kind: str) -> TextShape:
    """Return the name of a document of that kind."""
    return TextShape(
        read=spelling.parse_slug,
        example="the name of a " + kind.replace("_", " "),
        schema={"pattern": spelling.SLUG_PATTERN},
        refers=lambda name: (kind, name),
    )


def _read_participant(written: str) -> str:
    return written if written == NOBODY else spelling.parse_slug(written)


def _read_stand_in(written: str) -> str:
    if written == NOBODY:
        msg = (
            "an override is of a person; for a gap that is meant write mode: remove "
            "and the user who is taken off"
        )
        raise ValueError(msg)
    return spelling.parse_slug(written)


STAND_IN = TextShape(
    read=_read_stand_in,
    example="ana",
    schema={"pattern": spelling.SLUG_PATTERN},
    refers=lambda name: ("user", name),
)

PARTICIPANT = TextShape(
    read=_read_participant,
    example="ana, or nobody for an intended gap",
    schema={"pattern": spelling.SLUG_PATTERN},
    refers=lambda name: None if name == NOBODY else ("user", name),
)


def target(*kinds: str, remedy: str) -> TextShape:
    """Return a target of one of these kinds; ``remedy`` is said for another kind."""

    def read(written: str) -> str:
        found = parse_target(written)
        if found.kind not in kinds:
            raise ValueError(remedy)
        return str(found)

    def refers(written: str) -> tuple[str, str]:
        found = parse_target(written)
        return str(found.kind), found.name

    return TextShape(
        read=read,
        example="schedule:payments-primary" if "schedule" in kinds else "user:ana",
        schema={"pattern": rf"^(?:{'|'.join(kinds)}):{spelling.SLUG_PATTERN[1:]}"},
        refers=refers,
    )


def _read_matchers(written: str) -> str:
    if not parse_matchers(written):
        msg = f"{quoted(written)} holds no matcher; leave match out to match everything"
        raise ValueError(msg)
    return written.strip()


MATCHERS = TextShape(
    read=_read_matchers, example="'service=\"checkout\"'", schema={"minLength": 1}
)


def _read_email(written: str) -> str:
    local, _, domain = written.rpartition("@")
    is_dotted_well = ".." not in written and not local.startswith(".")
    if (
        not re.fullmatch(spelling.EMAIL_PATTERN, written)
        or not is_dotted_well
        or local.endswith(".")
    ):
        msg = (
            f"{quoted(written)} is not an e-mail address; write it like ana@example.org"
        )
        raise ValueError(msg)
    return f"{local}@{domain.lower()}"


EMAIL = TextShape(
    read=_read_email,
    example="ana@example.org",
    schema={"pattern": spelling.EMAIL_PATTERN},
)


def _read_url(written: str) -> str:
    if not re.fullmatch(spelling.URL_PATTERN, written):
        msg = (
            f"{quoted(written)} is not a link; write it like https://example.org/hook, "
            "without a user name or password in it"
        )
        raise ValueError(msg)
    return written


URL = TextShape(
    read=_read_url,
    example="https://example.org/hook",
    schema={"pattern": spelling.URL_PATTERN},
)


def _read_ics_file(written: str) -> str:
    if not re.fullmatch(spelling.ICS_PATTERN, written):
        msg = (
            f"{quoted(written)} is no calendar file; write its path from this file on, "
            "like holidays.ics"
        )
        raise ValueError(msg)
    return written


ICS_FILE = TextShape(
    read=_read_ics_file,
    example="holidays.ics",
    schema={"pattern": spelling.ICS_PATTERN},
)


def _read_secret(written: str) -> str:
    if not re.fullmatch(spelling.REFERENCE_PATTERN, written):
        msg = (
            "a secret never stands in the file itself; write env:NAME or file:PATH "
            "and set it where the server runs"
        )
        raise ValueError(msg)
    return written


SECRET = TextShape(
    read=_read_secret,
    example="env:ANA_HOOK",
    schema={"pattern": spelling.REFERENCE_PATTERN},
)


def _read_key(written: str) -> str:
    if re.fullmatch(spelling.DIGEST_PATTERN, written):
        return written
    if not re.fullmatch(spelling.REFERENCE_PATTERN, written):
        msg = (
            "a key never stands in the file itself; write env:NAME, file:PATH or "
            "sha256:HEX, or leave it out and let Handrail issue one"
        )
        raise ValueError(msg)
    return written


KEY = TextShape(
    read=_read_key,
    example="env:PROMETHEUS_KEY",
    schema={"pattern": f"{spelling.REFERENCE_PATTERN}|{spelling.DIGEST_PATTERN}"},
)
