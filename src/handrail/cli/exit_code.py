"""Exit codes: what a script can tell from a command's end."""

from enum import IntEnum, unique


@unique
class ExitCode(IntEnum):
    """Documented in docs/cli.md; a number's meaning never changes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    AUTH = 4
    CONFLICT = 5
    NOTHING_TO_DO = 8
