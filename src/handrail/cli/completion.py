"""Completion for the shell."""

import click
from click.shell_completion import get_completion_class

from handrail.cli.main import cli


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Write the completion script for your shell.

    For bash: ``eval "$(handrail completion bash)"`` in ~/.bashrc.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "handrail", "_HANDRAIL_COMPLETE").source())
