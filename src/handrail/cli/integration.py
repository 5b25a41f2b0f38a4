"""Keys for senders."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, confirm


@click.group()
def integration() -> None:
    """Keys for senders."""


@integration.command("key")
@click.argument("name")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@command_options
def key(output: Output, *, name: str, is_agreed: bool) -> None:
    """Make a new key for an integration and write it; an earlier key stops working.

    The key is told this once; only its digest is kept.
    """
    confirm(f"A key that {name} has now stops working. Go on?", is_agreed=is_agreed)
    answer = output.connect().post(f"/integrations/{path_part(name)}/key")
    output.data(answer, answer["key"])
    output.words("Put it into the sender now; it is not shown again.")
