"""How a command fails: one sentence, what to do next, and an exit code."""

from typing import IO, Any

import click
from typing_extensions import override

from handrail.cli.exit_code import ExitCode


class Failure(click.ClickException):
    """A command that could not do what was asked.

    Attributes:
        next_step: The command or act that helps, in words, or "".
    """

    def __init__(self, message: str, *, next_step: str, code: ExitCode) -> None:
        super().__init__(message)
        self.next_step = next_step
        self._code = code

    @property
    @override
    def exit_code(self) -> int:  # type: ignore[override]  # click has a plain attribute
        """Return the code to exit with."""
        return int(self._code)

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"handrail: {self.message}", err=True)
        if self.next_step:
            click.echo(f"  → {self.next_step}", err=True)


def nothing_to_do(message: str, *, next_step: str) -> Failure:
    """Return the failure of a command that found nothing to act on."""
    return Failure(message, next_step=next_step, code=ExitCode.NOTHING_TO_DO)
