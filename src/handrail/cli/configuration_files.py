"""Configuration files named on the command line: read, checked, compiled, offline.

What brings the YAML reader with it is imported late; other commands do without.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure

if TYPE_CHECKING:
    from handrail.core.configuration.snapshot import Snapshot
    from handrail.usecases.configuration import CheckResult


def snapshot_of(paths: Sequence[str]) -> "Snapshot":
    """Return the configuration that the files together make up, without a server.

    Raises:
        Failure: A file cannot be read, or there are errors; all of them are named.
    """
    from handrail.usecases.configuration import proposed

    return proposed(checked_without_errors(paths))


def checked_without_errors(paths: Sequence[str]) -> "CheckResult":
    """Read and judge files without a server, and refuse those with errors.

    Raises:
        Failure: A file cannot be read, or there are errors; all of them are named.
    """
    checked = check_offline(paths)
    if checked.has_errors:
        errors = [problem.line() for problem in checked.problems if problem.is_error]
        step = "mend the named lines; every field: handrail config schema"
        raise Failure("\n".join(errors), next_step=step, code=ExitCode.FAILED)
    return checked


def check_offline(
    paths: Sequence[str], *, now: datetime | None = None
) -> "CheckResult":
    """Read and judge files without a server.

    Args:
        paths: Files and folders.
        now: From when coming shifts are judged by the rest rules; without it, not.

    Raises:
        Failure: A file cannot be read, or a folder holds none.
    """
    from handrail.core.configuration.node import SourceFile
    from handrail.sources import found_sources
    from handrail.system.calendar_format import Icalendar
    from handrail.system.clock import SystemClock
    from handrail.system.document_reader import YamlDocumentReader
    from handrail.system.tzdata import pin
    from handrail.usecases.calendar_file import Calendars
    from handrail.usecases.configuration import check

    pin()
    files = [SourceFile(name=name, text=text) for name, text in read_files(paths)]
    calendars = Calendars(format=Icalendar(), now=SystemClock().now())
    return check(
        files,
        reader=YamlDocumentReader(),
        source_kinds=tuple(found_sources()),
        now=now,
        calendars=calendars,
    )


def read_files(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return name and text of each file; a folder's in the order of their names.

    Calendars that a file names follow, each once; one that is not there is left out,
    and missed where it is named.

    Raises:
        Failure: A file cannot be read, or a folder holds none.
    """
    found: list[tuple[str, str]] = []
    for path in map(Path, paths):
        if str(path) == "-":
            found.append(("<stdin>", sys.stdin.read()))
            continue
        files = [path]
        if path.is_dir():
            files = sorted(p for p in path.iterdir() if p.suffix in {".yaml", ".yml"})
            if not files:
                said = f"{path} holds no .yaml or .yml file"
                raise _unreadable(said)
        found += [(str(file), _text(file)) for file in files]
    calendars = dict.fromkeys(
        name for file, text in found for name in _calendars_of(file, text)
    )
    named = [Path(name) for name in calendars if Path(name).is_file()]
    return found + [(str(file), _text(file)) for file in named]


def _calendars_of(file: str, text: str) -> list[str]:
    """Return the calendar files that a configuration file names, in its order."""
    if "ics" not in text:
        return []
    from handrail.core.configuration.calendar_import import file_beside, named_files
    from handrail.core.configuration.node import SourceFile
    from handrail.system.document_reader import YamlDocumentReader

    nodes = YamlDocumentReader().read(SourceFile(name=file, text=text)).nodes
    return [file_beside(file, written) for written in named_files(nodes)]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        said = f"{file} is not UTF-8 text"
        raise _unreadable(said) from error
    except OSError as error:
        said = f"{file} cannot be read: {error.strerror}"
        raise _unreadable(said) from error


def _unreadable(message: str) -> Failure:
    step = "name files that are there, as in: handrail config check handrail.yaml"
    return Failure(message, next_step=step, code=ExitCode.USAGE)
