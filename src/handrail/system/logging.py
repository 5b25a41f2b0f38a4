"""Log lines: one shape for ours and for the libraries', without secrets.

The name of a line is static (``page_opened``); what varies stands in its fields.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from handrail.core.instants import format_rfc3339

REDACTED = "[redacted]"

_SENSITIVE = frozenset(
    {
        "authorization",
        "cookie",
        "key",
        "passphrase",
        "passwd",
        "password",
        "secret",
        "token",
    }
)
_HARMLESS = frozenset({"dedup_key", "idempotency_key"})
_WORDS = re.compile(r"[^a-z]+")
_IN_TEXT = re.compile(
    r"(/a/|/i/|/sign-in/|/setup/|whsec_|[Bb]earer |[?&](?:key|token)=)[^\s\"'&?<>]+"
)
"""Secrets inside longer texts: link tokens in paths, signing secrets, bearer tokens."""
_QUIET = ("uvicorn.access", "alembic", "mail.log", "asyncio")


def configure(
    stream: TextIO, *, is_json: bool, level: str, now: Callable[[], datetime]
) -> None:
    """Send every log line of the process to the stream.

    Args:
        stream: Where lines go.
        is_json: One JSON object a line; otherwise lines for people.
        level: ``debug``, ``info``, ``warning`` or ``error``; libraries that chatter
            are kept at ``warning``, since their lines hold paths with tokens.
        now: The clock.

    Raises:
        ValueError: The level is none of these.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _stamp(now),
        redact,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_ending(stream, is_json=is_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", *_QUIET):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, fields: EventDict) -> EventDict:
    """Return the fields with the values of sensitive names hidden, at any depth."""
    return {
        name: _shown(name, value) if not name.startswith("_") else value
        for name, value in fields.items()
    }


def is_sensitive(name: str) -> bool:
    """Return whether a field of this name holds something to hide."""
    lowered = name.lower()
    if lowered in _HARMLESS:
        return False
    return not _SENSITIVE.isdisjoint(_WORDS.split(lowered))


def _shown(name: str, value: object) -> object:
    if is_sensitive(name):
        return REDACTED
    if isinstance(value, str):
        return _IN_TEXT.sub(rf"\g<1>{REDACTED}", value)
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown("", inner) for inner in value]
    return value


def _stamp(now: Callable[[], datetime]) -> Processor:
    def stamp(_logger: object, _method: str, fields: EventDict) -> EventDict:
        fields["timestamp"] = format_rfc3339(now())
        return fields

    return stamp


def _ending(stream: TextIO, *, is_json: bool) -> list[Processor]:
    # A traceback shows no local variables: they hold keys and whole bodies.
    if is_json:
        transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(transform),
            redact,
            structlog.processors.EventRenamer("name"),
            structlog.processors.JSONRenderer(default=str),
        ]
    return [
        structlog.processors.format_exc_info,
        redact,
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]
