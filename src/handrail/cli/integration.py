"""Keys for senders."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options


@click.group()
def integration() -> None:
    """Keys for senders."""


@integration.command("key")
@click.argument("name")
@command_options
def key(output: Output, *, name: str) -> None:
    """Make a new key for an integration and write it.

    It is told this once. The key issued before goes on working, so that a sender can
    be moved over; keys older than that stop.
    """
    answer = output.connect().post(f"/integrations/{path_part(name)}/key")
    output.data(answer, answer["key"])
    output.words("Put it into the sender now; it is not shown again.")
