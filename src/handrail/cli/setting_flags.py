"""The server's settings as flags, for the commands that run where the server does."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Concatenate, ParamSpec

import click

from handrail import settings
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.core.errors import InvalidError

P = ParamSpec("P")


def setting_flags(
    command: Callable[Concatenate[settings.Settings, P], None],
) -> Callable[P, None]:
    """Give a command a flag for every setting, and hand it the settings."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        flags = {spec.name: kwargs.pop(spec.name) for spec in fields(settings.Settings)}
        try:
            loaded = settings.load(flags)  # type: ignore[arg-type]  # click gives text
        except InvalidError as error:
            step = "docs/operations.md lists every setting"
            raise Failure(error.message, next_step=step, code=ExitCode.USAGE) from error
        for name, near in settings.unknown_variables().items():
            click.echo(f"handrail: {name} is no setting; {near} is", err=True)
        command(loaded, *args, **kwargs)

    for spec in reversed(fields(settings.Settings)):
        run = click.option(
            settings.flag(spec),
            spec.name,
            metavar="TEXT",
            help=f"{spec.metadata['help']} [{spec.metadata['default'] or 'empty'}]",
        )(run)
    return run
